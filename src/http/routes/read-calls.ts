import { z } from "zod";
import { callTimelineSchema, MAX_TIMELINE } from "../../contract/call-timeline.ts";
import { callRecordSchema, transcriptSchema } from "../../contract/calls.ts";
import { toPlainText, toWebVtt } from "../../domain/transcript.ts";
import { isId } from "../../lib/ids.ts";
import { readCall, readTranscript } from "../../services/calls/read-call.ts";
import { readTimeline } from "../../services/calls/read-timeline.ts";
import { apiRoute, apiRouter } from "../api-route.ts";
import { findSurely } from "../open-database.ts";
import { notFound, problem } from "../problem.ts";
import { refuseField } from "../validation.ts";

const callPath = z.object({ call_uuid: z.string() });

const readRoute = apiRoute({
  method: "get",
  path: "/v1/calls/{call_uuid}",
  operationId: "readCall",
  summary: "One call, live while it lives",
  tags: ["Calls"],
  access: { scope: "voice:calls:read" },
  request: { params: callPath },
  responses: {
    200: {
      description: "The call as it stands now.",
      content: { "application/json": { schema: callRecordSchema } },
    },
  },
  refuses: ["not_found"],
});

const formatSchema = z.enum(["json", "text", "vtt"]);

const transcriptRoute = apiRoute({
  method: "get",
  path: "/v1/calls/{call_uuid}/transcript",
  operationId: "readTranscript",
  summary: "What was said in a call so far",
  tags: ["Calls"],
  access: { scope: "voice:calls:read" },
  request: {
    params: callPath,
    // Judged in the handler: that there is no such call comes before that there is no such format.
    query: z.object({ format: z.string().default("json") }),
  },
  responses: {
    200: {
      description: "The turns in their order.",
      content: {
        "application/json": { schema: transcriptSchema },
        "text/plain": { schema: z.string() },
        "text/vtt": { schema: z.string() },
      },
    },
  },
  refuses: ["not_found", "validation_failed"],
});

const timelineRoute = apiRoute({
  method: "get",
  path: "/v1/calls/{call_uuid}/events",
  operationId: "readTimeline",
  summary: "What happened to a call so far",
  description: `Dialling, ringing, the answer, each step of a transfer, the end and what came of it, as they happened; the newest ${MAX_TIMELINE} of them. Of a call that the platform has lost only what its record tells.`,
  tags: ["Calls"],
  access: { scope: "voice:calls:read" },
  request: { params: callPath },
  responses: {
    200: {
      description: "The events in their order.",
      content: { "application/json": { schema: callTimelineSchema } },
    },
  },
  refuses: ["not_found"],
});

export const readCallRoutes = apiRouter()
  .openapi(readRoute, async (c) => {
    const { call_uuid: callId } = c.req.valid("param");
    const call = isId("call", callId) ? await findSurely(c, (org) => readCall(org, callId)) : null;
    return call === null ? notFound(c, "call") : c.json(call, 200);
  })
  .openapi(transcriptRoute, async (c) => {
    const { call_uuid: callId } = c.req.valid("param");
    const turns = isId("call", callId) ? await findSurely(c, (org) => readTranscript(org, callId)) : null;
    if (turns === null) return notFound(c, "call");
    const format = formatSchema.safeParse(c.req.valid("query").format);
    if (!format.success) return refuseField(c, "format", format.error);
    switch (format.data) {
      case "json":
        return c.json(turns, 200);
      case "text":
        return c.text(toPlainText(turns), 200, { "content-type": "text/plain; charset=utf-8" });
      case "vtt":
        return c.text(toWebVtt(turns), 200, { "content-type": "text/vtt; charset=utf-8" });
    }
  })
  .openapi(timelineRoute, async (c) => {
    const { call_uuid: callId } = c.req.valid("param");
    const timeline = isId("call", callId) ? await findSurely(c, (org) => readTimeline(org, callId)) : null;
    if (timeline === null) return notFound(c, "call");
    return timeline.ok ? c.json(timeline.value, 200) : problem(c, timeline.error, { "retry-after": "5" });
  });
