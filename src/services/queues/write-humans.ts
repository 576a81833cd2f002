// People of a queue live in its AgentQueue object; D1 only knows the queue.

import type { Refusal } from "../../contract/problems.ts";
import type { ChangeHumanInput, CreateHumanInput, Human } from "../../contract/queues.ts";
import { findAllowedCountries } from "../../db/allowed-countries.ts";
import type { QueueRow } from "../../db/queues.ts";
import type { HumanAgent } from "../../domain/human-queue.ts";
import { mayBeRung } from "../../domain/phone.ts";
import { newId } from "../../lib/ids.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import { askTwice } from "../../stubs/ask-twice.ts";
import { agentQueueOf } from "../../stubs/stubs.ts";
import type { OrgContext } from "../context.ts";
import { toHuman } from "./read-humans.ts";

export async function addHuman(
  context: OrgContext,
  queue: QueueRow,
  input: CreateHumanInput,
): Promise<Result<Human, Refusal<"already_exists" | "destination_not_allowed" | "not_found">>> {
  const { env } = context;
  if (!(await isAllowed(context, input.phone))) return err(NOT_ALLOWED);
  const human = { id: newId("human"), ...input, createdAt: toEpochSeconds(Date.now()) };
  const added = await askTwice(async () => {
    const result = await agentQueueOf(env, queue.id).addHuman(human);
    if (result.ok) return result.value;
    // The queue was deleted while they were on their way.
    if (result.error === "closed") return "closed";
    // Whoever has this very id was added by a first try, whose answer was lost.
    return agentQueueOf(env, queue.id).findHuman(human.id);
  });
  if (added === "closed") return err({ code: "not_found", detail: "There is no such queue." });
  return added === null ? err(TAKEN) : ok(toHuman(queue, added));
}

/** A merge patch; a call that they were offered already stays theirs. */
export async function changeHuman(
  context: OrgContext,
  queue: QueueRow,
  human: HumanAgent,
  input: ChangeHumanInput,
): Promise<
  Result<Human, Refusal<"validation_failed" | "already_exists" | "destination_not_allowed" | "not_found">>
> {
  const { env } = context;
  const { phone, sip, ...changes } = input;
  if (
    (phone === null && sip === undefined && human.sip === null) ||
    (sip === null && phone === undefined && human.phone === null)
  ) {
    const errors = [{ path: phone === null ? "phone" : "sip", message: "is their only address" }];
    return err({ code: "validation_failed", detail: "Please check phone and sip.", errors });
  }
  if (!(await isAllowed(context, phone))) return err(NOT_ALLOWED);
  // Beside a new address, or without one, a null says nothing more.
  const address = {
    ...(typeof phone === "string" ? { phone } : {}),
    ...(typeof sip === "string" ? { sip } : {}),
  };
  const changed = await askTwice(async () =>
    agentQueueOf(env, queue.id).changeHuman(human.id, { ...changes, ...address }),
  );
  if (changed.ok) return ok(toHuman(queue, changed.value));
  return err(changed.error === "not_found" ? GONE : TAKEN);
}

export async function removeHuman(
  { env }: OrgContext,
  queue: QueueRow,
  human: HumanAgent,
): Promise<Result<null, Refusal<"in_use">>> {
  const removed = await askTwice(async () => agentQueueOf(env, queue.id).removeHuman(human.id));
  // Who is not there (any more) is removed.
  if (removed.ok || removed.error === "not_found") return ok(null);
  return err({ code: "in_use", detail: "They are offered a call, or talk to a caller." });
}

/** A person's phone is rung like a customer's, at the organisation's cost. */
async function isAllowed({ db, orgId }: OrgContext, phone: string | null | undefined): Promise<boolean> {
  return typeof phone !== "string" || mayBeRung(phone, await findAllowedCountries(db, orgId));
}

const NOT_ALLOWED = {
  code: "destination_not_allowed",
  detail: "The organisation does not allow calls to the country of this phone.",
} as const;
const TAKEN = {
  code: "already_exists",
  detail: "Somebody of this queue has this phone or SIP address.",
} as const;
const GONE = { code: "not_found", detail: "There is no such human agent." } as const;
