import { findRecording } from "../../db/calls.ts";
import type { OrgContext } from "../context.ts";

export type StoredRecording = {
  /** What is there, without its body. */
  head: R2Object;
  /** The body, or the part of it; null if the conditions (`If-Match`, `If-None-Match`, …) do not hold. */
  read(conditions: Headers, part?: { offset: number; length: number }): Promise<ReadableStream | null>;
};

/** The recording of a call; null if there is none or the customer opted out (contract A7). */
export async function findStoredRecording(
  { env, db, orgId }: OrgContext,
  callId: string,
): Promise<StoredRecording | null> {
  const recording = await findRecording(db, orgId, callId);
  if (recording === null || recording.key === null || recording.optedOut) return null;
  const { key } = recording;
  const head = await env.RECORDINGS.head(key);
  if (head === null) return null;
  return {
    head,
    async read(conditions, part) {
      const options = part === undefined ? {} : { range: part };
      const object = await env.RECORDINGS.get(key, { ...options, onlyIf: conditions });
      return object !== null && "body" in object ? object.body : null;
    },
  };
}
