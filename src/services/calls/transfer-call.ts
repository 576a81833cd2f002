import type { TransferCallInput, TransferredCall } from "../../contract/call-actions.ts";
import type { Refusal } from "../../contract/problems.ts";
import type { CallParties } from "../../db/calls.ts";
import { requestKeyOf } from "../../db/idempotency.ts";
import { findQueueByName } from "../../db/queues.ts";
import { newId } from "../../lib/ids.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { askTwice } from "../../stubs/ask-twice.ts";
import { callSessionOf } from "../../stubs/stubs.ts";
import { nearestPlaceOf } from "../../telephony/registry.ts";
import type { OrgContext } from "../context.ts";

/** Hands a live call to a person of a queue (contract A9). Once this answers, one of them is reserved for it. */
export async function transferCall(
  { env, db, orgId, receipt }: OrgContext,
  { callId, carrier }: CallParties,
  input: TransferCallInput,
): Promise<Result<TransferredCall, TransferRefusal>> {
  // What is asked for may be asked twice: a transfer is known by its id.
  const session = () => callSessionOf(env, callId, nearestPlaceOf(carrier));
  const queue = await findQueueByName(db, orgId, input.target);
  // How the call stands is said before what else is wrong.
  if (queue === null) {
    const refusal = await askTwice(async () => session().transferRefusal());
    return err(refuse(refusal ?? "queue_not_found"));
  }
  const order = {
    transferId: newId("transfer"),
    target: queue.name,
    queueId: queue.id,
    accept: queue.accept,
    brief: input.agent_brief ?? null,
    context: input.context ?? null,
    ...(receipt && { requestKey: requestKeyOf(receipt.claim) }),
  };
  const requested = await askTwice(async () => session().requestTransfer(order));
  if (!requested.ok) return err(refuse(requested.error));
  return ok({ call_uuid: callId, status: "transferring", target: queue.name, transfer_id: requested.value });
}

const DETAILS = {
  call_not_active: "Only a call that is in progress can be transferred.",
  transfer_in_progress: "The call is being transferred, or talks to a human.",
  queue_not_found: "The organisation has no queue of this name.",
  no_agents_available: "Nobody in the queue is available now.",
} as const;

type TransferRefusal = Refusal<keyof typeof DETAILS>;

/** A call that has not come to its object is not in progress yet. */
function refuse(code: keyof typeof DETAILS | "unknown_call"): TransferRefusal {
  const known = code === "unknown_call" ? "call_not_active" : code;
  return { code: known, detail: DETAILS[known] };
}
