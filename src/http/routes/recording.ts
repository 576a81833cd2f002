import { Hono, type Context } from "hono";
import { isId } from "../../lib/ids.ts";
import { readRecording } from "../../services/recordings/read-recording.ts";
import type { AppEnv } from "../env.ts";
import { problem } from "../problem.ts";
import { requireScope } from "../require-scope.ts";

/** GET and HEAD (hono answers HEAD by GET without the body). */
export const recordingRoute = new Hono<AppEnv>().get(
  "/api/voice/calls/:call_uuid/recording",
  requireScope("voice:calls:read", "header_or_query"),
  async (c) => {
    const callId = c.req.param("call_uuid");
    const object = isId("call", callId) ? await readRecording(c.get("org"), callId, c.req.raw.headers) : null;
    return object === null
      ? problem(c, { code: "recording_not_found", detail: "There is no recording of this call." })
      : serve(c, object);
  },
);

function serve(c: Context<AppEnv>, object: R2Object | R2ObjectBody): Response {
  const headers = new Headers({
    "accept-ranges": "bytes",
    "cache-control": "private, no-cache",
    "content-type": "audio/mpeg",
    etag: object.httpEtag,
  });
  if (!("body" in object)) return new Response(null, { status: 304, headers });
  const range = c.req.header("range") === undefined ? null : byteRange(object);
  if (range === null) {
    headers.set("content-length", String(object.size));
    return new Response(object.body, { headers });
  }
  headers.set("content-length", String(range.length));
  headers.set("content-range", `bytes ${range.offset}-${range.offset + range.length - 1}/${object.size}`);
  return new Response(object.body, { status: 206, headers });
}

function byteRange(object: R2ObjectBody): { offset: number; length: number } | null {
  const range = object.range;
  if (range === undefined) return null;
  if ("suffix" in range) {
    const length = Math.min(range.suffix, object.size);
    return { offset: object.size - length, length };
  }
  const offset = range.offset ?? 0;
  return { offset, length: range.length ?? object.size - offset };
}
