import { formatDuration } from "../domain/duration.ts";
import { isoSeconds } from "../lib/time.ts";
import type { BoardEntry, LiveCall } from "./live.ts";

/** A live call as lists and the board show it. Its duration is the talk time so far. */
export function toLiveCall(entry: BoardEntry, nowSeconds: number): LiveCall {
  const { answeredAt } = entry;
  const duration = answeredAt === null ? null : Math.max(0, nowSeconds - answeredAt);
  return {
    uuid: entry.callId,
    call_type: entry.callType,
    campaign_uuid: entry.campaignId,
    contact_uuid: entry.contactId,
    from_number: entry.from,
    to_number: entry.to,
    status: entry.status,
    duration,
    duration_formatted: duration === null ? null : formatDuration(duration),
    outcome: null,
    sentiment: null,
    summary: null,
    recording_url: null,
    started_at: isoSeconds(entry.startedAt),
    answered_at: answeredAt === null ? null : isoSeconds(answeredAt),
    ended_at: null,
  };
}
