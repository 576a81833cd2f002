import { Hono } from "hono";
import { checkDatabase } from "../../db/health.ts";
import { logError } from "../../lib/log.ts";
import type { AppEnv } from "../env.ts";

/** 200 while the deployment can do its work, 503 while it can't. Tells strangers nothing else. */
export const health = new Hono<AppEnv>().get("/healthz", async (c) => {
  try {
    await checkDatabase(c.get("services").db);
    return c.json({ status: "ok" }, 200, { "cache-control": "no-store" });
  } catch (error) {
    logError("health_check_failed", error);
    return c.json({ status: "unavailable" }, 503, { "cache-control": "no-store" });
  }
});
