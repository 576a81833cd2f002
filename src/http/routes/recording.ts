import { z } from "zod";
import { isId } from "../../lib/ids.ts";
import { findRecording } from "../../services/recordings/read-recording.ts";
import { apiRoute, apiRouter } from "../api-route.ts";
import { always } from "../openapi/headers.ts";
import { noRecording, serveFromCarrier, serveFromStorage } from "../serve-recording.ts";

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
  access: { scope: "voice:calls:read", token: { purpose: "recording", parameter: "call_uuid" } },
  // Who opted out since is not heard.
  readsPrimary: true,
  request: { params: z.object({ call_uuid: z.string() }) },
  parameters: [
    fromClient("Range", "One range of bytes, such as `bytes=0-1023`."),
    fromClient("If-Range", "The ETag for which the range is meant; of another state the whole is sent."),
    fromClient("If-Match", "Send it only if it has this ETag."),
    fromClient("If-None-Match", "Send it only if it has none of these ETags."),
  ],
  responses: {
    200: { description: "The whole.", content: sound, headers: served },
    206: {
      description: "The range that was asked for.",
      content: sound,
      headers: { ...served, ...always("Content-Range", "Content-Length") },
    },
    304: { description: "You have it.", headers: served },
    412: { description: "It is not the one of `If-Match`.", headers: served },
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
  const recording = isId("call", callId) ? await findRecording(c.get("org"), callId) : null;
  if (recording === null) return noRecording(c);
  return recording.from === "storage" ? serveFromStorage(c, recording) : serveFromCarrier(c, recording);
});
