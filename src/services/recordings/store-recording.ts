import type { CallEventMessage } from "../../contract/messages.ts";
import { findCallOrg, setRecording } from "../../db/calls.ts";
import { findCarrier } from "../../db/carriers.ts";
import { logInfo } from "../../lib/log.ts";
import { putRecording, recordingKey } from "../../recordings/bucket.ts";
import { openProvider } from "../../telephony/registry.ts";
import { callSessionOf } from "../../stubs/stubs.ts";
import type { ServiceContext } from "../context.ts";

/** Copies a recording from the carrier to R2 and tells the call's row. Throws to be tried again. */
export async function storeRecording(
  { env, db, config }: ServiceContext,
  message: Extract<CallEventMessage, { type: "recording_ready" }>,
): Promise<void> {
  const { call_id: callId, recording_id: recordingId } = message;
  const [orgId, account] = await Promise.all([
    findCallOrg(db, callId),
    findCarrier(db, message.carrier_id, Date.now()),
  ]);
  if (orgId === null || account === null) return;
  const provider = await openProvider(account, config);
  const recording = await provider.fetchRecording(recordingId);
  if (recording.kind === "none") {
    // It may not be there yet: the call's object sends this again until it is, or gives up.
    logInfo("recording_not_found", { call_id: callId, recording_id: recordingId });
    return;
  }
  if (recording.kind !== "found") {
    throw new Error(
      `Recording not fetched: ${recording.kind === "failed" ? recording.detail : recording.kind}`,
    );
  }
  const key = recordingKey(orgId, callId, recordingId);
  await putRecording(env.RECORDINGS, key, recording);
  await setRecording(db, { callId, key, seconds: message.duration_seconds });
  await callSessionOf(env, callId).recordingStored(recordingId);
}
