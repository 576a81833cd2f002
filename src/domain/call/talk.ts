// The call while people talk: the relay socket, whose turn it is, and silence.

import { mergeDetails, type Details } from "./details.ts";
import { withTimers, type CallState } from "./state.ts";
import { close, closeAfterWords, consequencesOf, hangUpAfterWords } from "./ending.ts";
import { AGENT_TURN_MS, giveTurn } from "./relay.ts";
import { onAnnounced, onAnnouncementPlayed, onRelayClosedInTransfer } from "./transfer.ts";
import type { CallEvent, Step, StepResult } from "./events.ts";
import type { RequestedEndReason } from "./status.ts";
import { err, ok } from "../../lib/result.ts";

/** Silence of the customer, after the agent's words were played, that makes the agent speak again. */
const SILENCE_MS = 8_000;
/** The agent asks this often whether somebody is there before it says goodbye. */
const RE_PROMPTS = 2;
/** Speech time is an estimate; last words get this much more before the line is cut. */
const LAST_WORDS_MARGIN_MS = 2_000;
/** A relay that closed is usually a customer who hung up: the carrier's word for it follows at once. */
const AFTER_RELAY_MS = 5_000;

export function onRelayOpened(state: CallState, sessionId: string | null, nowMs: number): StepResult {
  if (state.status !== "in_progress") return err("not_applicable");
  const opened: CallState = { ...state, relay: "open", relaySession: sessionId, redirectLosses: 0 };
  const open = withTimers(opened, { ask_carrier: null, redirect: null });
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
  if (state.status === "transferring") return ok(onRelayClosedInTransfer(lost, nowMs));
  const timers = withTimers(lost, { silence: null, ask_carrier: nowMs + AFTER_RELAY_MS });
  return ok({ state: timers, effects: [] });
}

export function onCustomerSpoke(state: CallState, nowMs: number): StepResult {
  if (state.relay !== "open") return err("not_applicable");
  const heard = { ...state, silences: 0, relayLosses: 0 };
  // Who is being connected with a human is written down, but needs no answer.
  const isAnswered = state.closing === null && state.status === "in_progress";
  return ok(isAnswered ? giveTurn(heard, "customer_spoke", nowMs) : { state: heard, effects: [] });
}

export function onAgentSpoke(state: CallState, playsUntilMs: number, nowMs: number): StepResult {
  if (state.relay !== "open") return err("not_applicable");
  if (state.closing !== null) return ok({ state, effects: [] });
  if (state.status === "transferring") return onAnnounced(state, playsUntilMs, nowMs);
  const told = state.transfer === null ? null : { ...state.transfer, untold: false };
  const spoke = { ...state, transfer: told };
  return ok({ state: withTimers(spoke, { silence: playsUntilMs + SILENCE_MS }), effects: [] });
}

export function onAgentFinished(
  state: CallState,
  event: Extract<CallEvent, { type: "agent_finished" }>,
  nowMs: number,
): StepResult {
  if (state.status === "in_progress" && state.closing === null) {
    return ok(closeAfterWords(state, event.reason, event.playsUntilMs + LAST_WORDS_MARGIN_MS));
  }
  // The call ends for another reason, has ended, or goes to a human; what the agent promised holds all the same.
  const effects = consequencesOf(event.reason);
  const announced = state.closing === null ? onAnnounced(state, event.playsUntilMs, nowMs) : null;
  if (announced?.ok === true) return ok({ state: announced.value.state, effects });
  return effects.length === 0 ? err("not_applicable") : ok({ state, effects });
}

/** More than there is room for is refused, and what was recorded stays. */
export function onDetailsRecorded(state: CallState, patch: Details): StepResult {
  const details = mergeDetails(state.details, patch);
  return details === null ? err("not_applicable") : ok({ state: { ...state, details }, effects: [] });
}

export function onWordsPlayed(state: CallState, nowMs: number): StepResult {
  if (state.timers.last_words !== undefined) return ok(hangUpAfterWords(state, nowMs));
  if (state.status === "transferring" && state.closing === null) return onAnnouncementPlayed(state, nowMs);
  if (state.timers.silence === undefined) return err("not_applicable");
  // Now is known what was estimated when the words were sent.
  return ok({ state: withTimers(state, { silence: nowMs + SILENCE_MS }), effects: [] });
}

export function onCustomerHeard(state: CallState, nowMs: number): StepResult {
  const talks = state.status === "in_progress" && state.relay === "open" && state.closing === null;
  if (!talks) return err("not_applicable");
  const heard = { ...state, silences: 0, relayLosses: 0 };
  return ok({ state: withTimers(heard, { silence: nowMs + SILENCE_MS }), effects: [] });
}

export function onSilence(state: CallState, nowMs: number): Step {
  const silences = state.silences + 1;
  const moment = silences > RE_PROMPTS ? ("silence_end" as const) : ("silence" as const);
  return giveTurn({ ...state, silences }, moment, nowMs);
}

export function onEndRequested(state: CallState, reason: RequestedEndReason, nowMs: number): StepResult {
  if (state.closing !== null) return ok({ state, effects: consequencesOf(reason) });
  return ok(close(state, reason, nowMs));
}
