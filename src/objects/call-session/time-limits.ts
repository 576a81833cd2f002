// After how long the carrier is to cut a call by itself.

import type { CallLimits, CallState } from "../../domain/call/state.ts";

/**
 * What every carrier takes. Twilio's calls last four hours at most, and a `TimeLimit` above that is refused, until
 * the account's owner has switched calls of 24 hours on in its console. Who sets a `bridge_max_duration` of more has.
 */
export const USUAL_TIME_LIMIT_SECONDS = 14_400;
const LONGEST_TIME_LIMIT_SECONDS = 86_400;

/** The carrier's own limit stands a little behind ours, so that ours decides and its saves us. */
const MARGIN_SECONDS = 20;

export function longestTimeLimitSeconds({ bridgeMaxDurationMs }: CallLimits): number {
  const isUsual = bridgeMaxDurationMs <= USUAL_TIME_LIMIT_SECONDS * 1000;
  return isUsual ? USUAL_TIME_LIMIT_SECONDS : LONGEST_TIME_LIMIT_SECONDS;
}

/** By the agent's part alone, until a human was called; from then on by the bound of the whole call. */
export function timeLimitSeconds({
  limits,
  transfers,
  timers,
  answeredAtMs,
  acceptedAtMs,
}: CallState): number {
  const longest = longestTimeLimitSeconds(limits);
  const agentSeconds = Math.round(limits.maxDurationMs / 1000) + MARGIN_SECONDS;
  if (transfers === 0 || timers.must_end === undefined) return Math.min(longest, agentSeconds);
  const wholeSeconds = Math.round((timers.must_end - (answeredAtMs ?? acceptedAtMs)) / 1000);
  return Math.min(longest, wholeSeconds - MARGIN_SECONDS);
}
