// The call while people talk: the relay socket, whose turn it is, and silence.
//
// The agent has a turn from when it is given until it has spoken or the turn is cut. A turn of which nothing was heard
// is owed: the customer gets it soon after they have fallen silent, instead of being asked whether they are there.

import { mergeDetails, type Details } from "./details.ts";
import { withTimers, type CallState } from "./state.ts";
import { close, closeAfterWords, consequencesOf, hangUpAfterWords, takeBack } from "./ending.ts";
import type { Moment } from "./moments.ts";
import { AGENT_TURN_MS, giveTurn, isTalking } from "./relay.ts";
import {
  onAnnounced,
  onAnnouncementPlayed,
  onAnnouncementPlaying,
  onRelayClosedInTransfer,
} from "./transfer.ts";
import type { CallEvent, Step, StepResult } from "./events.ts";
import type { AgentEndReason, RequestedEndReason } from "./status.ts";
import { err, ok } from "../../lib/result.ts";

/** Silence of the customer, after the agent's words were played, that makes the agent speak again. */
const SILENCE_MS = 8_000;
/** The agent asks this often whether somebody is there before it says goodbye. */
const RE_PROMPTS = 2;
/** After this much silence an owed turn is given anew, so often at most. */
const OWED_MS = 2_500;
const OWED_TRIES = 2;
/** The agent's goodbye is taken back so often at most: a call must end. */
const FAREWELLS_CUT = 2;
/** Keys that come closer together than this are one input. */
const KEYS_MS = 2_000;
/** Who was heard within this is still talking. */
const TALKS_ON_MS = 2_000;
/** Speech time is an estimate; last words get this much more before the line is cut. */
const LAST_WORDS_MARGIN_MS = 2_000;
/** A relay that closed is usually a customer who hung up: the carrier's word for it follows at once. */
const AFTER_RELAY_MS = 5_000;

type Of<T extends CallEvent["type"]> = Extract<CallEvent, { type: T }>;

export function onRelayOpened(state: CallState, sessionId: string | null, nowMs: number): StepResult {
  if (state.status !== "in_progress") return err("not_applicable");
  const opened: CallState = { ...state, relay: "open", relaySession: sessionId, redirectLosses: 0 };
  const open = withTimers(opened, { ask_carrier: null, redirect: null });
  if (state.closing !== null) return ok(hangUpAfterWords(open, nowMs));
  const takesCharge = state.inbound && !state.charged;
  // Whoever opens a relay expects the agent to begin.
  const begins: CallState = { ...open, charged: state.charged || takesCharge, turn: "resumed" };
  return ok({
    state: withTimers(begins, { silence: nowMs + AGENT_TURN_MS, keys: null }),
    effects: takesCharge ? [{ type: "take_charge" }] : [],
  });
}

export function onRelayClosed(state: CallState, nowMs: number): StepResult {
  if (state.relay !== "open") return err("not_applicable");
  const lost: CallState = { ...state, relay: "lost", turn: null };
  if (state.closing !== null) return ok({ state: lost, effects: [] });
  if (state.status === "transferring") return ok(onRelayClosedInTransfer(lost, nowMs));
  const timers = withTimers(lost, { silence: null, keys: null, ask_carrier: nowMs + AFTER_RELAY_MS });
  return ok({ state: timers, effects: [] });
}

export function onCustomerSpoke(state: CallState, nowMs: number): StepResult {
  if (state.relay !== "open") return err("not_applicable");
  const heard = noteCustomer(state, nowMs);
  // Who is being connected with a human is written down, but needs no answer.
  if (!isTalking(state)) return ok({ state: heard, effects: [] });
  return ok(giveTurn(owe(heard), "customer_spoke", nowMs));
}

/** What is typed is answered once it is complete. */
export function onKeyPressed(state: CallState, isLast: boolean, nowMs: number): StepResult {
  if (state.relay !== "open") return err("not_applicable");
  const heard = noteCustomer(state, nowMs);
  if (!isTalking(state)) return ok({ state: heard, effects: [] });
  const typing: CallState = { ...owe(heard), turn: null };
  if (isLast && !isAnsweredJustNow(state, nowMs)) return ok(answerKeys(typing, nowMs));
  const timers = { keys: nowMs + KEYS_MS, silence: nowMs + SILENCE_MS };
  return ok({ state: withTimers(typing, timers), effects: [] });
}

export function onKeysTimer(state: CallState, nowMs: number): Step {
  return isTalking(state) ? answerKeys(state, nowMs) : { state, effects: [] };
}

function answerKeys(state: CallState, nowMs: number): Step {
  return giveTurn({ ...state, keysAnsweredAtMs: nowMs }, "customer_spoke", nowMs);
}

/** Each answer costs a request to a model, and keys are pressed fast. */
function isAnsweredJustNow({ keysAnsweredAtMs }: CallState, nowMs: number): boolean {
  return keysAnsweredAtMs !== null && nowMs - keysAnsweredAtMs < KEYS_MS;
}

export function onAgentSpoke(state: CallState, playsUntilMs: number, nowMs: number): StepResult {
  if (state.relay !== "open") return err("not_applicable");
  if (state.closing !== null) return ok({ state, effects: [] });
  if (state.status === "transferring") return onAnnounced(state, playsUntilMs, nowMs);
  const told = state.transfer === null ? null : { ...state.transfer, untold: false };
  const turn = state.transfer?.untold === true ? "transfer_failed" : state.turn;
  const spoke = answered({ ...state, turn, transfer: told });
  // Whether it said so or not, with these words the talk is over.
  if (state.turn === "silence_end") {
    return ok(closeAfterWords(spoke, "silence", playsUntilMs + LAST_WORDS_MARGIN_MS));
  }
  return ok({ state: withTimers(spoke, { silence: playsUntilMs + SILENCE_MS }), effects: [] });
}

export function onAgentSilent(state: CallState, playsUntilMs: number, nowMs: number): StepResult {
  if (state.relay !== "open") return err("not_applicable");
  if (state.status === "transferring" && state.closing === null)
    return onAnnounced(state, playsUntilMs, nowMs);
  if (!isTalking(state)) return ok({ state, effects: [] });
  if (state.turn === "silence_end") return ok(close(state, "silence", nowMs));
  return ok({ state: leaveUnsaid(state, playsUntilMs, nowMs), effects: [] });
}

/** The turn was given up: because the customer talks, or with the object that had it. */
export function onTurnCut(
  state: CallState,
  { wasHeard, playsUntilMs }: Of<"turn_cut">,
  nowMs: number,
): StepResult {
  if (!isTalking(state)) return ok({ state: { ...state, turn: null }, effects: [] });
  if (!wasHeard) return ok({ state: leaveUnsaid(state, playsUntilMs, nowMs), effects: [] });
  return ok({
    state: withTimers(answered(state), { silence: Math.max(nowMs, playsUntilMs) + SILENCE_MS }),
    effects: [],
  });
}

export function onAgentFinished(state: CallState, event: Of<"agent_finished">, nowMs: number): StepResult {
  if (state.status === "in_progress" && state.closing === null) {
    const reason = state.turn === "silence_end" ? settleSilence(event.reason) : event.reason;
    const closing = closeAfterWords(state, reason, event.playsUntilMs + LAST_WORDS_MARGIN_MS);
    return ok({ state: closing.state, effects: consequencesOf(event.reason) });
  }
  // The call ends for another reason, has ended, or goes to a human; what the agent promised holds all the same.
  const effects = consequencesOf(event.reason);
  const announced = state.closing === null ? onAnnounced(state, event.playsUntilMs, nowMs) : null;
  if (announced?.ok === true) return ok({ state: announced.value.state, effects });
  return effects.length === 0 ? err("not_applicable") : ok({ state, effects });
}

/** A call that ends because nobody speaks ends for that, whatever the agent makes of it. */
function settleSilence(reason: AgentEndReason): AgentEndReason {
  return reason === "dnc_request" || reason === "agent_failed" ? reason : "silence";
}

/** More than there is room for is refused, and what was recorded stays. */
export function onDetailsRecorded(state: CallState, patch: Details): StepResult {
  const details = mergeDetails(state.details, patch);
  return details === null ? err("not_applicable") : ok({ state: { ...state, details }, effects: [] });
}

/** Now is known, or known better, what was estimated when the words were sent. */
export function onWordsPlayed(
  state: CallState,
  { playsUntilMs }: Of<"words_played">,
  nowMs: number,
): StepResult {
  const { last_words, silence, must_end } = state.timers;
  if (last_words !== undefined) {
    if (playsUntilMs === undefined) return ok(hangUpAfterWords(state, nowMs));
    const playedByMs = Math.min(playsUntilMs + LAST_WORDS_MARGIN_MS, must_end ?? last_words);
    return ok({ state: withTimers(state, { last_words: playedByMs }), effects: [] });
  }
  if (state.status === "transferring" && state.closing === null) {
    return playsUntilMs === undefined
      ? onAnnouncementPlayed(state, nowMs)
      : onAnnouncementPlaying(state, playsUntilMs);
  }
  if (silence === undefined) return err("not_applicable");
  // They were those of an earlier turn, or not all.
  if (state.turn !== null) return ok({ state, effects: [] });
  const fromMs = playsUntilMs ?? nowMs;
  return ok({ state: withTimers(state, { silence: fromMs + patienceMs(state) }), effects: [] });
}

/** What the carrier has dropped it will not report as played: nothing may wait for that. */
export function onWordsCut(
  state: CallState,
  { wasHeard, answers }: Of<"words_cut">,
  nowMs: number,
): StepResult {
  if (state.timers.last_words !== undefined) return ok(onFarewellCut(state, nowMs));
  if (state.status === "transferring" && state.closing === null) return onAnnouncementPlayed(state, nowMs);
  // A turn that is still to come is the answer.
  const left = wasHeard || state.turn !== null ? state : oweAnew(state, answers);
  return onCustomerHeard(left, { type: "customer_heard" }, nowMs);
}

/** Who talks into a goodbye that was only the talk's own end has more to say; any other end stands. */
function onFarewellCut(state: CallState, nowMs: number): Step {
  const mayGoOn = state.closing?.reason === "agent_hangup" && state.relay === "open";
  if (!mayGoOn || state.farewellsCut >= FAREWELLS_CUT) return hangUpAfterWords(state, nowMs);
  const goesOn = owe(noteCustomer({ ...takeBack(state), farewellsCut: state.farewellsCut + 1 }, nowMs));
  return { state: withTimers(goesOn, { silence: nowMs + OWED_MS }), effects: [] };
}

export function onCustomerHeard(state: CallState, event: Of<"customer_heard">, nowMs: number): StepResult {
  if (!isTalking(state)) return err("not_applicable");
  const heard = noteCustomer(state, nowMs);
  // The agent is about to speak, or does already, which the carrier sees to.
  if (heard.turn !== null && heard.turn !== "time_almost_up") return ok({ state: heard, effects: [] });
  const freeAtMs = Math.max(nowMs, event.playsUntilMs ?? nowMs);
  const typing = state.timers.keys === undefined ? {} : { keys: nowMs + KEYS_MS };
  return ok({
    state: withTimers(heard, { silence: freeAtMs + patienceMs(heard), ...typing }),
    effects: [],
  });
}

export function onSilence(before: CallState, nowMs: number): Step {
  if (before.turn === "silence_end") return close(before, "silence", nowMs);
  const state = hasFailed(before.turn) ? { ...unsaid(before), byScript: true } : before;
  if (isOwed(state)) {
    return giveTurn({ ...state, owedTries: state.owedTries + 1 }, state.owedTurn, nowMs);
  }
  const silences = state.silences + 1;
  const moment = silences > RE_PROMPTS ? ("silence_end" as const) : ("silence" as const);
  return giveTurn({ ...state, silences }, moment, nowMs);
}

/** A turn that was given and still goes on when nobody has been heard for so long. The warning waits for nobody. */
function hasFailed(turn: Moment | null): boolean {
  return turn !== null && turn !== "time_almost_up";
}

/** The agent's time is almost up. While somebody speaks there is no need to say so: each later turn knows. */
export function onWrapUp(state: CallState, nowMs: number): Step {
  const warned: CallState = { ...state, warned: true };
  if (!isQuiet(state, nowMs)) return { state: warned, effects: [] };
  // If it has nothing to say, all is as before: the silence is counted on.
  return {
    state: { ...warned, turn: "time_almost_up" },
    effects: [{ type: "agent_turn", moment: "time_almost_up" }],
  };
}

function isQuiet(state: CallState, nowMs: number): boolean {
  const { turn, owedTurn, timers, heardAtMs } = state;
  const playsUntilMs = (timers.silence ?? nowMs) - SILENCE_MS;
  const isHeard = heardAtMs !== null && nowMs - heardAtMs < TALKS_ON_MS;
  const isTyping = timers.keys !== undefined;
  return (
    isTalking(state) && turn === null && owedTurn === null && !isTyping && !isHeard && playsUntilMs <= nowMs
  );
}

export function onEndRequested(state: CallState, reason: RequestedEndReason, nowMs: number): StepResult {
  if (state.closing !== null) return ok({ state, effects: consequencesOf(reason) });
  return ok(close(state, reason, nowMs));
}

function noteCustomer(state: CallState, nowMs: number): CallState {
  return { ...state, silences: 0, relayLosses: 0, heardAtMs: nowMs };
}

/** What the customer has just said is to be answered. */
function owe(state: CallState): CallState {
  return { ...state, owedTurn: "customer_spoke", owedTries: 0 };
}

function answered(state: CallState): CallState {
  return { ...state, turn: null, lastTurn: state.turn, owedTurn: null, owedTries: 0 };
}

/** Turns that are given because nothing happens are not owed: if nothing goes on happening, there will be others. */
const NEVER_OWED: readonly (Moment | null)[] = [null, "silence", "silence_end", "time_almost_up"];

/** The turn is over, and the customer knows nothing of it. */
function unsaid(state: CallState): CallState {
  const { turn, owedTurn } = state;
  return { ...state, turn: null, owedTurn: owedTurn ?? (NEVER_OWED.includes(turn) ? null : turn) };
}

/** The agent has spoken, and nothing of it was heard. */
function oweAnew(state: CallState, answers: boolean): CallState {
  const given = NEVER_OWED.includes(state.lastTurn) ? null : state.lastTurn;
  return { ...state, owedTurn: state.owedTurn ?? (answers ? "customer_spoke" : given) };
}

function leaveUnsaid(state: CallState, playsUntilMs: number, nowMs: number): CallState {
  const left = unsaid(state);
  if (state.turn === "time_almost_up") return left;
  return withTimers(left, { silence: Math.max(nowMs, playsUntilMs) + patienceMs(left) });
}

function isOwed(state: CallState): state is CallState & { owedTurn: Moment } {
  return state.owedTurn !== null && state.owedTries < OWED_TRIES;
}

function patienceMs(state: CallState): number {
  return isOwed(state) ? OWED_MS : SILENCE_MS;
}
