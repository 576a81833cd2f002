import { z } from "zod";
import { endCallSchema, endedCallSchema } from "../../contract/call-actions.ts";
import { endCall } from "../../services/calls/end-call.ts";
import { apiRoute, apiRouter } from "../api-route.ts";
import { problem } from "../problem.ts";
import { requireCall } from "../require-call.ts";

const route = apiRoute({
  method: "post",
  path: "/api/voice/calls/{call_uuid}/end",
  operationId: "endCall",
  summary: "End a call that has not ended",
  tags: ["Workflow actions"],
  access: { scope: "voice:calls:write", bucket: "end_call" },
  finds: requireCall,
  request: {
    params: z.object({ call_uuid: z.string() }),
    body: { required: true, content: { "application/json": { schema: endCallSchema } } },
  },
  responses: {
    200: {
      description: "The call ends; a carrier takes a moment to hang up.",
      content: { "application/json": { schema: endedCallSchema } },
    },
  },
  refuses: ["call_not_active"],
});

export const endCallRoute = apiRouter().openapi(route, async (c) => {
  const ended = await endCall(c.get("org"), c.get("call"), c.req.valid("json"));
  return ended.ok ? c.json(ended.value, 200) : problem(c, ended.error);
});
