// Pages of calls, newest first, with the number of all that match: one batch.

import { and, count, desc, eq, sql } from "drizzle-orm";
import type { Cursor } from "../contract/cursor.ts";
import type { Outcome, Sentiment } from "../domain/call/status.ts";
import { summaryColumns } from "./call-columns.ts";
import { conditionsOf, shapeOf, valuesOf, type CallFilter, type FilterShape } from "./call-filter.ts";
import { countsOf, type CallCounts } from "./call-counts.ts";
import { isPlayable } from "./calls.ts";
import type { Db } from "./client.ts";
import { askAll, keep, keepShapes, type Given } from "./kept.ts";
import { calls, contacts } from "./schema.ts";

export type CallPage = { limit: number; offset: number; after: Cursor | null };

export async function listCalls(db: Db, filter: CallFilter, { limit, offset, after }: CallPage) {
  const shape = { filter: shapeOf(filter), isAfter: after !== null };
  // One more tells whether there is a next page.
  const place = { ...after, limit: limit + 1, offset };
  const page = keptPage(shape).given({ ...valuesOf(filter), ...place });
  const [rows, [counted]] = isRolledUp(filter)
    ? await askAll(db, [page, countsOf(filter)])
    : await askAll(db, [page, totalOf(filter)]);
  const total = counted === undefined ? 0 : "total" in counted ? counted.total : sumOf(counted, filter);
  return { rows: rows.slice(0, limit), hasMore: rows.length > limit, total };
}

const keptPage = keepShapes((db, { filter, isAfter }: { filter: FilterShape; isAfter: boolean }) =>
  db
    .select({ ...summaryColumns, isPlayable: isPlayable.as("is_playable") })
    .from(calls)
    .where(
      and(
        conditionsOf(filter),
        isAfter ? sql`(started_at, id) < (${sql.placeholder("at")}, ${sql.placeholder("id")})` : undefined,
      ),
    )
    .orderBy(desc(calls.startedAt), desc(calls.id))
    .limit(sql.placeholder("limit"))
    .offset(sql.placeholder("offset")),
);

/** A contact keeps count of its calls; what is narrower is counted. */
function totalOf(filter: CallFilter): Given<{ total: number }[]> {
  const { orgId: _, contactId, started, ...others } = filter;
  const isForever = started.from === null && started.to === null;
  const isAll = isForever && Object.values(others).every((value) => value === undefined);
  const kept = isAll && contactId !== undefined ? keptContactTotal() : keptTotal(shapeOf(filter));
  return kept.given(valuesOf(filter));
}

const keptContactTotal = keep((db) =>
  db
    .select({ total: contacts.totalCalls })
    .from(contacts)
    .where(and(eq(contacts.orgId, sql.placeholder("orgId")), eq(contacts.id, sql.placeholder("contactId")))),
);
const keptTotal = keepShapes((db, filter: FilterShape) =>
  db.select({ total: count() }).from(calls).where(conditionsOf(filter)),
);

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
