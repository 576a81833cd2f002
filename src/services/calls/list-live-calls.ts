import type { BoardEntry, LiveCalls } from "../../contract/live.ts";
import type { CallType } from "../../domain/call/status.ts";
import { formatDuration } from "../../domain/duration.ts";
import { isoSeconds, toEpochSeconds } from "../../lib/time.ts";
import { liveBoardOf } from "../../stubs/stubs.ts";
import type { OrgContext } from "../context.ts";

/** The organisation's calls that live now, as its board has them (contract A6). */
export async function listLiveCalls(
  { env, orgId }: OrgContext,
  callType: CallType | "all",
): Promise<LiveCalls> {
  const entries = await liveBoardOf(env, orgId).list();
  const now = toEpochSeconds(Date.now());
  const calls = entries
    .filter((entry) => callType === "all" || entry.callType === callType)
    .map((entry) => toLiveCall(entry, now))
    .toReversed();
  return { calls, total: calls.length };
}

function toLiveCall(entry: BoardEntry, nowSeconds: number): LiveCalls["calls"][number] {
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
