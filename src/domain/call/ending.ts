// The two halves of an end: `close` makes the call want to end, `finish` makes it ended.

import { ENDINGS, type EndedReason } from "./status.ts";
import { withTimers, type CallState } from "./state.ts";
import type { CallEffect, Step } from "./events.ts";
import { isUnderWay } from "./transfer-state.ts";
import { endTransfer } from "./transfer-steps.ts";

/** How long the carrier may take to confirm a hang-up before it is asked again. */
const HANG_UP_RETRY_MS = 5_000;
/** Nothing that was meant to end lives longer than this. */
const CLOSING_GRACE_MS = 60_000;

/**
 * Ends the call for good. A person who answered was connected whatever went wrong later, and a call that
 * nobody answered can't have been: `reason` is bent to that.
 *
 * @param endedAtMs by the carrier's clock where it told, else by ours.
 * @param durationSeconds the carrier's count of talk time where it told.
 */
export function finish(
  state: CallState,
  reason: EndedReason,
  endedAtMs: number,
  durationSeconds: number | null = null,
): Step {
  const settled = settleReason(state, reason);
  const { outcome, fault } = ENDINGS[settled];
  const times = settleTimes(state, Math.max(endedAtMs, state.acceptedAtMs), durationSeconds);
  const left = leaveTransfer(state, times.endedAtMs ?? endedAtMs);
  return {
    state: {
      ...left.state,
      ...times,
      durationSeconds: outcome === "connected" ? times.durationSeconds : 0,
      status: "ended",
      closing: null,
      turn: null,
      owedTurn: null,
      relay: state.relay === "open" ? "lost" : state.relay,
      ending: { reason: settled, outcome, fault },
      timers: {},
    },
    effects: [{ type: "release_slot" }, ...left.effects],
  };
}

function leaveTransfer(state: CallState, endedAtMs: number): Step {
  const { transfer } = state;
  if (!isUnderWay(transfer)) return { state, effects: [] };
  return endTransfer(state, transfer, transfer.phase === "bridged" ? "completed" : "canceled", endedAtMs);
}

/** Hangs up now. `viaDocument`: the answer that the carrier is waiting for will say so. */
export function close(state: CallState, reason: EndedReason, nowMs: number, viaDocument = false): Step {
  if (state.submission === "waiting") {
    const ended = finish(state, reason, nowMs);
    return { ...ended, effects: [...consequencesOf(reason), ...ended.effects] };
  }
  const closing = closingState(state, reason, nowMs);
  return {
    state: withTimers(closing, { hang_up: nowMs + HANG_UP_RETRY_MS }),
    effects: [...consequencesOf(reason), ...(viaDocument ? [] : hangUpEffects(state))],
  };
}

/** Lets the agent's last words play, then hangs up. */
export function closeAfterWords(state: CallState, reason: EndedReason, playedByMs: number): Step {
  const closing = closingState({ ...state, putOff: state.timers }, reason, playedByMs);
  return { state: withTimers(closing, { last_words: playedByMs }), effects: consequencesOf(reason) };
}

/** The agent's last words were not its last: the call goes on, as far as it may. */
export function takeBack(state: CallState): CallState {
  const open: CallState = { ...state, closing: null, timers: state.putOff, putOff: {} };
  return isUnderWay(state.transfer) ? open : withTimers(open, { transfer: null });
}

/**
 * A machine hears a message, and the carrier hangs up by itself when it was spoken. The call's bound holds all the same.
 *
 * @param messageMs what the message takes at most.
 */
export function leaveMessage(state: CallState, messageMs: number, nowMs: number): Step {
  const saidByMs = nowMs + messageMs;
  const closing = closingState({ ...state, leavesMessage: true }, "voicemail", saidByMs);
  return { state: withTimers(closing, { hang_up: saidByMs }), effects: [] };
}

/** The last words were heard, or must have been. */
export function hangUpAfterWords(state: CallState, nowMs: number): Step {
  return {
    state: withTimers(state, { last_words: null, hang_up: nowMs + HANG_UP_RETRY_MS }),
    effects: hangUpEffects(state),
  };
}

/** The call is closing, and the answer that the carrier now gets from us tells it to hang up. */
export function hangUpByDocument(state: CallState, nowMs: number): Step {
  return { state: withTimers(state, { last_words: null, hang_up: nowMs + HANG_UP_RETRY_MS }), effects: [] };
}

/** The carrier did not confirm: tell it directly, and ask how the call stands. */
export function insistOnHangUp(state: CallState, nowMs: number): Step {
  const effects: CallEffect[] =
    state.carrierCallId === null ? [] : [{ type: "hang_up", via: "carrier" }, { type: "fetch_call" }];
  return { state: withTimers(state, { hang_up: nowMs + 2 * HANG_UP_RETRY_MS }), effects };
}

function closingState(state: CallState, reason: EndedReason, fromMs: number): CallState {
  const bound = fromMs + CLOSING_GRACE_MS;
  return withTimers(
    {
      ...state,
      closing: { reason },
      cutAtMs: reason === "max_duration" ? fromMs : null,
      turn: null,
      owedTurn: null,
    },
    {
      ring_timeout: null,
      silence: null,
      keys: null,
      wrap_up: null,
      max_duration: null,
      transfer: null,
      redirect: null,
      ask_carrier: null,
      must_end: Math.min(state.timers.must_end ?? bound, bound),
    },
  );
}

/** Who asks not to be called again is heard at once, whatever becomes of the call. */
export function consequencesOf(reason: EndedReason): CallEffect[] {
  return reason === "dnc_request" ? [{ type: "opt_out" }] : [];
}

function hangUpEffects(state: CallState): CallEffect[] {
  if (state.relay === "open") return [{ type: "hang_up", via: "relay" }];
  return state.carrierCallId === null ? [] : [{ type: "hang_up", via: "carrier" }];
}

function settleReason(state: CallState, reason: EndedReason): EndedReason {
  const connected = ENDINGS[reason].outcome === "connected";
  if (state.answeredBy !== "person") return connected ? "canceled" : reason;
  // A person who picked up while we gave up on the ringing was hung up on by us.
  if (state.closing?.reason === "no_answer") return "agent_hangup";
  if (connected) return reason;
  // To a carrier a caller who gives up before a word was said has not been talked with.
  return state.inbound && (reason === "canceled" || reason === "no_answer")
    ? "customer_hangup"
    : "relay_lost";
}

function settleTimes(
  state: CallState,
  endedAtMs: number,
  durationSeconds: number | null,
): Pick<CallState, "answeredAtMs" | "endedAtMs" | "durationSeconds"> {
  const spanMs = (durationSeconds ?? 0) * 1000;
  const latestMs = Math.max(endedAtMs - spanMs, state.requestedAtMs ?? state.acceptedAtMs);
  const answered = state.answeredBy !== null || state.answeredAtMs !== null;
  // The carrier's talk time must fit between answer and end; but it is rounded, and that moves no answer.
  const fits = state.answeredAtMs !== null && state.answeredAtMs <= latestMs + 999;
  const answeredAtMs = answered
    ? fits
      ? Math.min(state.answeredAtMs ?? latestMs, endedAtMs)
      : latestMs
    : null;
  const measured = answeredAtMs === null ? 0 : Math.floor((endedAtMs - answeredAtMs) / 1000);
  const told = Math.min(durationSeconds ?? measured, measured + 1);
  return { answeredAtMs, endedAtMs, durationSeconds: told };
}
