import { z } from "zod";
import { transferCallSchema, transferredCallSchema } from "../../contract/call-actions.ts";
import { transferCall } from "../../services/calls/transfer-call.ts";
import { apiRoute, apiRouter } from "../api-route.ts";
import { problem } from "../problem.ts";
import { requireCall } from "../require-call.ts";

const route = apiRoute({
  method: "post",
  path: "/api/voice/calls/{call_uuid}/transfer",
  operationId: "transferCall",
  summary: "Bridge a live call to a human agent",
  description:
    "A human of the queue is reserved before this answers. If none of them takes the call, the voice agent takes " +
    "the conversation up again, and the call's `transfer` says so.",
  tags: ["Workflow actions"],
  access: { scope: "voice:calls:write", bucket: "transfer_call" },
  finds: requireCall,
  request: {
    params: z.object({ call_uuid: z.string() }),
    body: { required: true, content: { "application/json": { schema: transferCallSchema } } },
  },
  responses: {
    202: {
      description: "A human is being called.",
      content: { "application/json": { schema: transferredCallSchema } },
    },
  },
  refuses: ["queue_not_found", "call_not_active", "transfer_in_progress", "no_agents_available"],
});

/** Somebody may have hung up by then. */
const RETRY_AFTER_SECONDS = "15";

export const transferCallRoute = apiRouter().openapi(route, async (c) => {
  const transferred = await transferCall(c.get("org"), c.get("call"), c.req.valid("json"));
  if (transferred.ok) return c.json(transferred.value, 202);
  const isBusy = transferred.error.code === "no_agents_available";
  return problem(c, transferred.error, isBusy ? { "retry-after": RETRY_AFTER_SECONDS } : {});
});
