// The call while people talk: the relay socket, whose turn it is, and silence.

import { withTimers, type CallState } from "./state.ts";
import { close, closeAfterWords, consequencesOf, hangUpAfterWords } from "./ending.ts";
import type { CallEvent, Step, StepResult } from "./events.ts";
import type { RequestedEndReason } from "./status.ts";
import { err, ok } from "../../lib/result.ts";

/** Silence of the customer, after the agent's words were played, that makes the agent speak again. */
const SILENCE_MS = 8_000;
/** What the agent may take for a turn, thinking and speaking, before it counts as silent itself. */
const AGENT_TURN_MS = 30_000;
/** The agent asks this often whether somebody is there before it says goodbye. */
const RE_PROMPTS = 2;
/** Speech time is an estimate; last words get this much more before the line is cut. */
const LAST_WORDS_MARGIN_MS = 2_000;
/** A relay that closed is usually a customer who hung up: the carrier's word for it follows at once. */
const AFTER_RELAY_MS = 5_000;

export function onRelayOpened(state: CallState, sessionId: string | null, nowMs: number): StepResult {
  if (state.status !== "in_progress") return err("not_applicable");
  const open = withTimers({ ...state, relay: "open", relaySession: sessionId }, { ask_carrier: null });
  if (state.closing !== null) return ok(hangUpAfterWords(open, nowMs));
  const takesCharge = state.inbound && !state.charged;
  return ok({
    state: withTimers({ ...open, charged: state.charged || takesCharge }, { silence: nowMs + AGENT_TURN_MS }),
    effects: takesCharge ? [{ type: "take_charge" }] : [],
  });
}

export function onRelayClosed(state: CallState, nowMs: number): StepResult {
  if (state.relay !== "open") return err("not_applicable");
  const lost: CallState = { ...state, relay: "lost" };
  if (state.closing !== null) return ok({ state: lost, effects: [] });
  const timers = withTimers(lost, { silence: null, ask_carrier: nowMs + AFTER_RELAY_MS });
  return ok({ state: timers, effects: [] });
}

export function onCustomerSpoke(state: CallState, nowMs: number): StepResult {
  if (state.relay !== "open") return err("not_applicable");
  const heard = { ...state, silences: 0, relayLosses: 0 };
  if (state.closing !== null) return ok({ state: heard, effects: [] });
  return ok({
    state: withTimers(heard, { silence: nowMs + AGENT_TURN_MS }),
    effects: [{ type: "agent_turn", moment: "customer_spoke" }],
  });
}

export function onAgentSpoke(state: CallState, playsUntilMs: number): StepResult {
  if (state.relay !== "open") return err("not_applicable");
  if (state.closing !== null) return ok({ state, effects: [] });
  return ok({ state: withTimers(state, { silence: playsUntilMs + SILENCE_MS }), effects: [] });
}

export function onAgentFinished(
  state: CallState,
  event: Extract<CallEvent, { type: "agent_finished" }>,
): StepResult {
  if (state.status === "in_progress" && state.closing === null) {
    return ok(closeAfterWords(state, event.reason, event.playsUntilMs + LAST_WORDS_MARGIN_MS));
  }
  // The call ends for another reason, or has ended; what the agent promised meanwhile holds all the same.
  const effects = consequencesOf(event.reason);
  return effects.length === 0 ? err("not_applicable") : ok({ state, effects });
}

export function onWordsPlayed(state: CallState, nowMs: number): StepResult {
  if (state.timers.last_words !== undefined) return ok(hangUpAfterWords(state, nowMs));
  if (state.timers.silence === undefined) return err("not_applicable");
  // Now is known what was estimated when the words were sent.
  return ok({ state: withTimers(state, { silence: nowMs + SILENCE_MS }), effects: [] });
}

export function onCustomerHeard(state: CallState, nowMs: number): StepResult {
  if (state.relay !== "open" || state.closing !== null) return err("not_applicable");
  const heard = { ...state, silences: 0, relayLosses: 0 };
  return ok({ state: withTimers(heard, { silence: nowMs + SILENCE_MS }), effects: [] });
}

export function onSilence(state: CallState, nowMs: number): Step {
  const silences = state.silences + 1;
  const moment = silences > RE_PROMPTS ? ("silence_end" as const) : ("silence" as const);
  return {
    state: withTimers({ ...state, silences }, { silence: nowMs + AGENT_TURN_MS }),
    effects: [{ type: "agent_turn", moment }],
  };
}

export function onEndRequested(state: CallState, reason: RequestedEndReason, nowMs: number): StepResult {
  if (state.closing !== null) return ok({ state, effects: consequencesOf(reason) });
  return ok(close(state, reason, nowMs));
}
