import type { Config } from "../../config.ts";
import type { Refusal } from "../../contract/problems.ts";
import type { Typed, TypedAct } from "../../contract/typed-person.ts";
import type { CallParties } from "../../db/calls.ts";
import { findCarrier, type CarrierAccount } from "../../db/carriers.ts";
import { logError, logInfo } from "../../lib/log.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { askTwice } from "../../stubs/ask-twice.ts";
import { callSessionOf } from "../../stubs/stubs.ts";
import type { PersonAct, TypedPerson } from "../../telephony/provider.ts";
import { nearestPlaceOf, openTypedPerson } from "../../telephony/registry.ts";
import type { OrgContext } from "../context.ts";

type Refused = Refusal<"not_found" | "call_not_active" | "unavailable">;

const NOT_TYPED = { code: "not_found", detail: "Nobody types what this call's customer says." } as const;
const OVER = { code: "call_not_active", detail: "The call has ended already." } as const;
const UNHEARD = {
  code: "call_not_active",
  detail: "Nobody hears this call's customer at the moment.",
} as const;
const AWAY = { code: "unavailable", detail: "The call's carrier can't be reached at the moment." } as const;

/** Says or does something for a live call's customer, where that is a person whose words are typed. */
export async function actAsCustomer(
  { env, db, config }: OrgContext,
  { callId, carrierId, carrier }: CallParties,
  act: TypedAct,
): Promise<Result<Typed, Refused>> {
  const account = await findCarrier(db, carrierId, Date.now());
  const opened = account === null ? ok(null) : await openPerson(account, config);
  if (!opened.ok) return opened;
  const person = opened.value;
  if (person === null) return err(NOT_TYPED);
  const call = await askTwice(async () => callSessionOf(env, callId, nearestPlaceOf(carrier)).snapshot());
  if (call?.facts.status === "ended") return err(OVER);
  // Accepted, and not yet with the carrier.
  if (call === null || call.facts.carrierCallId === null) return err(UNHEARD);
  const done = await person.act(call.facts.carrierCallId, personActOf(act));
  switch (done.kind) {
    case "done":
      return ok({ call_uuid: callId, status: call.facts.status });
    case "unheard":
      return err(UNHEARD);
    case "not_typed":
      return err(NOT_TYPED);
    case "failed":
      logInfo("typed_act_failed", { call_id: callId, carrier_id: carrierId, detail: done.detail });
      return err(AWAY);
  }
}

/** An account may not open: it was sealed with a key that is gone, or its address has been forbidden since. */
async function openPerson(
  account: CarrierAccount,
  config: Config,
): Promise<Result<TypedPerson | null, typeof AWAY>> {
  try {
    return ok(await openTypedPerson(account, config));
  } catch (error) {
    logError("typed_account_unopened", error, { carrier_id: account.id });
    return err(AWAY);
  }
}

function personActOf({ say, talk_on: talkOn, press }: TypedAct): PersonAct {
  if (say !== undefined) return { kind: "say", text: say };
  if (talkOn !== undefined) return { kind: "talk_on", text: talkOn };
  return press === undefined ? { kind: "hang_up" } : { kind: "press", digits: press };
}
