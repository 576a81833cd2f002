import { findRecording } from "../../db/calls.ts";
import type { OrgContext } from "../context.ts";

/**
 * The recording's object in R2 with as much of its body as the request's `Range` and conditions ask for
 * (no body: the client's copy is fresh); null if there is none or the customer opted out.
 */
export async function readRecording(
  { env, db, orgId }: OrgContext,
  callId: string,
  conditions: Headers,
): Promise<R2Object | R2ObjectBody | null> {
  const recording = await findRecording(db, orgId, callId);
  if (recording === null || recording.key === null || recording.optedOut) return null;
  return env.RECORDINGS.get(recording.key, { range: conditions, onlyIf: conditions });
}
