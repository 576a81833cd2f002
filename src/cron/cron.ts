import { readConfig } from "../config.ts";
import { openDb } from "../db/client.ts";
import { logInfo } from "../lib/log.ts";
import { requeueUndialled } from "../services/calls/requeue-undialled.ts";

/** Every minute: takes up what was dropped on the way. */
export async function runCron(_controller: ScheduledController, env: Env): Promise<void> {
  const requeued = await requeueUndialled({ env, config: readConfig(env), db: openDb(env.DB) });
  if (requeued > 0) logInfo("dials_requeued", { count: requeued });
}
