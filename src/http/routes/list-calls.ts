import {
  callListSchema,
  callStatsQuerySchema,
  callStatsSchema,
  listCallsSchema,
} from "../../contract/call-lists.ts";
import { readCallStats } from "../../services/calls/call-stats.ts";
import { listCalls } from "../../services/calls/list-calls.ts";
import { apiRoute, apiRouter } from "../api-route.ts";

const listRoute = apiRoute({
  method: "get",
  path: "/v1/calls",
  operationId: "listCalls",
  summary: "List calls",
  description: "Newest first. `offset` is plain; `cursor` is the cheap way through a long list.",
  tags: ["Calls"],
  access: { scope: "voice:calls:read" },
  request: { query: listCallsSchema },
  responses: {
    200: { description: "A page of calls.", content: { "application/json": { schema: callListSchema } } },
  },
});

const statsRoute = apiRoute({
  method: "get",
  path: "/v1/calls/stats",
  operationId: "readCallStats",
  summary: "Read what calls amounted to",
  description: "Exactly what a full count of the ended calls would give.",
  tags: ["Calls"],
  access: { scope: "voice:calls:read" },
  request: { query: callStatsQuerySchema },
  responses: {
    200: { description: "The numbers.", content: { "application/json": { schema: callStatsSchema } } },
  },
});

/** `stats` stands before `{call_uuid}`, which it would match. */
export const listCallsRoutes = apiRouter()
  .openapi(listRoute, async (c) => c.json(await listCalls(c.get("org"), c.req.valid("query")), 200))
  .openapi(statsRoute, async (c) => c.json(await readCallStats(c.get("org"), c.req.valid("query")), 200));
