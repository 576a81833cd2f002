import { readConfig } from "../config.ts";
import { openDb } from "../db/client.ts";
import { logError, logInfo } from "../lib/log.ts";
import { pruneSessions } from "../services/desk/sessions.ts";
import { pruneRequests } from "../services/auth/prune-requests.ts";
import { sweepOrphans } from "../services/calls/sweep-orphans.ts";
import { sweepUndialled } from "../services/calls/sweep-undialled.ts";
import { sweepSlots } from "../services/carriers/sweep-slots.ts";
import { resealCredentials } from "../services/credentials/reseal.ts";
import { pruneDeadLetters } from "../services/health/prune-dead-letters.ts";
import type { ServiceContext } from "../services/context.ts";

const JOBS: Record<string, (context: ServiceContext) => Promise<void>> = {
  undialled: sweepUndialled,
  orphans: sweepOrphans,
  slots: sweepSlots,
  requests: pruneRequests,
  sessions: pruneSessions,
  letters: pruneDeadLetters,
  credentials: resealCredentials,
};

/** Every minute: takes up what was dropped on the way, and forgets what is old. A job that fails is no other's hindrance. */
export async function runCron(_controller: ScheduledController, env: Env): Promise<void> {
  const context = { env, config: readConfig(env), db: openDb(env.DB) };
  await Promise.all(
    Object.entries(JOBS).map(async ([name, run]) => {
      const begunMs = Date.now();
      try {
        await run(context);
        logInfo("job", { job: name, ms: Date.now() - begunMs });
      } catch (error) {
        logError("job_failed", error, { job: name, ms: Date.now() - begunMs });
      }
    }),
  );
}
