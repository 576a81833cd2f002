import { Hono, type Context } from "hono";
import { isId } from "../../lib/ids.ts";
import { findStoredRecording, type StoredRecording } from "../../services/recordings/read-recording.ts";
import { parseByteRange } from "../byte-range.ts";
import type { AppEnv } from "../env.ts";
import { problem } from "../problem.ts";
import { requireAccess } from "../require-access.ts";

/** GET and HEAD (hono answers HEAD by GET without the body). */
export const recordingRoute = new Hono<AppEnv>().get(
  "/api/voice/calls/:call_uuid/recording",
  requireAccess({ scope: "voice:calls:read", token: { purpose: "recording", parameter: "call_uuid" } }),
  async (c) => {
    const callId = c.req.param("call_uuid");
    const recording = isId("call", callId) ? await findStoredRecording(c.get("org"), callId) : null;
    return recording === null
      ? problem(c, { code: "recording_not_found", detail: "There is no recording of this call." })
      : serve(c, recording);
  },
);

/** RFC 9110: conditions (13), then ranges (14); `If-Range` asks for the whole where the recording is another. */
async function serve(c: Context<AppEnv>, { head, read }: StoredRecording): Promise<Response> {
  const ifRange = c.req.header("if-range");
  const asked = ifRange === undefined || ifRange === head.httpEtag ? c.req.header("range") : undefined;
  const range = parseByteRange(asked, head.size);
  const headers = {
    "accept-ranges": "bytes",
    "cache-control": "private, no-cache",
    etag: head.httpEtag,
  };
  if (range.kind === "unsatisfiable") {
    return c.body(null, 416, { ...headers, "content-range": `bytes */${head.size}` });
  }
  const part =
    range.kind === "part" ? { offset: range.first, length: range.last - range.first + 1 } : undefined;
  const body = await read(c.req.raw.headers, part);
  if (body === null) return c.body(null, isMissedPrecondition(c) ? 412 : 304, headers);
  const length = { "content-type": "audio/mpeg", "content-length": String(part?.length ?? head.size) };
  if (range.kind === "whole") return c.body(body, 200, { ...headers, ...length });
  const contentRange = `bytes ${range.first}-${range.last}/${head.size}`;
  return c.body(body, 206, { ...headers, ...length, "content-range": contentRange });
}

/** Who says what it must be has missed it; who says what it has, has it. */
function isMissedPrecondition(c: Context<AppEnv>): boolean {
  const hasFreshness = c.req.header("if-none-match") ?? c.req.header("if-modified-since");
  return hasFreshness === undefined;
}
