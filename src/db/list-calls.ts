// Pages of calls, newest first, with the number of all that match: one batch.

import { and, count, desc, eq, sql, type SQL, type SQLWrapper } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { Cursor } from "../contract/cursor.ts";
import type { Grain } from "../domain/time-cover.ts";
import type { Outcome, Sentiment } from "../domain/call/status.ts";
import { summaryColumns } from "./call-columns.ts";
import {
  conditionsOf,
  shapeOf,
  valuesOf,
  type CallFilter,
  type FilterShape,
  type SpanShape,
} from "./call-filter.ts";
import { countsOf, scopesOf, type CallCounts } from "./call-counts.ts";
import { isPlayable } from "./calls.ts";
import type { Db } from "./client.ts";
import { askAll, keep, keepShapes, placesOf, type Given } from "./kept.ts";
import { callRollups, calls, contacts } from "./schema.ts";

export type CallPage = { limit: number; offset: number; after: Cursor | null };

export async function listCalls(db: Db, filter: CallFilter, { limit, offset, after }: CallPage) {
  const shape = { filter: shapeOf(filter), isAfter: after !== null };
  // One more tells whether there is a next page.
  const place = { ...after, limit: limit + 1, offset };
  const kept = isSparse(filter) ? keptSparsePage(shape) : keptPage(shape);
  const page = kept.given({ ...valuesOf(filter), ...place });
  const [rows, [counted]] = isRolledUp(filter)
    ? await askAll(db, [page, countsOf(filter)])
    : await askAll(db, [page, totalOf(filter)]);
  const total = counted === undefined ? 0 : "total" in counted ? counted.total : sumOf(counted, filter);
  return { rows: rows.slice(0, limit), hasMore: rows.length > limit, total };
}

type PageShape = { filter: FilterShape; isAfter: boolean };
const AFTER = placesOf(["at", "id"]);
const PLACE = placesOf(["limit", "offset"]);
const COLUMNS = { ...summaryColumns, isPlayable: isPlayable.as("is_playable") };

const keptPage = keepShapes((db, { filter, isAfter }: PageShape) =>
  db
    .select(COLUMNS)
    .from(calls)
    .where(
      and(
        conditionsOf(filter),
        isAfter ? sql`(calls.started_at, calls.id) < (${AFTER.at}, ${AFTER.id})` : undefined,
      ),
    )
    .orderBy(desc(calls.startedAt), desc(calls.id))
    .limit(PLACE.limit)
    .offset(PLACE.offset),
);

/**
 * What may be few among many, and has no index: a campaign's or one way's calls that came out somehow. The rollups know in
 * which days and hours there are any, and no others are looked at.
 */
function isSparse(filter: CallFilter): boolean {
  const { campaignId, callType, outcome, sentiment } = filter;
  const isPart = campaignId !== undefined || callType !== undefined;
  const isChosen = outcome !== undefined || sentiment !== undefined;
  return isRolledUp(filter) && isPart && isChosen && countedFor(filter).length > 0;
}

const day = alias(callRollups, "day");
const hour = alias(callRollups, "hour");
const DAY_SECONDS = sql.raw("86400");
const HOUR_SECONDS = sql.raw("3600");

const keptSparsePage = keepShapes((db, { filter, isAfter }: PageShape) =>
  db
    .select(COLUMNS)
    .from(day)
    // To the planner a cross join is an order.
    .crossJoin(hour)
    .crossJoin(calls)
    .where(
      and(
        hasSome(day, "day", filter),
        within(day.bucket, DAY_SECONDS, filter.started, isAfter),
        hasSome(hour, "hour", filter),
        sql`${hour.bucket} BETWEEN ${day.bucket} AND ${day.bucket} + ${DAY_SECONDS} - 1`,
        within(sql`+${hour.bucket}`, HOUR_SECONDS, filter.started, isAfter),
        // By two comparisons the planner takes the index of all calls.
        sql`${calls.startedAt} BETWEEN ${hour.bucket} AND ${hour.bucket} + ${HOUR_SECONDS} - 1`,
        within(sql`+${calls.startedAt}`, sql.raw("1"), filter.started, false),
        isAfter ? sql`(+calls.started_at, calls.id) < (${AFTER.at}, ${AFTER.id})` : undefined,
        conditionsOf({ ...filter, started: { from: null, to: null } }),
      ),
    )
    .orderBy(desc(day.bucket), desc(hour.bucket), desc(calls.startedAt), desc(calls.id))
    .limit(PLACE.limit)
    .offset(PLACE.offset),
);

/** The buckets that count some of these calls. */
function hasSome(table: typeof day | typeof hour, grain: Grain, filter: FilterShape) {
  const counts = countedFor(filter).map((column) => table[column]);
  return and(
    eq(table.orgId, filter.orgId),
    sql`${table.scope} = (${scopesOf(filter)})`,
    eq(table.grain, grain),
    sql`${sql.join(counts, sql` + `)} > 0`,
  );
}

/** Something of so many seconds from its beginning on is in the span, or in what of it comes after a page. */
function within(beginning: SQLWrapper, length: SQL, { from, to }: SpanShape, isAfter: boolean) {
  return and(
    from === null ? undefined : sql`${beginning} > ${from} - ${length}`,
    to === null ? undefined : sql`${beginning} < ${to}`,
    isAfter ? sql`${beginning} <= ${AFTER.at}` : undefined,
  );
}

/** A contact keeps count of its calls; what is narrower is counted. */
function totalOf(filter: CallFilter): Given<{ total: number }[]> {
  const { orgId: _, contactId, started, ...others } = filter;
  const isForever = started.from === null && started.to === null;
  const isAll = isForever && Object.values(others).every((value) => value === undefined);
  const kept = isAll && contactId !== undefined ? keptContactTotal() : keptTotal(shapeOf(filter));
  return kept.given(valuesOf(filter));
}

const CONTACT = placesOf(["orgId", "contactId"]);
const keptContactTotal = keep((db) =>
  db
    .select({ total: contacts.totalCalls })
    .from(contacts)
    .where(and(eq(contacts.orgId, CONTACT.orgId), eq(contacts.id, CONTACT.contactId))),
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

function sumOf(counts: CallCounts, filter: CallFilter): number {
  const { outcome, sentiment, status } = filter;
  const ended = countedFor(filter).reduce((sum, column) => sum + counts[column], 0);
  const isOpen = outcome === undefined && sentiment === undefined && status === undefined;
  return ended + (isOpen ? counts.live : 0);
}

/** The counts of those that have ended so. */
function countedFor({ outcome, sentiment }: Pick<CallFilter, "outcome" | "sentiment">) {
  const columns = outcome === undefined ? Object.values(BY_OUTCOME).flat() : BY_OUTCOME[outcome];
  return columns.filter((column) => sentiment === undefined || column === BY_SENTIMENT[sentiment]);
}
