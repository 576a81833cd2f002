import type { Config } from "../../config.ts";
import type { CallPlan } from "../../contract/call-plan.ts";
import type { StoredPlan } from "../../db/plans.ts";

/** The plan with the limits that its campaign and this deployment set. */
export function withLimits(plan: StoredPlan, config: Config): CallPlan {
  const {
    ring_timeout: ringSeconds,
    max_duration: maxSeconds,
    bridge_max_duration: bridgeSeconds,
  } = plan.campaign.config;
  return {
    ...plan,
    limits: {
      dialDeadlineMs: config.DIAL_DEADLINE_SECONDS * 1000,
      ringTimeoutMs: ringSeconds * 1000,
      maxDurationMs: maxSeconds * 1000,
      bridgeMaxDurationMs: bridgeSeconds * 1000,
    },
  };
}
