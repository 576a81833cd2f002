// Which calls of an organisation are meant, as conditions on `calls`.

import { eq, gte, lt, sql, type Placeholder, type SQL } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { CallStatus, CallType, Outcome, Sentiment } from "../domain/call/status.ts";
import type { Span } from "../domain/time-cover.ts";
import { calls } from "./schema.ts";

type Filter<Id, Seconds> = {
  orgId: Id;
  campaignId?: Id | undefined;
  contactId?: Id | undefined;
  callType?: CallType | undefined;
  status?: CallStatus | undefined;
  outcome?: Outcome | undefined;
  sentiment?: Sentiment | undefined;
  /** When the calls were accepted, or came in. */
  started: { from: Seconds | null; to: Seconds | null };
};
export type CallFilter = Filter<string, number>;
/** … or with places for what differs from request to request. */
export type FilterShape = Filter<string | Placeholder, number | Placeholder>;
export type SpanShape = FilterShape["started"];

/** A span with places for its bounds. @param name of the span; those of its bounds begin with it. */
export function shapeOfSpan({ from, to }: Span, name: string): SpanShape {
  return {
    from: from === null ? null : sql.placeholder(`${name}From`),
    to: to === null ? null : sql.placeholder(`${name}To`),
  };
}

export function valuesOfSpan({ from, to }: Span, name: string) {
  return { [`${name}From`]: from, [`${name}To`]: to };
}

export function shapeOf(filter: CallFilter): FilterShape {
  const { campaignId, contactId, started } = filter;
  return {
    ...filter,
    orgId: sql.placeholder("orgId"),
    campaignId: campaignId && sql.placeholder("campaignId"),
    contactId: contactId && sql.placeholder("contactId"),
    started: shapeOfSpan(started, "started"),
  };
}

export function valuesOf({ orgId, campaignId, contactId, started }: CallFilter) {
  return { orgId, campaignId, contactId, ...valuesOfSpan(started, "started") };
}

export function conditionsOf(filter: FilterShape): SQL {
  const { status, started } = filter;
  const [narrowest, ...others] = equalities(filter);
  const conditions = [
    eq(calls.orgId, filter.orgId),
    isImpossible(filter) ? sql`0` : undefined,
    // Written out, not bound: only so does the planner use the partial index on live calls.
    isLive(status) ? sql`${calls.endedAt} IS NULL` : undefined,
    status === undefined ? undefined : eq(calls.status, status),
    narrowest === undefined ? undefined : equal(narrowest, isLive(status)),
    ...others.map((equality) => equal(equality, true)),
    started.from === null ? undefined : gte(calls.startedAt, started.from),
    started.to === null ? undefined : lt(calls.startedAt, started.to),
  ];
  const given = conditions.filter((condition) => condition !== undefined);
  return sql`(${sql.join(given, sql` AND `)})`;
}

type Equality = { column: SQLiteColumn; value: unknown };

/** What is looked for beside the status; first by what most often leaves the fewest calls. */
function equalities(filter: FilterShape): Equality[] {
  const { campaignId, contactId, callType, outcome, sentiment } = filter;
  // All calls of a campaign go the way that its kind says; of a campaign that goes another way none is looked at.
  const campaign =
    callType === undefined
      ? campaignId
      : sql`(SELECT id FROM campaigns WHERE id = ${campaignId} AND kind = ${callType})`;
  const all = [
    { column: calls.contactId, value: contactId },
    { column: calls.campaignId, value: campaignId === undefined ? undefined : campaign },
    { column: calls.sentiment, value: sentiment },
    // Only who was talked with has a sentiment that counts.
    { column: calls.outcome, value: sentiment === undefined ? outcome : "connected" },
    { column: calls.callType, value: campaignId === undefined ? callType : undefined },
  ];
  return all.filter(({ value }) => value !== undefined);
}

/** To the planner each column is as good as the other. One with a `+` before it is looked up in no index. */
function equal({ column, value }: Equality, isAside: boolean): SQL {
  return isAside ? sql`+${column} = ${value}` : sql`${column} = ${value}`;
}

function isLive(status: CallStatus | undefined): boolean {
  return status !== undefined && status !== "ended";
}

/** What is asked for no call can be, so none is looked at. */
function isImpossible({ status, outcome, sentiment }: FilterShape): boolean {
  const isUntalked = sentiment !== undefined && outcome !== undefined && outcome !== "connected";
  return isUntalked || (isLive(status) && (outcome !== undefined || sentiment !== undefined));
}
