import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { placeCallSchema, placedCallSchema } from "../../contract/calls.ts";
import { placeCall } from "../../services/calls/place-call.ts";
import { limitBody } from "../limit-body.ts";
import type { AppEnv } from "../env.ts";
import { problem, refusals } from "../problem.ts";
import { requireScope } from "../require-scope.ts";
import { refuseInvalid } from "../validation.ts";

const route = createRoute({
  method: "post",
  path: "/v1/calls",
  middleware: [requireScope("voice:calls:write"), limitBody(65_536)] as const,
  request: { body: { required: true, content: { "application/json": { schema: placeCallSchema } } } },
  responses: {
    201: {
      description: "The call was accepted",
      content: { "application/json": { schema: placedCallSchema } },
    },
    ...refusals(400, 401, 403, 404, 409, 413, 415, 422),
  },
});

export const placeCallRoute = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid }).openapi(
  route,
  async (c) => {
    const placed = await placeCall(c.get("org"), c.req.valid("json"));
    if (!placed.ok) return problem(c, placed.error);
    return c.json(placed.value, 201, { location: `/v1/calls/${placed.value.call_uuid}` });
  },
);
