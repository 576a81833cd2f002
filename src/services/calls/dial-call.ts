import type { DialMessage } from "../../contract/messages.ts";
import { findCallPlan } from "../../db/plans.ts";
import { callSessionOf } from "../../stubs/stubs.ts";
import type { ServiceContext } from "../context.ts";

/** Hands an accepted call to its object, which dials it. Doing so twice is harmless. */
export async function dialCall({ env, db, config }: ServiceContext, message: DialMessage): Promise<void> {
  const plan = await findCallPlan(db, message.call_id);
  if (plan === null) return;
  const { ring_timeout: ringSeconds, max_duration: maxSeconds } = plan.campaign.config;
  await callSessionOf(env, plan.callId).start({
    ...plan,
    limits: {
      dialDeadlineMs: config.DIAL_DEADLINE_SECONDS * 1000,
      ringTimeoutMs: ringSeconds * 1000,
      maxDurationMs: maxSeconds * 1000,
    },
  });
}
