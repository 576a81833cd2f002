import type { CallRecord } from "../../contract/calls.ts";
import { toTransfer, transferSchema } from "../../contract/transfers.ts";
import { findCall, type StoredCall } from "../../db/calls.ts";
import type { CallFacts } from "../../domain/call/facts.ts";
import type { TranscriptTurn } from "../../domain/transcript.ts";
import { logError } from "../../lib/log.ts";
import { isoSeconds } from "../../lib/time.ts";
import { askTwice } from "../../stubs/ask-twice.ts";
import { callSessionOf } from "../../stubs/stubs.ts";
import type { OrgContext } from "../context.ts";
import { toSummary } from "./call-summary.ts";

/** The call as it stands this moment (contract A3); null if the organisation has none such. */
export async function readCall(context: OrgContext, callId: string): Promise<CallRecord | null> {
  const stored = await findCall(context.db, context.orgId, callId);
  if (stored === null) return null;
  return toRecord(stored, await overlay(context, stored), context.config.PUBLIC_BASE_URL);
}

export async function readTranscript(context: OrgContext, callId: string): Promise<TranscriptTurn[] | null> {
  const stored = await findCall(context.db, context.orgId, callId);
  return stored === null ? null : (await overlay(context, stored)).turns;
}

type Told = {
  facts: Omit<CallFacts, "transfer">;
  transfer: CallRecord["transfer"];
  turns: TranscriptTurn[];
};

/** While a call lives its object knows more than the row. */
async function overlay({ env }: OrgContext, { row, turns }: StoredCall): Promise<Told> {
  const live = row.status === "ended" ? null : await askObject(env, row.id);
  if (live === null) {
    const transfer = row.transfer === null ? null : transferSchema.parse(JSON.parse(row.transfer));
    return { facts: row, transfer, turns };
  }
  const { transfer } = live.facts;
  return { facts: live.facts, transfer: transfer === null ? null : toTransfer(transfer), turns: live.turns };
}

/** Null if the call has not come to its object, or the object can't be reached: then the row must do. */
async function askObject(
  env: Env,
  callId: string,
): Promise<{ facts: CallFacts; turns: TranscriptTurn[] } | null> {
  return askTwice(async () => callSessionOf(env, callId).snapshot()).catch((error: unknown) => {
    logError("snapshot_failed", error, { call_id: callId });
    return null;
  });
}

function toRecord(stored: StoredCall, { facts, transfer, turns }: Told, baseUrl: string): CallRecord {
  const { row, keyDetails } = stored;
  return {
    ...toSummary(stored.row, facts, stored.isPlayable, baseUrl),
    answered_at: facts.answeredAt === null ? null : isoSeconds(facts.answeredAt),
    ended_reason: facts.endedReason,
    fault: facts.fault,
    carrier: { carrier_id: row.carrierId, carrier_call_id: facts.carrierCallId },
    transfer,
    transcript: turns,
    key_details: keyDetails,
  };
}
