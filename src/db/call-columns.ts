// The columns of a call that its answers show. The others, which may be long (what an analysis and workflows wrote), are
// neither read nor sent for them.

import { calls } from "./schema.ts";

/** … as lists show it. */
export const summaryColumns = {
  id: calls.id,
  campaignId: calls.campaignId,
  contactId: calls.contactId,
  callType: calls.callType,
  fromNumber: calls.fromNumber,
  toNumber: calls.toNumber,
  status: calls.status,
  outcome: calls.outcome,
  sentiment: calls.sentiment,
  summary: calls.summary,
  duration: calls.duration,
  startedAt: calls.startedAt,
  endedAt: calls.endedAt,
};

/** … as it is shown by itself, beside its key details; and which state of it that is. */
export const recordColumns = {
  ...summaryColumns,
  carrierId: calls.carrierId,
  carrierCallId: calls.carrierCallId,
  endedReason: calls.endedReason,
  fault: calls.fault,
  answeredAt: calls.answeredAt,
  transfer: calls.transfer,
  projectedSeq: calls.projectedSeq,
};

type CallRow = typeof calls.$inferSelect;
export type SummaryRow = Pick<CallRow, keyof typeof summaryColumns>;
export type RecordRow = Pick<CallRow, keyof typeof recordColumns>;
