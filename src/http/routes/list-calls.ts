import {
  callListSchema,
  callStatsQuerySchema,
  callStatsSchema,
  dailyCallStatsSchema,
  listCallsSchema,
} from "../../contract/call-lists.ts";
import { readCallStats, readDailyCallStats } from "../../services/calls/call-stats.ts";
import { listCalls } from "../../services/calls/list-calls.ts";
import { apiRoute, apiRouter } from "../api-route.ts";
import { problem } from "../problem.ts";

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

const dailyStatsRoute = apiRoute({
  method: "get",
  path: "/v1/calls/stats/daily",
  operationId: "readDailyCallStats",
  summary: "Read what calls amounted to, day by day",
  description:
    "Every day of the range, those without calls too; each call counts on the day it was accepted or came in. Days are those of UTC, whatever offset the range is given with. At most 366 days; without `date_from` the 30 up to `date_to`, without `date_to` up to today.",
  tags: ["Calls"],
  access: { scope: "voice:calls:read" },
  request: { query: callStatsQuerySchema },
  responses: {
    200: {
      description: "The numbers of each day.",
      content: { "application/json": { schema: dailyCallStatsSchema } },
    },
  },
});

/** `stats` stands before `{call_uuid}`, which it would match. */
export const listCallsRoutes = apiRouter()
  .openapi(listRoute, async (c) => c.json(await listCalls(c.get("org"), c.req.valid("query")), 200))
  .openapi(statsRoute, async (c) => c.json(await readCallStats(c.get("org"), c.req.valid("query")), 200))
  .openapi(dailyStatsRoute, async (c) => {
    const read = await readDailyCallStats(c.get("org"), c.req.valid("query"));
    return read.ok ? c.json(read.value, 200) : problem(c, read.error);
  });
