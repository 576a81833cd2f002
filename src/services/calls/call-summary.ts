import type { CallSummary } from "../../contract/calls.ts";
import type { CallRow } from "../../db/calls.ts";
import type { CallFacts } from "../../domain/call/facts.ts";
import { formatDuration } from "../../domain/duration.ts";
import { isoSeconds } from "../../lib/time.ts";

/** A call as lists show it. `facts` may be newer than the row's own. */
export function toSummary(
  row: CallRow,
  facts: Omit<CallFacts, "transfer">,
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
