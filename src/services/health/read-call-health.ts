import type { CallHealthAnswer } from "../../contract/health.ts";
import { readCallHealth as readStored } from "../../db/health.ts";
import { isoSeconds, toEpochSeconds } from "../../lib/time.ts";
import type { OrgContext } from "../context.ts";
import { LETTERS_KEPT_SECONDS } from "./prune-dead-letters.ts";

/** What an operator wants to know at a glance: whether a call hangs, and whether work was lost. */
export async function readCallHealth({ db, config, orgId }: OrgContext): Promise<CallHealthAnswer> {
  const nowSeconds = toEpochSeconds(Date.now());
  const { live, oldest, stuck, stuckCalls, deadLetters, webhooksPaused } = await readStored(db, orgId, {
    nowSeconds,
    dialDeadlineSeconds: config.DIAL_DEADLINE_SECONDS,
    lettersSinceSeconds: nowSeconds - LETTERS_KEPT_SECONDS,
  });
  return {
    live,
    oldest_live: oldest === null ? null : { call_uuid: oldest.id, started_at: isoSeconds(oldest.startedAt) },
    stuck,
    stuck_calls: stuckCalls,
    dead_letters: deadLetters,
    webhooks_paused: webhooksPaused,
    checked_at: isoSeconds(nowSeconds),
  };
}
