import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import {
  callListSchema,
  callStatsQuerySchema,
  callStatsSchema,
  listCallsSchema,
} from "../../contract/call-lists.ts";
import { readCallStats } from "../../services/calls/call-stats.ts";
import { listCalls } from "../../services/calls/list-calls.ts";
import type { AppEnv } from "../env.ts";
import { refusals } from "../problem.ts";
import { requireScope } from "../require-scope.ts";
import { refuseInvalid } from "../validation.ts";

const listRoute = createRoute({
  method: "get",
  path: "/v1/calls",
  middleware: [requireScope("voice:calls:read")] as const,
  request: { query: listCallsSchema },
  responses: {
    200: { description: "A page of calls", content: { "application/json": { schema: callListSchema } } },
    ...refusals(401, 403, 422),
  },
});

const statsRoute = createRoute({
  method: "get",
  path: "/v1/calls/stats",
  middleware: [requireScope("voice:calls:read")] as const,
  request: { query: callStatsQuerySchema },
  responses: {
    200: { description: "The numbers", content: { "application/json": { schema: callStatsSchema } } },
    ...refusals(401, 403, 422),
  },
});

/** `stats` stands before `{call_uuid}`, which it would match. */
export const listCallsRoutes = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid })
  .openapi(listRoute, async (c) => c.json(await listCalls(c.get("org"), c.req.valid("query")), 200))
  .openapi(statsRoute, async (c) => c.json(await readCallStats(c.get("org"), c.req.valid("query")), 200));
