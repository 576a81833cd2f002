import type { EndCallInput, EndedCall } from "../../contract/call-actions.ts";
import type { Refusal } from "../../contract/problems.ts";
import { requestKeyOf } from "../../db/idempotency.ts";
import { optOutByCall } from "../../db/opt-outs.ts";
import type { CallParties } from "../../db/calls.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import { callSessionOf } from "../../stubs/stubs.ts";
import { nearestPlaceOf } from "../../telephony/registry.ts";
import type { OrgContext } from "../context.ts";
import { dialCall } from "./dial-call.ts";

/**
 * Ends a call that has not ended (contract A10). Whoever asks not to be called again is opted out by the time this
 * answers.
 */
export async function endCall(
  context: OrgContext,
  { callId, carrier, customer }: CallParties,
  { reason }: EndCallInput,
): Promise<Result<EndedCall, Refusal<"call_not_active">>> {
  const { env, db, orgId, receipt } = context;
  const requestKey = receipt && requestKeyOf(receipt.claim);
  const session = callSessionOf(env, callId, nearestPlaceOf(carrier));
  let ended = await session.requestEnd(reason, requestKey);
  if (!ended.ok && ended.error === "unknown_call") {
    // Accepted, and its message is still on its way: it is taken on here, so that it can be ended.
    await dialCall(context, { call_id: callId });
    ended = await session.requestEnd(reason, requestKey);
  }
  if (!ended.ok) return err({ code: "call_not_active", detail: "The call has ended already." });
  if (reason === "dnc_request") {
    // The call's object owes it too. Here it is waited for.
    await optOutByCall(db, { orgId, callId, customer, atSeconds: toEpochSeconds(Date.now()) });
  }
  return ok({ call_uuid: callId, status: ended.value, reason });
}
