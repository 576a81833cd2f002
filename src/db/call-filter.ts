// Which calls of an organisation are meant, as conditions on `calls`.

import { and, eq, gte, lt, sql, type SQL } from "drizzle-orm";
import type { CallStatus, CallType, Outcome, Sentiment } from "../domain/call/status.ts";
import type { Span } from "../domain/time-cover.ts";
import { calls } from "./schema.ts";

export type CallFilter = {
  orgId: string;
  campaignId?: string | undefined;
  contactId?: string | undefined;
  callType?: CallType | undefined;
  status?: CallStatus | undefined;
  outcome?: Outcome | undefined;
  sentiment?: Sentiment | undefined;
  /** When the calls were accepted, or came in. */
  started: Span;
};

export function conditionsOf(filter: CallFilter): SQL {
  const { campaignId, contactId, callType, status, outcome, sentiment, started } = filter;
  const conditions = [
    eq(calls.orgId, filter.orgId),
    campaignId === undefined ? undefined : eq(calls.campaignId, campaignId),
    contactId === undefined ? undefined : eq(calls.contactId, contactId),
    callType === undefined ? undefined : eq(calls.callType, callType),
    // Written out, not bound: only so does the planner use the partial index on live calls.
    status === undefined || status === "ended" ? undefined : sql`${calls.endedAt} IS NULL`,
    status === undefined ? undefined : eq(calls.status, status),
    outcome === undefined ? undefined : eq(calls.outcome, outcome),
    // Only who was talked with has a sentiment that counts.
    sentiment === undefined ? undefined : and(eq(calls.sentiment, sentiment), eq(calls.outcome, "connected")),
    started.from === null ? undefined : gte(calls.startedAt, started.from),
    started.to === null ? undefined : lt(calls.startedAt, started.to),
  ];
  const given = conditions.filter((condition) => condition !== undefined);
  return sql`(${sql.join(given, sql` AND `)})`;
}
