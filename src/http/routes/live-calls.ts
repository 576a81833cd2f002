import { z } from "zod";
import { liveCallsSchema } from "../../contract/live.ts";
import { CALL_TYPES } from "../../domain/call/status.ts";
import { listLiveCalls } from "../../services/calls/list-live-calls.ts";
import { apiRoute, apiRouter } from "../api-route.ts";

const liveCalls = apiRoute({
  method: "get",
  path: "/api/voice/calls/live",
  operationId: "listLiveCalls",
  summary: "The calls that live now",
  tags: ["Calls"],
  access: { scope: "voice:calls:read" },
  request: { query: z.object({ call_type: z.enum([...CALL_TYPES, "all"]).default("inbound") }) },
  responses: {
    200: {
      description: "The live calls, newest first.",
      content: { "application/json": { schema: liveCallsSchema } },
    },
  },
});

export const liveCallsRoute = apiRouter().openapi(liveCalls, async (c) =>
  c.json(await listLiveCalls(c.get("org"), c.req.valid("query").call_type), 200),
);
