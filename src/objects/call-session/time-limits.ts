// After how long the carrier is to cut a call by itself.

import type { CallLimits } from "../../domain/call/state.ts";
import { messageMsOf } from "../../domain/voicemail.ts";
import type { Call } from "./store.ts";

/**
 * What every carrier takes. Twilio's calls last four hours at most, and a `TimeLimit` above that is refused, until
 * the account's owner has switched calls of 24 hours on in its console. Who sets a `bridge_max_duration` of more has.
 */
export const USUAL_TIME_LIMIT_SECONDS = 14_400;
const LONGEST_TIME_LIMIT_SECONDS = 86_400;

/** The carrier's own limit stands a little behind ours, so that ours decides and its saves us. */
const MARGIN_SECONDS = 20;
/** A machine's own greeting lasts no longer than the carrier waits for its end; the message comes after it. */
const GREETING_SECONDS = 60;

export function longestTimeLimitSeconds({ bridgeMaxDurationMs }: CallLimits): number {
  const isUsual = bridgeMaxDurationMs <= USUAL_TIME_LIMIT_SECONDS * 1000;
  return isUsual ? USUAL_TIME_LIMIT_SECONDS : LONGEST_TIME_LIMIT_SECONDS;
}

/** By the agent's part alone, until a human was called; from then on by the bound of the whole call. */
export function timeLimitSeconds({ plan, state }: Pick<Call, "plan" | "state">): number {
  const { limits, transfers, timers, answeredAtMs, acceptedAtMs } = state;
  const longest = longestTimeLimitSeconds(limits);
  const talkSeconds = Math.round(limits.maxDurationMs / 1000) + MARGIN_SECONDS;
  const agentSeconds = Math.max(talkSeconds, machineSeconds(messageMsOf(plan)));
  if (transfers === 0 || timers.must_end === undefined) return Math.min(longest, agentSeconds);
  const wholeSeconds = Math.round((timers.must_end - (answeredAtMs ?? acceptedAtMs)) / 1000);
  return Math.min(longest, wholeSeconds - MARGIN_SECONDS);
}

/** A machine that is left a message may need longer than the agent's part of a short call. */
function machineSeconds(messageMs: number | undefined): number {
  return messageMs === undefined ? 0 : GREETING_SECONDS + Math.ceil(messageMs / 1000);
}
