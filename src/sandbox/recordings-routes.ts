// The Recordings resource: the account's, and a call's. https://www.twilio.com/docs/voice/api/recording

import { type Context, Hono } from "hono";
import type { SandboxEnv } from "./authenticate.ts";
import { recordingQuery } from "./call-list.ts";
import { callSidOf } from "./formats.ts";
import { FRAME_BYTES, frameCount, recordingChunks } from "./mp3.ts";
import { pagedBody } from "./paging.ts";
import { reachOf, readForm, readQuery } from "./read-request.ts";
import { readRecordingForm } from "./recording-form.ts";
import { accountOf, callOf, holderOf } from "./stubs.ts";
import { notFound, refused, TwilioError } from "./twilio-error.ts";

const CALL = "/Calls/:call{CA[0-9a-f]{32}}";
const FILE = ":file{RE[0-9a-f]{32}\\.json}";

export const recordings = new Hono<SandboxEnv>()
  .get("/Recordings.json", async (c) => {
    const { query, search } = readQuery(c, recordingQuery);
    const found = await accountOf(c).findRecordings(query);
    const path = `/2010-04-01/Accounts/${c.get("accountSid")}/Recordings.json`;
    return c.json(pagedBody("recordings", path, search, query.paging, found));
  })
  .get(`/Recordings/${FILE}`, async (c) => {
    const recording = await callOf(c, callSidOf(sidOf(c.req.param("file")))).recording(c.get("accountSid"));
    if (recording === undefined) throw notFound(c.req.path);
    return c.json(recording);
  })
  .delete(`/Recordings/${FILE}`, (c) => remove(c, callSidOf(sidOf(c.req.param("file")))))
  .get("/Recordings/:file{RE[0-9a-f]{32}(\\.mp3)?}", async (c) => {
    const call = callOf(c, callSidOf(sidOf(c.req.param("file"))));
    const media = await call.recordingMedia(c.get("accountSid"));
    if (media === undefined) throw notFound(c.req.path);
    const chunks = recordingChunks(media.seconds, media.speech);
    const audio = new ReadableStream<Uint8Array>({
      pull(controller) {
        const chunk = chunks.next();
        if (chunk.done) controller.close();
        else controller.enqueue(chunk.value);
      },
    });
    const bytes = frameCount(media.seconds) * FRAME_BYTES;
    // A stream of known length is what makes the runtime send Content-Length instead of chunks.
    return c.body(audio.pipeThrough(new FixedLengthStream(bytes)), 200, { "Content-Type": "audio/mpeg" });
  })
  .get(`${CALL}/Recordings.json`, async (c) => {
    const { query, search } = readQuery(c, recordingQuery);
    const callSid = c.req.param("call");
    const found = await holderOf(c, callSid).findRecordings(c.get("accountSid"), callSid, query);
    if (found === undefined) throw notFound(c.req.path);
    const path = `/2010-04-01/Accounts/${c.get("accountSid")}/Calls/${callSid}/Recordings.json`;
    return c.json(pagedBody("recordings", path, search, query.paging, found));
  })
  .post(`${CALL}/Recordings.json`, async (c) => {
    const order = readRecordingForm(await readForm(c), reachOf(c));
    if (!order.ok) throw refused(order.error);
    const started = await callOf(c, c.req.param("call")).startRecording(c.get("accountSid"), order.value);
    if (started.ok) return c.json(started.value, 201);
    if (started.error === 20404) throw notFound(c.req.path);
    throw new TwilioError(400, 21220, "Call is not in-progress. Cannot record.");
  })
  .get(`${CALL}/Recordings/${FILE}`, async (c) => {
    const recording = await callOf(c, theCallOf(c)).callRecording(c.get("accountSid"));
    if (recording === undefined) throw notFound(c.req.path);
    return c.json(recording);
  })
  .delete(`${CALL}/Recordings/${FILE}`, (c) => remove(c, theCallOf(c)));

async function remove(c: Context<SandboxEnv>, callSid: string): Promise<Response> {
  const removed = await callOf(c, callSid).removeRecording(c.get("accountSid"));
  if (removed.ok) return c.body(null, 204);
  if (removed.error === 20404) throw notFound(c.req.path);
  throw new TwilioError(400, 20009, "Cannot delete this resource before it is complete");
}

/** The call of `…/Calls/{CA}/Recordings/{RE}.json`, which has to be the recording's own. */
function theCallOf(c: Context<SandboxEnv>): string {
  const callSid = c.req.param("call") ?? "";
  if (callSidOf(sidOf(c.req.param("file") ?? "")) !== callSid) throw notFound(c.req.path);
  return callSid;
}

/** `file` is a SID with or without an extension. */
function sidOf(file: string): string {
  return file.slice(0, 34);
}
