import type { DialMessage } from "../../contract/messages.ts";
import { findCallPlan } from "../../db/plans.ts";
import { callSessionOf } from "../../stubs/stubs.ts";
import { nearestPlaceOf } from "../../telephony/registry.ts";
import type { ServiceContext } from "../context.ts";
import { withLimits } from "./plan-limits.ts";

/** Hands an accepted call to its object, which dials it. Doing so twice is harmless. */
export async function dialCall({ env, db, config }: ServiceContext, message: DialMessage): Promise<void> {
  const plan = await findCallPlan(db, message.call_id);
  if (plan === null) return;
  await callSessionOf(env, plan.callId, nearestPlaceOf(plan.carrier)).start(withLimits(plan, config));
}
