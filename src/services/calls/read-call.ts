import type { CallRecord } from "../../contract/calls.ts";
import { toTransfer } from "../../contract/transfers.ts";
import { toldByRow, toRecord, type Told } from "../../db/call-records.ts";
import { findCall, type StoredCall } from "../../db/calls.ts";
import type { CallFacts } from "../../domain/call/facts.ts";
import type { TranscriptTurn } from "../../domain/transcript.ts";
import { logError } from "../../lib/log.ts";
import { askTwice } from "../../stubs/ask-twice.ts";
import { callSessionOf } from "../../stubs/stubs.ts";
import { nearestPlaceOf } from "../../telephony/registry.ts";
import type { OrgContext } from "../context.ts";

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

/** While a call lives its object knows more than the row. */
async function overlay({ env }: OrgContext, stored: StoredCall): Promise<Told> {
  const live = stored.row.status === "ended" ? null : await askObject(env, stored);
  if (live === null) return toldByRow(stored);
  const { transfer } = live.facts;
  return { facts: live.facts, transfer: transfer === null ? null : toTransfer(transfer), turns: live.turns };
}

/** Null if the call has not come to its object, or the object can't be reached: then the row must do. */
async function askObject(
  env: Env,
  { row: { id: callId }, carrier }: StoredCall,
): Promise<{ facts: CallFacts; turns: TranscriptTurn[] } | null> {
  return askTwice(async () => callSessionOf(env, callId, nearestPlaceOf(carrier)).snapshot()).catch(
    (error: unknown) => {
      logError("snapshot_failed", error, { call_id: callId });
      return null;
    },
  );
}
