import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { endCallSchema, endedCallSchema } from "../../contract/call-actions.ts";
import { endCall } from "../../services/calls/end-call.ts";
import type { AppEnv } from "../env.ts";
import { limitBody } from "../limit-body.ts";
import { problem, refusals } from "../problem.ts";
import { requireCall } from "../require-call.ts";
import { requireScope } from "../require-scope.ts";
import { refuseInvalid } from "../validation.ts";

const route = createRoute({
  method: "post",
  path: "/api/voice/calls/{call_uuid}/end",
  middleware: [requireScope("voice:calls:write"), limitBody(65_536), requireCall] as const,
  request: {
    params: z.object({ call_uuid: z.string() }),
    body: { required: true, content: { "application/json": { schema: endCallSchema } } },
  },
  responses: {
    200: { description: "The call ends", content: { "application/json": { schema: endedCallSchema } } },
    ...refusals(400, 401, 403, 404, 409, 413, 415, 422),
  },
});

export const endCallRoute = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid }).openapi(
  route,
  async (c) => {
    const ended = await endCall(c.get("org"), c.get("call"), c.req.valid("json"));
    return ended.ok ? c.json(ended.value, 200) : problem(c, ended.error);
  },
);
