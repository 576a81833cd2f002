import type { CallTimeline, TimelineEvent } from "../../contract/call-timeline.ts";
import type { Refusal } from "../../contract/problems.ts";
import { toldByRow } from "../../db/call-records.ts";
import { selectUntranscribedCall, toUntranscribedCall, type StoredCall } from "../../db/calls.ts";
import { logError } from "../../lib/log.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { isoSeconds } from "../../lib/time.ts";
import { askTwice } from "../../stubs/ask-twice.ts";
import { callSessionOf } from "../../stubs/stubs.ts";
import { nearestPlaceOf } from "../../telephony/registry.ts";
import type { OrgContext } from "../context.ts";

const UNASKED = { code: "unavailable", detail: "The call can't be asked at the moment." } as const;

/**
 * What happened to the call; null if the organisation has none such. By its record only if its object knows nothing: one
 * that can't be asked knows more than the record, and half a history would be taken for the whole.
 */
export async function readTimeline(
  { env, db, orgId }: OrgContext,
  callId: string,
): Promise<Result<CallTimeline, Refusal<"unavailable">> | null> {
  const found = await selectUntranscribedCall(db, orgId, callId).get();
  if (found === undefined) return null;
  const session = () => callSessionOf(env, callId, nearestPlaceOf(found.carrier));
  const told = await askTwice(async () => session().timeline()).catch((error: unknown) => {
    logError("timeline_failed", error, { call_id: callId });
    return null;
  });
  if (told === null) return err(UNASKED);
  if (told.total > 0) return ok(told);
  const events = eventsOfRow({ ...toUntranscribedCall(found), turns: [] });
  return ok({ events, total: events.length });
}

/** Of a call that has not come to its object, or whose object knows nothing of it any more. */
function eventsOfRow(stored: StoredCall): TimelineEvent[] {
  const { startedAt, callType, answeredAt, endedAt, outcome, endedReason, fault } = stored.row;
  const events: TimelineEvent[] = [{ type: "accepted", at: isoSeconds(startedAt), call_type: callType }];
  if (answeredAt !== null && outcome === "connected") {
    events.push({ type: "answered", at: isoSeconds(answeredAt), answered_by: "person" });
  }
  const { transfer } = toldByRow(stored);
  if (transfer !== null && transfer.bridged_at !== null && transfer.human_agent !== null) {
    const { transfer_id, human_agent, bridged_at: at } = transfer;
    events.push({ type: "bridged", at, transfer_id, human_agent });
  }
  if (endedAt !== null && outcome !== null && endedReason !== null && fault !== null) {
    events.push({ type: "ended", at: isoSeconds(endedAt), outcome, ended_reason: endedReason, fault });
  }
  return events;
}
