import { readConfig } from "../config.ts";
import { openDb } from "../db/client.ts";
import { logInfo } from "../lib/log.ts";
import { sweepUndialled } from "../services/calls/sweep-undialled.ts";

/** Every minute: takes up what was dropped on the way. */
export async function runCron(_controller: ScheduledController, env: Env): Promise<void> {
  const swept = await sweepUndialled({ env, config: readConfig(env), db: openDb(env.DB) });
  if (swept.requeued + swept.ended > 0) logInfo("undialled_swept", swept);
}
