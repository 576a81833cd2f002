// A call's row in the words of the contract.

import type { CallRecord, CallSummary } from "../contract/calls.ts";
import { transferSchema } from "../contract/transfers.ts";
import type { CallFacts } from "../domain/call/facts.ts";
import { formatDuration } from "../domain/duration.ts";
import type { TranscriptTurn } from "../domain/transcript.ts";
import { isoSeconds } from "../lib/time.ts";
import type { SummaryRow } from "./call-columns.ts";
import type { StoredCall, UntranscribedCall } from "./calls.ts";

/** What may be known of a call beyond its row, which is behind while it lives. */
export type Told = {
  facts: Omit<CallFacts, "transfer">;
  transfer: CallRecord["transfer"];
  turns: TranscriptTurn[];
};

/** All that the row itself tells. */
export function toldByRow({ row, turns }: StoredCall): Told {
  const transfer = row.transfer === null ? null : transferSchema.parse(JSON.parse(row.transfer));
  return { facts: row, transfer, turns };
}

export function toRecord(
  stored: UntranscribedCall,
  { facts, transfer, turns }: Told,
  baseUrl: string,
): CallRecord {
  const { row, keyDetails } = stored;
  return {
    ...toSummary(row, facts, stored.isPlayable, baseUrl),
    answered_at: facts.answeredAt === null ? null : isoSeconds(facts.answeredAt),
    ended_reason: facts.endedReason,
    fault: facts.fault,
    carrier: { carrier_id: row.carrierId, carrier_call_id: facts.carrierCallId },
    transfer,
    transcript: turns,
    key_details: keyDetails,
  };
}

/** A call as lists show it. `facts` may be newer than the row's own. */
export function toSummary(
  row: SummaryRow,
  facts: Pick<CallFacts, "status" | "outcome" | "duration" | "endedAt">,
  isPlayable: boolean,
  baseUrl: string,
): CallSummary {
  return {
    uuid: row.id,
    call_type: row.callType,
    campaign_uuid: row.campaignId,
    contact_uuid: row.contactId,
    from_number: row.fromNumber,
    to_number: row.toNumber,
    status: facts.status,
    duration: facts.duration,
    duration_formatted: facts.duration === null ? null : formatDuration(facts.duration),
    outcome: facts.outcome,
    sentiment: row.sentiment,
    summary: row.summary,
    recording_url: isPlayable ? `${baseUrl}/api/voice/calls/${row.id}/recording` : null,
    started_at: isoSeconds(row.startedAt),
    ended_at: facts.endedAt === null ? null : isoSeconds(facts.endedAt),
  };
}
