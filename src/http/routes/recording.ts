import type { Context } from "hono";
import { z } from "zod";
import { isId } from "../../lib/ids.ts";
import { findStoredRecording, type StoredRecording } from "../../services/recordings/read-recording.ts";
import { parseByteRange } from "../byte-range.ts";
import { apiRoute, apiRouter } from "../api-route.ts";
import type { AppEnv } from "../env.ts";
import { always } from "../openapi/headers.ts";
import { problem } from "../problem.ts";

const fromClient = (name: string, description: string) =>
  ({ name, in: "header", required: false, description, schema: { type: "string" } }) as const;

const served = always("ETag", "Accept-Ranges", "Cache-Control");
const sound = { "audio/mpeg": { schema: z.string().meta({ format: "binary" }) } };

const route = apiRoute({
  method: "get",
  path: "/api/voice/calls/{call_uuid}/recording",
  operationId: "readRecording",
  summary: "Hear the recording of a call",
  description: "Withheld from the moment the contact opts out. `HEAD` gives the headers alone.",
  tags: ["Calls"],
  access: { scope: "voice:calls:read", keyFrom: "header_or_query" },
  request: { params: z.object({ call_uuid: z.string() }) },
  parameters: [
    fromClient("Range", "One range of bytes, such as `bytes=0-1023`."),
    fromClient("If-Range", "The ETag for which the range is meant; of another state the whole is sent."),
    fromClient("If-Match", "Send it only if it has this ETag."),
    fromClient("If-None-Match", "Send it only if it has none of these ETags."),
    fromClient("If-Modified-Since", "Send it only if it changed since."),
    fromClient("If-Unmodified-Since", "Send it only if it did not change since."),
  ],
  responses: {
    200: { description: "The whole.", content: sound, headers: { ...served, ...always("Content-Length") } },
    206: {
      description: "The range that was asked for.",
      content: sound,
      headers: { ...served, ...always("Content-Range", "Content-Length") },
    },
    304: { description: "You have it.", headers: served },
    412: { description: "A condition does not hold.", headers: served },
    416: {
      description: "The range begins past the end.",
      headers: { ...served, ...always("Content-Range") },
    },
  },
  refuses: ["recording_not_found"],
});

/** GET and HEAD (hono answers HEAD by GET without the body). */
export const recordingRoute = apiRouter().openapi(route, async (c) => {
  const { call_uuid: callId } = c.req.valid("param");
  const recording = isId("call", callId) ? await findStoredRecording(c.get("org"), callId) : null;
  return recording === null
    ? problem(c, { code: "recording_not_found", detail: "There is no recording of this call." })
    : serve(c, recording);
});

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
