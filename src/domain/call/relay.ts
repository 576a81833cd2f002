// The relay of a call: the socket on which the carrier and the voice agent exchange words.

import type { Step } from "./events.ts";
import type { Moment } from "./moments.ts";
import { withTimers, type CallState } from "./state.ts";

/** How long a carrier may take to open its socket after it was told to. */
const RELAY_OPENS_MS = 15_000;
/** Relays lost in a row, without a word said, that make further tries pointless. */
const MAX_RELAY_LOSSES = 5;
/** The agent's time ends this much before the call's bound, so that the bound never cuts a talk. */
const BOUND_MARGIN_MS = 10_000;

/** The carrier was told, or is being told, to open a relay. */
export function awaitRelay(state: CallState, nowMs: number): CallState {
  return withTimers(
    { ...state, relay: "awaited", turn: null },
    { silence: null, keys: null, ask_carrier: nowMs + RELAY_OPENS_MS },
  );
}

/** Null once the relay was lost so often in a row that there is no sense in going on. */
export function countRelayLoss(state: CallState): CallState | null {
  const relayLosses = state.relayLosses + 1;
  return relayLosses > MAX_RELAY_LOSSES ? null : { ...state, relayLosses };
}

/** When the agent's part ends that would end at `atMs`. */
export function withinBound(state: CallState, atMs: number): number {
  return Math.min(atMs, (state.timers.must_end ?? atMs + BOUND_MARGIN_MS) - BOUND_MARGIN_MS);
}

/** In a call whose agent's part is shorter than this, a warning would come too early to be one. */
const SHORTEST_WARNED_MS = 60_000;
const WARNING_MS = 30_000;

/** The agent's part ends at `atMs`; it is told a little before, once in a call. */
export function boundAgent(state: CallState, atMs: number, nowMs: number): CallState {
  const warnsAtMs = atMs - WARNING_MS;
  const isWarned = !state.warned && state.limits.maxDurationMs >= SHORTEST_WARNED_MS && warnsAtMs > nowMs;
  return withTimers(state, { max_duration: atMs, wrap_up: isWarned ? warnsAtMs : null });
}

/** What the agent may take for a turn, thinking and speaking, before it counts as silent itself. */
export const AGENT_TURN_MS = 30_000;

/** Agent and customer can hear each other, and nothing else is under way. */
export function isTalking({ status, relay, closing }: CallState): boolean {
  return status === "in_progress" && relay === "open" && closing === null;
}

export function giveTurn(state: CallState, moment: Moment, nowMs: number): Step {
  return {
    state: withTimers({ ...state, turn: moment }, { silence: nowMs + AGENT_TURN_MS, keys: null }),
    effects: [{ type: "agent_turn", moment }],
  };
}
