import { and, eq, lt, sql, type Placeholder } from "drizzle-orm";
import { keyDetailsSchema, transcriptSchema, type KeyDetails } from "../contract/calls.ts";
import { toTransfer } from "../contract/transfers.ts";
import { customerOf } from "../domain/call/parties.ts";
import type { CallStatus } from "../domain/call/status.ts";
import type { CallFacts } from "../domain/call/facts.ts";
import type { CarrierKind } from "../domain/carrier-kinds.ts";
import type { TranscriptTurn } from "../domain/transcript.ts";
import { recordColumns, type RecordRow } from "./call-columns.ts";
import type { Db } from "./client.ts";
import { ask, keep } from "./kept.ts";
import { shownKeyDetails } from "./key-details.ts";
import { calls, carriers, organisations, transcripts } from "./schema.ts";

type UnbegunCarrier = { kind: CarrierKind; apiBaseUrl: string | null } | null;

/** The call without its transcript, and its key details as they are shown. */
export type UntranscribedCall = {
  row: RecordRow;
  keyDetails: KeyDetails;
  isPlayable: boolean;
  carrier: UnbegunCarrier;
};

/** … with its stored transcript (empty while it lives). */
export type StoredCall = UntranscribedCall & { turns: TranscriptTurn[] };

/**
 * Whether the customer's number is opted out now, as 1 or 0. Written out: in a query of one table drizzle leaves the
 * table's name away, and `org_id` would be that of the opt-out.
 */
const customerOptedOut = sql<number>`EXISTS (SELECT 1 FROM opt_outs o WHERE o.org_id = calls.org_id AND o.phone =
  CASE calls.call_type WHEN 'inbound' THEN calls.from_number ELSE calls.to_number END)`;

/** Whether the recording may be listened to and is somewhere: stored here, or with a carrier account that we still have. */
export const isPlayable = sql<number>`((calls.recording_key IS NOT NULL OR (calls.carrier_recording_id IS NOT NULL
  AND EXISTS (SELECT 1 FROM carriers c WHERE c.id = calls.carrier_id AND c.deleted_at IS NULL)))
  AND NOT ${customerOptedOut})`;

export async function findCall(db: Db, orgId: string, callId: string): Promise<StoredCall | null> {
  const [found] = await ask(db, keptCall().given({ orgId, callId }));
  return found === undefined ? null : toStoredCall(found);
}

/** In a batch columns are told apart by their names. */
const untranscribed = {
  row: recordColumns,
  keyDetails: shownKeyDetails.as("shown_key_details"),
  isPlayable: isPlayable.as("is_playable"),
};

/**
 * The carrier of a call that has not come to its object, which is then made by whoever asks it first; null for any other
 * call, which so costs no row more.
 */
const unbegunCarrier = { kind: carriers.kind, apiBaseUrl: carriers.apiBaseUrl };
const ofUnbegun = eq(carriers.id, sql`CASE calls.projected_seq WHEN 0 THEN calls.carrier_id END`);

/** To be awaited, or put into a batch. */
export function selectCall(db: Db, orgId: string | Placeholder, callId: string | Placeholder) {
  return db
    .select({ ...untranscribed, turns: transcripts.turns, carrier: unbegunCarrier })
    .from(calls)
    .leftJoin(transcripts, eq(transcripts.callId, calls.id))
    .leftJoin(carriers, ofUnbegun)
    .where(and(eq(calls.id, callId), eq(calls.orgId, orgId)));
}

const keptCall = keep((db) => selectCall(db, sql.placeholder("orgId"), sql.placeholder("callId")));

/** … for who knows what was said: a transcript may be long. */
export function selectUntranscribedCall(db: Db, orgId: string, callId: string) {
  return db
    .select({ ...untranscribed, carrier: unbegunCarrier })
    .from(calls)
    .leftJoin(carriers, ofUnbegun)
    .where(and(eq(calls.id, callId), eq(calls.orgId, orgId)));
}

type FoundCall = { row: RecordRow; keyDetails: string; isPlayable: number; carrier: UnbegunCarrier };

export function toStoredCall(found: FoundCall & { turns: string | null }): StoredCall {
  const turns = found.turns === null ? [] : transcriptSchema.parse(JSON.parse(found.turns));
  return { ...toUntranscribedCall(found), turns };
}

export function toUntranscribedCall(found: FoundCall): UntranscribedCall {
  return {
    row: found.row,
    carrier: found.carrier,
    keyDetails: keyDetailsSchema.parse(JSON.parse(found.keyDetails)),
    isPlayable: found.isPlayable === 1,
  };
}

/** The status that the row shows, and where the object is that tells more; null if the organisation has no such call. */
export async function findCallToWatch(
  db: Db,
  orgId: string,
  callId: string,
): Promise<{ status: CallStatus; carrier: UnbegunCarrier } | null> {
  const row = await db
    .select({ status: calls.status, carrier: unbegunCarrier })
    .from(calls)
    .leftJoin(carriers, ofUnbegun)
    .where(and(eq(calls.id, callId), eq(calls.orgId, orgId)))
    .get();
  return row ?? null;
}

/**
 * Writes what the call's object knows. Older than what is there: nothing changes, so it may be sent again
 * and out of order. `turns` is given once the call has ended.
 */
export async function projectCall(
  db: Db,
  projection: {
    callId: string;
    orgId: string;
    seq: number;
    facts: CallFacts;
    mustEndAt: number | null;
    turns: TranscriptTurn[] | null;
  },
): Promise<void> {
  const { callId, orgId, seq, turns, mustEndAt } = projection;
  const { transfer, outcome, endedAt, ...facts } = projection.facts;
  const update = db
    .update(calls)
    .set({
      ...facts,
      // Named they would be written into their indexes anew each time, though they stay what they are until the end.
      ...(outcome === null ? {} : { outcome }),
      ...(endedAt === null ? {} : { endedAt }),
      mustEndAt,
      transfer: transfer === null ? null : JSON.stringify(toTransfer(transfer)),
      projectedSeq: seq,
    })
    .where(and(eq(calls.id, callId), lt(calls.projectedSeq, seq)));
  if (turns === null) {
    await update;
    return;
  }
  const transcript = db
    .insert(transcripts)
    .values({ callId, orgId, turns: JSON.stringify(turns) })
    .onConflictDoUpdate({ target: transcripts.callId, set: { turns: sql`excluded.turns` } });
  await db.batch([update, transcript]);
}

/** A call and the number of the customer in it. */
export type CallParties = { callId: string; carrierId: string; carrier: UnbegunCarrier; customer: string };

/** Null if the organisation has no such call. */
export async function findParties(db: Db, orgId: string, callId: string): Promise<CallParties | null> {
  const row = await db
    .select({
      carrierId: calls.carrierId,
      carrier: unbegunCarrier,
      callType: calls.callType,
      from: calls.fromNumber,
      to: calls.toNumber,
    })
    .from(calls)
    .leftJoin(carriers, ofUnbegun)
    .where(and(eq(calls.id, callId), eq(calls.orgId, orgId)))
    .get();
  if (row === undefined) return null;
  const { carrierId, carrier } = row;
  return { callId, carrierId, carrier, customer: customerOf(row) };
}

export async function setRecording(
  db: Db,
  recording: { callId: string; key: string; seconds: number },
): Promise<void> {
  await db
    .update(calls)
    .set({ recordingKey: recording.key, recordingSeconds: recording.seconds })
    .where(eq(calls.id, recording.callId));
}

/** The carrier has a recording of the call: it can be listened to from now on, whether it comes to be stored or not. */
export async function noteCarrierRecording(
  db: Db,
  recording: { orgId: string; callId: string; recordingId: string; seconds: number },
): Promise<void> {
  const { orgId, callId, recordingId, seconds } = recording;
  await db
    .update(calls)
    .set({ carrierRecordingId: recordingId, recordingSeconds: seconds })
    .where(and(eq(calls.id, callId), eq(calls.orgId, orgId)));
}

/** Where the call's recording is, and whether the customer has opted out; null if there is no such call. */
export async function findRecording(db: Db, orgId: string, callId: string) {
  const row = await db
    .select({
      key: calls.recordingKey,
      carrierId: calls.carrierId,
      carrierRecordingId: calls.carrierRecordingId,
      optedOut: customerOptedOut,
    })
    .from(calls)
    .where(and(eq(calls.id, callId), eq(calls.orgId, orgId)))
    .get();
  return row === undefined ? null : { ...row, optedOut: row.optedOut === 1 };
}

/** Whose the call's recording is, what of it is stored here, who may hear it, and whether it is to stay at the carrier. */
export async function findRecordingOrder(db: Db, callId: string) {
  const row = await db
    .select({
      orgId: calls.orgId,
      key: calls.recordingKey,
      optedOut: customerOptedOut,
      atCarrier: organisations.recordingsAtCarrier,
    })
    .from(calls)
    .innerJoin(organisations, eq(organisations.id, calls.orgId))
    .where(eq(calls.id, callId))
    .get();
  return row === undefined ? null : { ...row, optedOut: row.optedOut === 1 };
}

/** The carrier has no such recording any more. Another one that it has since told of stays. */
export async function forgetCarrierRecording(db: Db, callId: string, recordingId: string): Promise<void> {
  await db
    .update(calls)
    .set({ carrierRecordingId: null })
    .where(and(eq(calls.id, callId), eq(calls.carrierRecordingId, recordingId)));
}
