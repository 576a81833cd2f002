import type { CallEventMessage } from "../../contract/messages.ts";
import { findRecordingOrder, forgetCarrierRecording, setRecording } from "../../db/calls.ts";
import { findCarrier } from "../../db/carriers.ts";
import { logInfo } from "../../lib/log.ts";
import { putRecording, recordingKey } from "../../recordings/bucket.ts";
import type { TelephonyProvider } from "../../telephony/provider.ts";
import { openProvider } from "../../telephony/registry.ts";
import { askTwice } from "../../stubs/ask-twice.ts";
import { callSessionOf } from "../../stubs/stubs.ts";
import type { ServiceContext } from "../context.ts";

/**
 * Copies a recording from the carrier to R2 and tells the call's row and object; then, where the organisation wishes it
 * so, deletes it at the carrier. Throws to be tried again.
 */
export async function storeRecording(
  { env, db, config }: ServiceContext,
  message: Extract<CallEventMessage, { type: "recording_ready" }>,
): Promise<void> {
  const { call_id: callId, recording_id: recordingId } = message;
  const [order, account] = await Promise.all([
    findRecordingOrder(db, callId),
    findCarrier(db, message.carrier_id, Date.now()),
  ]);
  if (order === null || account === null) return;
  const provider = await openProvider(account, config);
  const key = recordingKey(order.orgId, callId, recordingId);
  if (order.key !== key || (await env.RECORDINGS.head(key)) === null) {
    if (!(await copy(env, provider, recordingId, key))) {
      // It may not be there yet: the call's object sends this again until it is, or gives up.
      logInfo("recording_not_found", { call_id: callId, recording_id: recordingId });
      return;
    }
    await setRecording(db, { callId, key, seconds: message.duration_seconds });
  }
  // Where the customer has opted out nobody may fetch it, so nobody is told.
  const isAudible = !order.optedOut;
  const tell = (isDone: boolean) =>
    askTwice(async () => callSessionOf(env, callId).recordingStored(recordingId, { isAudible, isDone }));
  if (order.atCarrier === "delete") {
    // It is there, however long the carrier takes to delete its own; the call's object owes that until it is done.
    await tell(false);
    const deleted = await provider.deleteRecording(recordingId);
    if (deleted.kind === "failed") throw new Error(`Recording not deleted: ${deleted.detail}`);
    await forgetCarrierRecording(db, callId, recordingId);
  }
  await tell(true);
}

/** False if the carrier has no such recording. */
async function copy(
  env: Env,
  provider: TelephonyProvider,
  recordingId: string,
  key: string,
): Promise<boolean> {
  const recording = await provider.fetchRecording(recordingId);
  if (recording.kind === "none") return false;
  if (recording.kind !== "found") {
    throw new Error(
      `Recording not fetched: ${recording.kind === "failed" ? recording.detail : recording.kind}`,
    );
  }
  await putRecording(env.RECORDINGS, key, recording);
  return true;
}
