import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { liveCallsSchema } from "../../contract/live.ts";
import { CALL_TYPES } from "../../domain/call/status.ts";
import { listLiveCalls } from "../../services/calls/list-live-calls.ts";
import type { AppEnv } from "../env.ts";
import { refusals } from "../problem.ts";
import { requireScope } from "../require-scope.ts";
import { refuseInvalid } from "../validation.ts";

const liveCalls = createRoute({
  method: "get",
  path: "/api/voice/calls/live",
  middleware: [requireScope("voice:calls:read")] as const,
  request: { query: z.object({ call_type: z.enum([...CALL_TYPES, "all"]).default("inbound") }) },
  responses: {
    200: {
      description: "The calls that live now",
      content: { "application/json": { schema: liveCallsSchema } },
    },
    ...refusals(401, 403, 422),
  },
});

/** A supervisor's dashboard asks again and again; nobody in between may answer for us. */
const FRESH = { "cache-control": "no-store" };

export const liveCallsRoute = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid }).openapi(
  liveCalls,
  async (c) => c.json(await listLiveCalls(c.get("org"), c.req.valid("query").call_type), 200, FRESH),
);
