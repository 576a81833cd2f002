// What the carrier says of the call. Reports come late, twice, out of order or not at all; each is taken
// for what it still adds.

import { mustEndMs, withTimers, type AnsweredBy, type CallState } from "./state.ts";
import { close, finish, hangUpByDocument, leaveMessage } from "./ending.ts";
import type { CallEvent, CarrierReport, Step, StepResult } from "./events.ts";
import { awaitRelay, boundAgent, countRelayLoss, withinBound } from "./relay.ts";
import type { EndedReason } from "./status.ts";
import { questionOf } from "./questions.ts";
import { awaitEnd, onLineAsked } from "./transfer.ts";
import { QUIET_BRIDGE_MS } from "./transfer-steps.ts";
import { err, ok } from "../../lib/result.ts";

/** Without a word from the carrier for this long, it is asked. */
const QUIET_MS = { dialing: 15_000, talking: 10_000, afterRingTimeout: 5_000 };
/** The carrier ends the ringing itself; what still rings this much later is hung up. */
const RING_MARGIN_MS = 10_000;
/** Clocks that are kept differ by less than this. */
const CLOCK_SKEW_MS = 5_000;

/** Takes up the carrier's id for the call; it was handed over, whatever became of the answer. */
export function adopt(state: CallState, carrierCallId: string, nowMs: number): Step {
  const known = state.carrierCallId !== null;
  const adopted: CallState = withTimers(
    { ...state, carrierCallId, submission: "placed", requestedAtMs: state.requestedAtMs ?? nowMs },
    { dial: null, dial_deadline: null, create_answer: null, lookup: null },
  );
  const bounded = withTimers(adopted, {
    must_end: state.timers.must_end ?? mustEndMs(adopted.limits, nowMs),
    ...(state.closing === null && !known ? { ask_carrier: nowMs + QUIET_MS.dialing } : {}),
  });
  const hangUp = state.closing !== null && !known;
  return { state: bounded, effects: hangUp ? [{ type: "hang_up", via: "carrier" }] : [] };
}

export function onCarrierReport(state: CallState, report: CarrierReport, nowMs: number): StepResult {
  if (isForeign(state, report.carrierCallId)) return err("foreign_call");
  if (state.status === "ended") {
    const lives = ["queued", "ringing", "answered"].includes(report.phase);
    const known = { ...state, carrierCallId: report.carrierCallId };
    if (lives) return ok({ state: known, effects: [{ type: "ensure_hung_up" }] });
    // Found when nobody waited for it any more: it is ours all the same, and can be told apart from now on.
    return state.carrierCallId === null ? ok({ state: known, effects: [] }) : err("call_ended");
  }
  const adopted = adopt(state, report.carrierCallId, nowMs);
  const next = applyPhase(adopted.state, report, nowMs);
  return ok({ state: next.state, effects: [...adopted.effects, ...next.effects] });
}

export function onAnswerRequested(
  state: CallState,
  event: Extract<CallEvent, { type: "answer_requested" }>,
  nowMs: number,
): StepResult {
  if (isForeign(state, event.carrierCallId)) return err("foreign_call");
  const adopted = adopt(state, event.carrierCallId, nowMs).state;
  const answeredBy: AnsweredBy = state.answeredBy ?? event.answeredBy ?? "person";
  const answered = { ...adopted, answeredBy, answeredAtMs: state.answeredAtMs ?? nowMs };
  const mayHear = state.closing === null || state.leavesMessage;
  if (mayHear && answeredBy === "machine" && event.messageMs !== undefined) {
    return ok(leaveMessage(answered, event.messageMs, nowMs));
  }
  if (state.closing !== null) return ok(hangUpByDocument(answered, nowMs));
  if (answeredBy !== "person") {
    return ok(close(answered, answeredBy === "fax" ? "fax" : "voicemail", nowMs, true));
  }
  // The same question once more, while a human takes over: the call stands where it stands.
  if (isBeyondAgent(state)) {
    return ok(
      state.relay === "open"
        ? { state: adopted, effects: [] }
        : onLineAsked(adopted, questionOf(event), nowMs),
    );
  }
  const talks = talking(answered, nowMs);
  // The same question once more: the socket that is open already is the answer to it.
  return ok({ state: state.relay === "open" ? talks : awaitRelay(talks, nowMs), effects: [] });
}

/** The relay is over and the carrier asks what to do: ring a human, resume while the call lives, else hang up. */
export function onRelayEnded(
  state: CallState,
  event: Extract<CallEvent, { type: "relay_ended" }>,
  nowMs: number,
): StepResult {
  if (isForeign(state, event.carrierCallId)) return err("foreign_call");
  if (state.status !== "in_progress" && !isBeyondAgent(state)) return err("not_applicable");
  if (isAskedAgain(state, event)) return ok({ state, effects: [] });
  const lost = { ...state, relay: "lost" as const, endedSession: event.sessionId };
  if (state.closing !== null) return ok(hangUpByDocument(lost, nowMs));
  if (state.status === "bridged") return ok({ state, effects: [] });
  if (event.callOver && event.failed) return ok(close(lost, "relay_lost", nowMs, true));
  if (state.status === "transferring") {
    if (event.callOver) return ok({ state: awaitEnd(lost, nowMs), effects: [] });
    return ok(onLineAsked(lost, questionOf(event), nowMs));
  }
  if (event.callOver) {
    const over = { ...lost, relay: "none" as const };
    const waits = withTimers(
      { ...over, turn: null },
      { silence: null, keys: null, ask_carrier: nowMs + 5_000 },
    );
    return ok({ state: waits, effects: [] });
  }
  const counted = countRelayLoss(lost);
  if (counted === null) return ok(close(lost, "relay_lost", nowMs, true));
  return ok({ state: awaitRelay(counted, nowMs), effects: [] });
}

/** The question was answered before: it is of an earlier relay than the open one, or again of the one that ended. */
function isAskedAgain(state: CallState, event: Extract<CallEvent, { type: "relay_ended" }>): boolean {
  if (event.sessionId === null) return false;
  if (state.relay === "open") return state.relaySession !== null && event.sessionId !== state.relaySession;
  if (state.closing !== null || event.callOver) return false;
  const awaits = state.status === "in_progress" && state.relay === "awaited";
  return awaits && event.sessionId === state.endedSession;
}

/** The customer is with a human, or on the way there. */
function isBeyondAgent({ status }: CallState): boolean {
  return status === "transferring" || status === "bridged";
}

type FinalReport = CarrierReport & {
  phase: Exclude<CarrierReport["phase"], "queued" | "ringing" | "answered">;
};

function applyPhase(state: CallState, report: CarrierReport, nowMs: number): Step {
  switch (report.phase) {
    case "queued":
      return { state: expectWord(state, nowMs), effects: [] };
    case "ringing":
      return { state: expectWord(rings(state, nowMs), nowMs), effects: [] };
    case "answered":
      return onPickedUp(state, report, nowMs);
    case "completed":
    case "busy":
    case "declined":
    case "no_answer":
    case "unreachable":
    case "failed":
    case "canceled": {
      const answeredBy = state.answeredBy ?? whoAnswered(state, report);
      const reason = endReason({ ...state, answeredBy }, { ...report, phase: report.phase }, nowMs);
      const endedAtMs = reconcileTime(state, nowMs, report.atMs);
      return finish({ ...state, answeredBy }, reason, endedAtMs, report.durationSeconds);
    }
  }
}

function rings(state: CallState, nowMs: number): CallState {
  if (state.status !== "dialing") return state;
  const ringsUntilMs = nowMs + state.limits.ringTimeoutMs + RING_MARGIN_MS;
  return withTimers(
    { ...state, status: "ringing" },
    state.closing === null ? { ring_timeout: ringsUntilMs } : {},
  );
}

function onPickedUp(state: CallState, report: CarrierReport, nowMs: number): Step {
  const at = reconcileTime(state, nowMs, report.atMs);
  const answered: CallState = withTimers(
    {
      ...rings(state, nowMs),
      answeredAtMs: Math.min(state.answeredAtMs ?? at, at),
      answeredBy: state.answeredBy ?? report.answeredBy,
    },
    { ring_timeout: null },
  );
  return { state: expectWord(answered, nowMs), effects: [] };
}

/** Re-arms the timer that asks the carrier when it has been quiet for too long. */
function expectWord(state: CallState, nowMs: number): CallState {
  if (state.closing !== null) return state;
  if (isBeyondAgent(state)) return withTimers(state, { ask_carrier: nowMs + QUIET_BRIDGE_MS });
  if (state.relay === "open") return state;
  const ringing = state.limits.ringTimeoutMs + QUIET_MS.afterRingTimeout;
  const quiet =
    state.status === "dialing"
      ? QUIET_MS.dialing
      : state.status === "ringing" && state.answeredAtMs === null
        ? ringing
        : QUIET_MS.talking;
  return withTimers(state, { ask_carrier: nowMs + quiet });
}

function talking(state: CallState, nowMs: number): CallState {
  const byLimit = (state.answeredAtMs ?? state.acceptedAtMs) + state.limits.maxDurationMs;
  const talks = withTimers({ ...state, status: "in_progress" }, { ring_timeout: null });
  return boundAgent(talks, state.timers.max_duration ?? withinBound(state, byLimit), nowMs);
}

function whoAnswered(state: CallState, report: CarrierReport): AnsweredBy | null {
  if (report.phase !== "completed") return null;
  if (report.answeredBy !== null) return report.answeredBy;
  return state.answeredAtMs !== null || (report.durationSeconds ?? 0) > 0 ? "person" : null;
}

function endReason(state: CallState, report: FinalReport, nowMs: number): EndedReason {
  const { phase } = report;
  if (phase === "completed") {
    if (state.closing !== null && !wasOverBefore(state, report)) return state.closing.reason;
    if (state.answeredBy === "machine") return "voicemail";
    if (state.answeredBy === "fax") return "fax";
    if (state.answeredBy === null) return "no_answer";
    return talkEndReason(state, report, nowMs);
  }
  // A call that we hung up on while it rang is what we hung up for; the carrier calls it canceled.
  if (state.closing !== null && (state.answeredBy === "person" || phase === "canceled")) {
    return state.closing.reason;
  }
  return UNANSWERED[phase];
}

function talkEndReason(state: CallState, report: FinalReport, nowMs: number): EndedReason {
  const limitAtMs = state.timers.max_duration;
  if (limitAtMs !== undefined && reconcileTime(state, nowMs, report.atMs) >= limitAtMs) return "max_duration";
  // The carrier knows of a person and yet never asked us for words: we failed them.
  const neverAsked =
    (state.status === "dialing" || state.status === "ringing") && report.answeredBy === "person";
  return neverAsked ? "agent_failed" : "customer_hangup";
}

/** Carriers tell whole seconds. */
const WHOLE_SECOND_MS = 1_000;

/** We meant to end it for having lasted too long, and learn that it was over before: nobody had told us. */
function wasOverBefore({ cutAtMs }: CallState, { atMs }: FinalReport): boolean {
  return cutAtMs !== null && atMs !== null && atMs + WHOLE_SECOND_MS < cutAtMs;
}

const UNANSWERED: Record<Exclude<FinalReport["phase"], "completed">, EndedReason> = {
  busy: "busy",
  declined: "declined",
  no_answer: "no_answer",
  unreachable: "unreachable_number",
  failed: "carrier_failed",
  canceled: "canceled",
};

function isForeign(state: CallState, carrierCallId: string): boolean {
  return state.carrierCallId !== null && state.carrierCallId !== carrierCallId;
}

/**
 * The carrier's clock decides, to its whole second; within that second the arrival is the better guess. A time
 * that can't be (before the call was handed over, or still to come) is a clock that is wrong, and is not heeded.
 */
function reconcileTime(state: CallState, arrivedAtMs: number, carrierAtMs: number | null): number {
  const earliestMs = state.requestedAtMs ?? state.acceptedAtMs;
  if (carrierAtMs === null) return arrivedAtMs;
  if (carrierAtMs < earliestMs - CLOCK_SKEW_MS || carrierAtMs > arrivedAtMs + CLOCK_SKEW_MS)
    return arrivedAtMs;
  return Math.max(Math.min(Math.max(arrivedAtMs, carrierAtMs), carrierAtMs + 999), earliestMs);
}
