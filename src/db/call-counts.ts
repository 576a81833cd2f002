// How many calls there were, by the rollups: whole months, days and hours are added up, and only the calls of the at
// most two hours that a span begins and ends in are counted.

import { sql, type SQL } from "drizzle-orm";
import { coverSpan, DAY, type Cover, type Grain } from "../domain/time-cover.ts";
import {
  conditionsOf,
  shapeOf,
  shapeOfSpan,
  valuesOf,
  valuesOfSpan,
  type CallFilter,
  type FilterShape,
  type SpanShape,
} from "./call-filter.ts";
import { keepShapes, type Given } from "./kept.ts";
import { callRollups, calls } from "./schema.ts";

/** The counting columns of a rollup row, and which calls each counts. */
const COLUMNS = {
  live: "ended_at IS NULL",
  voicemail: "status = 'ended' AND outcome = 'voicemail'",
  noAnswer: "status = 'ended' AND outcome = 'no-answer'",
  failed: "status = 'ended' AND outcome = 'failed'",
  connectedNone: "status = 'ended' AND outcome = 'connected' AND sentiment IS NULL",
  connectedPositive: "status = 'ended' AND outcome = 'connected' AND sentiment = 'positive'",
  connectedNeutral: "status = 'ended' AND outcome = 'connected' AND sentiment = 'neutral'",
  connectedNegative: "status = 'ended' AND outcome = 'connected' AND sentiment = 'negative'",
} as const;

export type CallCounts = Record<keyof typeof COLUMNS, number> & {
  /** Seconds of talk of the connected calls. */
  talkSeconds: number;
};

export type CountScope = Pick<CallFilter, "orgId" | "campaignId" | "callType" | "started">;

/** What answers one row of counts. */
export function countsOf(scope: CountScope): Given<CallCounts[]> {
  const { shape, values } = shapeOfScope(scope, coverSpan(scope.started));
  return keptCounts(shape).given(values);
}

/** … a row for each day (UTC) that has any; `day` is its beginning. */
export function dailyCountsOf(scope: CountScope): Given<(CallCounts & { day: number })[]> {
  const { shape, values } = shapeOfScope(scope, coverSpan(scope.started, "day"));
  return keptDailyCounts(shape).given(values);
}

type CountShape = {
  filter: FilterShape;
  whole: ({ grain: Grain } & SpanShape)[];
  partial: SpanShape[];
};

const keptCounts = keepShapes((db, shape: CountShape) => db.select(SUMS).from(tableOfCounts(shape)));

const day = sql<number>`day`.as("day");
const keptDailyCounts = keepShapes((db, shape: CountShape) =>
  db
    .select({ day, ...SUMS })
    .from(tableOfCounts(shape))
    .groupBy(sql`day`),
);

/** The shape of what counts that scope by that cover, and the values in it. */
function shapeOfScope({ orgId, campaignId, callType, started }: CountScope, { whole, partial }: Cover) {
  const filter = { orgId, campaignId, callType, started };
  const shape: CountShape = {
    filter: shapeOf(filter),
    whole: whole.map(({ grain, ...span }, index) => ({ grain, ...shapeOfSpan(span, `whole${index}`) })),
    partial: partial.map((span, index) => shapeOfSpan(span, `partial${index}`)),
  };
  const spans = [
    ...whole.map((span, index) => valuesOfSpan(span, `whole${index}`)),
    ...partial.map((span, index) => valuesOfSpan(span, `partial${index}`)),
  ];
  return { shape, values: Object.assign(valuesOf(filter), ...spans) };
}

function tableOfCounts({ filter, whole, partial }: CountShape): SQL {
  const rolled = whole.map(({ grain, ...span }) => rolledUp(filter, grain, span));
  const single = partial.map((started) => counted({ ...filter, started }));
  // D1 takes five terms in one compound, so the counted ones are a table of their own.
  const tables = [rolled, single].filter((terms) => terms.length > 0).map(tableOf);
  return sql`(${tables.length === 0 ? nothing() : unionOf(tables)})`;
}

function tableOf(terms: SQL[]): SQL {
  return sql`SELECT * FROM (${unionOf(terms)})`;
}

function unionOf(terms: SQL[]): SQL {
  return sql.join(terms, sql` UNION ALL `);
}

const SUMS: Record<keyof CallCounts, SQL.Aliased<number>> = {
  live: sumOf("live"),
  voicemail: sumOf("voicemail"),
  noAnswer: sumOf("noAnswer"),
  failed: sumOf("failed"),
  connectedNone: sumOf("connectedNone"),
  connectedPositive: sumOf("connectedPositive"),
  connectedNeutral: sumOf("connectedNeutral"),
  connectedNegative: sumOf("connectedNegative"),
  talkSeconds: sumOf("talkSeconds"),
};

function sumOf(name: keyof CallCounts): SQL.Aliased<number> {
  return sql.raw(`coalesce(sum("${name}"), 0)`).as<number>(name);
}

const NAMES = Object.keys(SUMS) as (keyof CallCounts)[];

// Text that is always the same is put together once: drizzle takes long over many small pieces.
const ROLLED = sql.raw(NAMES.map((name) => `${callRollups[name].name} AS "${name}"`).join(", "));
const NOTHING = sql.raw(NAMES.map((name) => `0 AS "${name}"`).join(", "));
const COUNTED = sql.raw(NAMES.map((name) => `${countedAs(name)} AS "${name}"`).join(", "));

function countedAs(name: keyof CallCounts): string {
  if (name !== "talkSeconds") return `(${COLUMNS[name]}) IS TRUE`;
  return "iif(status = 'ended' AND outcome = 'connected', coalesce(duration, 0), 0)";
}

function rolledUp(filter: FilterShape, grain: Grain, span: SpanShape): SQL {
  const from = span.from === null ? sql`` : sql` AND bucket >= ${span.from}`;
  const to = span.to === null ? sql`` : sql` AND bucket < ${span.to}`;
  return sql`SELECT ${dayOf(sql`bucket`)}, ${ROLLED} FROM call_rollups
    WHERE org_id = ${filter.orgId} AND scope IN (${scopesOf(filter)}) AND grain = ${grain}${from}${to}`;
}

/** Whose rollups count these calls. All calls of a campaign go the way that its kind says. */
export function scopesOf({ campaignId, callType }: FilterShape): SQL {
  if (campaignId !== undefined && callType !== undefined) {
    return sql`SELECT id FROM campaigns WHERE id = ${campaignId} AND kind = ${callType}`;
  }
  if (campaignId !== undefined) return sql`${campaignId}`;
  if (callType !== undefined) return sql`${`@${callType}`}`;
  return sql`'@inbound', '@outbound'`;
}

function counted(filter: FilterShape): SQL {
  return sql`SELECT ${dayOf(sql`started_at`)}, ${COUNTED} FROM ${calls}
    WHERE ${conditionsOf(filter)}`;
}

function nothing(): SQL {
  return sql`SELECT NULL AS day, ${NOTHING}`;
}

/** A month has no day of its own; whoever asks for days has no months. */
function dayOf(seconds: SQL): SQL {
  return sql`${seconds} - ${seconds} % ${DAY} AS day`;
}
