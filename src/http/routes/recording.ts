import { Hono, type Context } from "hono";
import { isId } from "../../lib/ids.ts";
import { readRecording } from "../../services/recordings/read-recording.ts";
import { parseByteRange } from "../byte-range.ts";
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

/** R2 was handed the same headers, so its body is the part that is announced here. */
function serve(c: Context<AppEnv>, object: R2Object | R2ObjectBody): Response {
  const headers = new Headers({
    "accept-ranges": "bytes",
    "cache-control": "private, no-cache",
    "content-type": "audio/mpeg",
    etag: object.httpEtag,
  });
  if (!("body" in object)) return new Response(null, { status: 304, headers });
  const range = parseByteRange(c.req.header("range"), object.size);
  switch (range.kind) {
    case "whole":
      headers.set("content-length", String(object.size));
      return new Response(object.body, { headers });
    case "part":
      headers.set("content-length", String(range.last - range.first + 1));
      headers.set("content-range", `bytes ${range.first}-${range.last}/${object.size}`);
      return new Response(object.body, { status: 206, headers });
    case "unsatisfiable":
      headers.delete("content-type");
      headers.set("content-range", `bytes */${object.size}`);
      return new Response(null, { status: 416, headers });
  }
}
