import { z } from "zod";
import { isId } from "../../lib/ids.ts";
import { findRecording } from "../../services/recordings/read-recording.ts";
import { apiRoute, apiRouter } from "../api-route.ts";
import { noRecording, serveFromCarrier, serveFromStorage } from "../serve-recording.ts";

const audio = { "audio/mpeg": { schema: z.string().meta({ format: "binary" }) } };

/** GET and HEAD (hono answers HEAD by GET without the body). */
const route = apiRoute({
  method: "get",
  path: "/api/voice/calls/{call_uuid}/recording",
  operationId: "readRecording",
  summary: "The recording of a call",
  description:
    "MP3, streamed. Takes `Range` (one range), `If-Range`, `If-None-Match` and HEAD. There is none from the moment the " +
    "contact opts out.",
  tags: ["Calls"],
  access: { scope: "voice:calls:read", token: { purpose: "recording", parameter: "call_uuid" } },
  request: { params: z.object({ call_uuid: z.string() }), query: z.object({ token: z.string().optional() }) },
  responses: {
    200: { description: "The recording.", content: audio },
    206: { description: "The part that was asked for.", content: audio },
    304: { description: "It is the one that you have." },
    412: { description: "It is not the one that you asked for by `If-Match`." },
    416: { description: "It has no such part." },
  },
  refuses: [404, 422],
});

export const recordingRoute = apiRouter().openapi(route, async (c) => {
  const { call_uuid: callId } = c.req.valid("param");
  const recording = isId("call", callId) ? await findRecording(c.get("org"), callId) : null;
  if (recording === null) return noRecording(c);
  return recording.from === "storage" ? serveFromStorage(c, recording) : serveFromCarrier(c, recording);
});
