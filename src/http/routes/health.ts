import { z } from "zod";
import { callHealthSchema } from "../../contract/health.ts";
import { checkDatabase } from "../../db/health.ts";
import { logError } from "../../lib/log.ts";
import { readCallHealth } from "../../services/health/read-call-health.ts";
import { apiRoute, apiRouter, json, publicRoute } from "../api-route.ts";
import { always } from "../openapi/headers.ts";

const answer = <S extends string>(status: S) => ({
  "application/json": { schema: z.object({ status: z.literal(status) }) },
});

const route = publicRoute({
  path: "/healthz",
  operationId: "checkHealth",
  summary: "Ask whether the deployment can do its work",
  tags: ["Deployment"],
  responses: {
    200: { description: "It can.", content: answer("ok"), headers: always("Cache-Control") },
    503: {
      description: "It can't at the moment.",
      content: answer("unavailable"),
      headers: always("Cache-Control"),
    },
  },
});

const calls = apiRoute({
  method: "get",
  path: "/v1/health/calls",
  operationId: "checkCalls",
  summary: "Ask whether calls hang or work on them was given up",
  tags: ["Deployment"],
  access: { scope: "voice:admin" },
  responses: { 200: { description: "How the organisation's calls stand.", content: json(callHealthSchema) } },
});

const FRESH = { "cache-control": "no-store" };

/** 200 while the deployment can do its work, 503 while it can't. Tells strangers nothing else. */
export const health = apiRouter()
  .openapi(calls, async (c) => c.json(await readCallHealth(c.get("org")), 200))
  .openapi(route, async (c) => {
    try {
      await checkDatabase(c.get("services").db);
      return c.json({ status: "ok" as const }, 200, FRESH);
    } catch (error) {
      logError("health_check_failed", error);
      return c.json({ status: "unavailable" as const }, 503, { ...FRESH, "retry-after": "5" });
    }
  });
