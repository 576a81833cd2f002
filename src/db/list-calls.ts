// Pages of calls, newest first, with the number of all that match: one batch.

import { and, count, desc, eq, sql } from "drizzle-orm";
import type { Cursor } from "../contract/cursor.ts";
import type { Outcome, Sentiment } from "../domain/call/status.ts";
import { summaryColumns } from "./call-columns.ts";
import { conditionsOf, type CallFilter } from "./call-filter.ts";
import { selectCounts, type CallCounts } from "./call-counts.ts";
import { isPlayable } from "./calls.ts";
import type { Db } from "./client.ts";
import { calls, contacts } from "./schema.ts";

export type CallPage = { limit: number; offset: number; after: Cursor | null };

export async function listCalls(db: Db, filter: CallFilter, { limit, offset, after }: CallPage) {
  const page = db
    .select({ row: summaryColumns, isPlayable })
    .from(calls)
    .where(
      and(
        conditionsOf(filter),
        after === null ? undefined : sql`(started_at, id) < (${after.at}, ${after.id})`,
      ),
    )
    .orderBy(desc(calls.startedAt), desc(calls.id))
    // One more tells whether there is a next page.
    .limit(limit + 1)
    .offset(offset);
  const [rows, [counted]] = isRolledUp(filter)
    ? await db.batch([page, selectCounts(db, filter)])
    : await db.batch([page, selectTotal(db, filter)]);
  const total = counted === undefined ? 0 : "total" in counted ? counted.total : sumOf(counted, filter);
  return { rows: rows.slice(0, limit), hasMore: rows.length > limit, total };
}

/** A contact keeps count of its calls; what is narrower is counted. */
function selectTotal(db: Db, filter: CallFilter) {
  const { orgId, contactId, started, ...others } = filter;
  const isForever = started.from === null && started.to === null;
  const isAll = isForever && Object.values(others).every((value) => value === undefined);
  if (isAll && contactId !== undefined) {
    return db
      .select({ total: contacts.totalCalls })
      .from(contacts)
      .where(and(eq(contacts.orgId, orgId), eq(contacts.id, contactId)));
  }
  return db.select({ total: count() }).from(calls).where(conditionsOf(filter));
}

/** What the rollups can't tell: the calls of one contact, and those that live. */
function isRolledUp({ contactId, status }: CallFilter): boolean {
  return contactId === undefined && (status === undefined || status === "ended");
}

const BY_OUTCOME: Record<Outcome, (keyof CallCounts)[]> = {
  connected: ["connectedNone", "connectedPositive", "connectedNeutral", "connectedNegative"],
  voicemail: ["voicemail"],
  "no-answer": ["noAnswer"],
  failed: ["failed"],
};
const BY_SENTIMENT: Record<Sentiment, keyof CallCounts> = {
  positive: "connectedPositive",
  neutral: "connectedNeutral",
  negative: "connectedNegative",
};

function sumOf(counts: CallCounts, { outcome, sentiment, status }: CallFilter): number {
  const columns = outcome === undefined ? Object.values(BY_OUTCOME).flat() : BY_OUTCOME[outcome];
  const wanted = columns.filter((column) => sentiment === undefined || column === BY_SENTIMENT[sentiment]);
  const ended = wanted.reduce((sum, column) => sum + counts[column], 0);
  const isOpen = outcome === undefined && sentiment === undefined && status === undefined;
  return ended + (isOpen ? counts.live : 0);
}
