import { Hono } from "hono";
import type { SandboxEnv } from "./authenticate.ts";
import { callSidOf } from "./formats.ts";
import { FRAME_BYTES, frameCount, recordingChunks } from "./mp3.ts";
import { notFound } from "./twilio-error.ts";

export const recordings = new Hono<SandboxEnv>()
  .get("/Calls/:sid{CA[0-9a-f]{32}}/Recordings.json", async (c) => {
    const call = c.env.SANDBOX_CALL.getByName(c.req.param("sid"));
    if ((await call.read(c.get("accountSid"))) === undefined) throw notFound(c.req.path);
    const recording = await call.recording(c.get("accountSid"));
    const uri = `/2010-04-01/Accounts/${c.get("accountSid")}/Calls/${c.req.param("sid")}/Recordings.json`;
    return c.json({
      first_page_uri: `${uri}?PageSize=50&Page=0`,
      end: 0,
      previous_page_uri: null,
      recordings: recording === undefined ? [] : [recording],
      uri,
      page_size: 50,
      start: 0,
      next_page_uri: null,
      page: 0,
    });
  })
  .get("/Recordings/:file{RE[0-9a-f]{32}\\.json}", async (c) => {
    const call = callOf(c.env, c.req.param("file"));
    const recording = await call.recording(c.get("accountSid"));
    if (recording === undefined) throw notFound(c.req.path);
    return c.json(recording);
  })
  .delete("/Recordings/:file{RE[0-9a-f]{32}\\.json}", async (c) => {
    const call = callOf(c.env, c.req.param("file"));
    if (!(await call.deleteRecording(c.get("accountSid")))) throw notFound(c.req.path);
    return c.body(null, 204);
  })
  .get("/Recordings/:file{RE[0-9a-f]{32}(\\.mp3)?}", async (c) => {
    const media = await callOf(c.env, c.req.param("file")).recordingMedia(c.get("accountSid"));
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
  });

/** `file` is a recording's SID with or without an extension. */
function callOf(env: Env, file: string) {
  return env.SANDBOX_CALL.getByName(callSidOf(file.slice(0, 34)));
}
