// The rows of calls that have not ended, as the sweep looks at them: across organisations, by age.

import { and, eq, inArray, sql } from "drizzle-orm";
import { ENDINGS, type EndedReason } from "../domain/call/status.ts";
import { analysisColumns, type StoredAnalysis } from "./analyses.ts";
import type { Db } from "./client.ts";
import { calls } from "./schema.ts";

const columns = {
  id: calls.id,
  orgId: calls.orgId,
  carrierId: calls.carrierId,
  carrierCallId: calls.carrierCallId,
  status: calls.status,
  startedAt: calls.startedAt,
  answeredAt: calls.answeredAt,
  projectedSeq: calls.projectedSeq,
};

/** A call that lives by its row. Times are epoch seconds. */
export type LiveRow = Pick<typeof calls.$inferSelect, keyof typeof columns>;

// Written out, not bound: only so does the planner use the partial index on live calls.
const LIVE = sql`ended_at IS NULL`;
const WAITS = sql`status = 'dialing' AND projected_seq = 0`;

/** Calls that were accepted before `beforeSeconds` and that nobody has dialled, oldest first. */
export function findUndialled(db: Db, beforeSeconds: number, limit: number): Promise<LiveRow[]> {
  const before = sql`started_at < ${beforeSeconds}`;
  return db
    .select(columns)
    .from(calls)
    .where(and(LIVE, WAITS, before))
    .orderBy(calls.startedAt)
    .limit(limit)
    .all();
}

/**
 * Some of the calls that were accepted before `beforeSeconds` and do not wait to be dialled; of those that no object
 * has written to yet, before `unbegunSeconds`. By chance, so that each is looked at in time, however many there are
 * and however long they live.
 */
export function sampleUnderWay(
  db: Db,
  { beforeSeconds, unbegunSeconds }: { beforeSeconds: number; unbegunSeconds: number },
  limit: number,
): Promise<LiveRow[]> {
  const isOld = sql`started_at < ${unbegunSeconds} AND (started_at < ${beforeSeconds} OR projected_seq = 0)`;
  return db
    .select(columns)
    .from(calls)
    .where(and(LIVE, sql`NOT (${WAITS})`, isOld))
    .orderBy(sql`random()`)
    .limit(limit)
    .all();
}

export async function findLiveRow(db: Db, callId: string): Promise<LiveRow | null> {
  const row = await db
    .select(columns)
    .from(calls)
    .where(and(eq(calls.id, callId), LIVE))
    .get();
  return row ?? null;
}

/** The carrier accounts for which calls have waited since `beforeSeconds`. */
export async function findCarriersInArrears(db: Db, beforeSeconds: number): Promise<string[]> {
  const rows = await db
    .selectDistinct({ carrierId: calls.carrierId })
    .from(calls)
    .where(and(LIVE, sql`status = 'dialing' AND started_at < ${beforeSeconds}`))
    .all();
  return rows.map((row) => row.carrierId);
}

/** D1 takes a hundred parameters in one statement. */
const AT_ONCE = 90;

/** Those of the calls that live. */
export async function filterLive(db: Db, callIds: readonly string[]): Promise<Set<string>> {
  const live = new Set<string>();
  for (let from = 0; from < callIds.length; from += AT_ONCE) {
    const some = inArray(calls.id, callIds.slice(from, from + AT_ONCE));
    const rows = await db.select({ id: calls.id }).from(calls).where(and(some, LIVE)).all();
    for (const { id } of rows) live.add(id);
  }
  return live;
}

/**
 * Ends a call that no object knows. Who was talked with was connected; how long, nobody knows any more. False if the
 * row has changed meanwhile.
 */
export async function endLiveRow(
  db: Db,
  row: LiveRow,
  atSeconds: number,
  analysisOf: (reason: EndedReason) => StoredAnalysis,
): Promise<boolean> {
  const reason: EndedReason = row.answeredAt === null ? "platform_error" : "agent_failed";
  const ended = await db
    .update(calls)
    .set({
      status: "ended",
      ...ENDINGS[reason],
      endedReason: reason,
      duration: row.answeredAt === null ? 0 : null,
      endedAt: atSeconds,
      // There is no object that would send for it.
      ...analysisColumns(analysisOf(reason)),
    })
    .where(and(eq(calls.id, row.id), LIVE, eq(calls.projectedSeq, row.projectedSeq)))
    .returning({ id: calls.id })
    .get();
  return ended !== undefined;
}
