import { and, count, eq, gte, inArray, sql } from "drizzle-orm";
import type { Db } from "./client.ts";
import { calls, deadLetters, webhooks } from "./schema.ts";

/** Throws if the database doesn't answer, or has not been migrated. */
export async function checkDatabase(db: Db): Promise<void> {
  await db.run(sql`SELECT 1 FROM organisations LIMIT 1`);
}

/** How the calls of an organisation stand. `stuck`: live beyond all that bounds them, oldest first. Times are epoch seconds. */
export type CallHealth = {
  live: number;
  oldest: { id: string; startedAt: number } | null;
  stuck: number;
  /** The oldest of those that are stuck. */
  stuckCalls: string[];
  deadLetters: number;
  /** Webhooks that are sent nothing, and not because a client asked for it. */
  webhooksPaused: number;
};

const SHOWN = 20;
/** A call that the carrier may have or not is settled within this after its dial deadline. */
const UNKNOWN_SECONDS = 900;
/** What the news of an end may take to the row. */
const NEWS_SECONDS = 120;

export async function readCallHealth(
  db: Db,
  orgId: string,
  bounds: { nowSeconds: number; dialDeadlineSeconds: number; lettersSinceSeconds: number },
): Promise<CallHealth> {
  const { nowSeconds, dialDeadlineSeconds, lettersSinceSeconds } = bounds;
  // Written out, not bound: only so does the planner use the partial index on live calls.
  const live = and(eq(calls.orgId, orgId), sql`ended_at IS NULL`);
  const mustEndAt = sql`coalesce(must_end_at, started_at + ${dialDeadlineSeconds} + ${UNKNOWN_SECONDS})`;
  const isStuck = sql`${mustEndAt} + ${NEWS_SECONDS} < ${nowSeconds}`;
  const [[counts], [oldest], stuckCalls, [letters], [paused]] = await db.batch([
    db
      .select({ live: count().as("live"), stuck: sql<number>`coalesce(sum(${isStuck}), 0)`.as("stuck") })
      .from(calls)
      .where(live),
    db
      .select({ id: calls.id, startedAt: calls.startedAt })
      .from(calls)
      .where(live)
      .orderBy(calls.startedAt, calls.id)
      .limit(1),
    db
      .select({ id: calls.id })
      .from(calls)
      .where(and(live, isStuck))
      .orderBy(calls.startedAt, calls.id)
      .limit(SHOWN),
    db
      .select({ letters: count() })
      .from(deadLetters)
      .where(and(eq(deadLetters.orgId, orgId), gte(deadLetters.createdAt, lettersSinceSeconds))),
    db
      .select({ webhooks: count().as("webhooks") })
      .from(webhooks)
      .where(and(eq(webhooks.orgId, orgId), inArray(webhooks.pausedReason, ["gone", "failing"]))),
  ]);
  return {
    live: counts?.live ?? 0,
    oldest: oldest ?? null,
    stuck: counts?.stuck ?? 0,
    stuckCalls: stuckCalls.map(({ id }) => id),
    deadLetters: letters?.letters ?? 0,
    webhooksPaused: paused?.webhooks ?? 0,
  };
}
