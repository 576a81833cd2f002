import { findRecording as findWhere } from "../../db/calls.ts";
import { findCarrier } from "../../db/carriers.ts";
import type { RecordingResult } from "../../telephony/provider.ts";
import { openProvider } from "../../telephony/registry.ts";
import type { OrgContext } from "../context.ts";

export type StoredRecording = {
  from: "storage";
  /** What is there, without its body. */
  head: R2Object;
  /** The body, or the part of it; null if it was taken away meanwhile. */
  read(part?: { offset: number; length: number }): Promise<ReadableStream | null>;
};

/** Not stored here yet, or not any more. */
export type CarrierRecording = {
  from: "carrier";
  /** What the carrier has under one id never changes. */
  recordingId: string;
  read(range?: string): Promise<RecordingResult>;
};

/** The recording of a call; null if there is none or the customer opted out (contract A7). */
export async function findRecording(
  context: OrgContext,
  callId: string,
): Promise<StoredRecording | CarrierRecording | null> {
  const where = await findWhere(context.db, context.orgId, callId);
  if (where === null || where.optedOut) return null;
  const stored = where.key === null ? null : await openStored(context.env, where.key);
  if (stored !== null || where.carrierRecordingId === null) return stored;
  return openAtCarrier(context, where.carrierId, where.carrierRecordingId);
}

async function openStored(env: Env, key: string): Promise<StoredRecording | null> {
  const head = await env.RECORDINGS.head(key);
  if (head === null) return null;
  return {
    from: "storage",
    head,
    async read(part) {
      const object = await env.RECORDINGS.get(key, part === undefined ? {} : { range: part });
      return object?.body ?? null;
    },
  };
}

async function openAtCarrier(
  { db, config }: OrgContext,
  carrierId: string,
  recordingId: string,
): Promise<CarrierRecording | null> {
  const account = await findCarrier(db, carrierId, Date.now());
  if (account === null) return null;
  const provider = await openProvider(account, config);
  return { from: "carrier", recordingId, read: (range) => provider.fetchRecording(recordingId, range) };
}
