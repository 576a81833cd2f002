// The life of one call as a pure function. No I/O, clock or chance: the CallSession object hands in what
// happened and when, stores what comes back, and then does what `effects` ask for.
//
// Guarantees: `ended` is never left; `create_call` is asked for at most once unless the carrier itself said
// that it placed nothing; until a call has ended a timer is pending.

import { assertNever } from "../../lib/assert-never.ts";
import { err, ok } from "../../lib/result.ts";
import { adopt, onAnswerRequested, onCarrierReport, onRelayEnded } from "./carrier.ts";
import { close, consequencesOf, finish, hangUpAfterWords, insistOnHangUp } from "./ending.ts";
import type { CallEvent, Step, StepResult } from "./events.ts";
import { countRelayLoss } from "./relay.ts";
import { mustEndMs, withTimers, type CallState, type Submission, type TimerName } from "./state.ts";
import {
  onAgentFinished,
  onAgentSilent,
  onAgentSpoke,
  onCustomerHeard,
  onCustomerSpoke,
  onDetailsRecorded,
  onEndRequested,
  onKeyPressed,
  onKeysTimer,
  onRelayClosed,
  onRelayOpened,
  onSilence,
  onTurnCut,
  onWordsCut,
  onWordsPlayed,
  onWrapUp,
} from "./talk.ts";
import {
  giveBackLate,
  onDialEnded,
  onHumanAccepted,
  onHumanReserved,
  onNoHuman,
  onRedirectFailed,
  onRedirectTimer,
  onTransferImpossible,
  onTransferRequested,
  onTransferTimer,
  onTransferWished,
  onWhisperRequested,
} from "./transfer.ts";

/** An effect that gets no answer within this is asked for again (only where asking twice is harmless). */
const RETRY_MS = 15_000;
/** How long the answer to a create may take before it counts as lost. */
const CREATE_ANSWER_MS = 30_000;
/** Waits between look-ups of a call whose create was not answered; after the last it is given up. */
const LOOKUP_WAITS_MS = [2_000, 3_000, 5_000, 10_000, 15_000, 20_000];
/** A carrier that says when to come back is not asked again sooner than this, whatever it says. */
const SHORTEST_THROTTLE_MS = 1_000;
/** How long to wait before a carrier that gave no usable answer is asked again. */
const ASK_AGAIN_MS = 15_000;

export function step(state: CallState, event: CallEvent, nowMs: number): StepResult {
  if (event.type === "timer") return onTimer(state, event.name, nowMs);
  if (event.type === "carrier_report") return onCarrierReport(state, event.report, nowMs);
  if (event.type === "recording_ready") return onRecordingReady(state, event);
  if (event.type === "create_accepted") return onCreateAccepted(state, event.carrierCallId, nowMs);
  if (event.type === "agent_finished") return onAgentFinished(state, event, nowMs);
  if (event.type === "wish_heard") return ok({ state, effects: consequencesOf(event.reason) });
  if (state.status === "ended") {
    // The gate was still asked when the call ended, and had no slot to give back then.
    if (event.type === "slot_granted") return ok({ state, effects: [{ type: "release_slot" }] });
    if (event.type === "human_reserved") return ok(giveBackLate(state, event));
    return err("call_ended");
  }
  switch (event.type) {
    case "slot_granted":
    case "slot_full":
    case "slot_too_late":
    case "opt_out_checked":
    case "create_refused":
    case "create_throttled":
    case "create_unanswered":
      return onDialing(state, event, nowMs);
    case "lookup_empty":
    case "lookup_failed":
      return onLookup(state, event.type, nowMs);
    case "answer_requested":
      return onAnswerRequested(state, event, nowMs);
    case "relay_opened":
    case "relay_closed":
    case "customer_heard":
    case "customer_spoke":
    case "key_pressed":
    case "agent_spoke":
    case "agent_silent":
    case "turn_cut":
    case "details_recorded":
    case "model_failed":
    case "words_played":
    case "words_cut":
      return onTalk(state, event, nowMs);
    case "relay_ended":
      return onRelayEnded(state, event, nowMs);
    case "end_requested":
      return onEndRequested(state, event.reason, nowMs);
    case "transfer_requested":
      return onTransferRequested(state, event, nowMs);
    case "transfer_impossible":
      return onTransferImpossible(state, nowMs);
    case "transfer_wished":
      return onTransferWished(state);
    case "redirect_failed":
      return onRedirectFailed(state, event, nowMs);
    case "human_reserved":
      return onHumanReserved(state, event, nowMs);
    case "no_human":
      return onNoHuman(state, event, nowMs);
    case "whisper_requested":
      return onWhisperRequested(state, event, nowMs);
    case "human_accepted":
      return onHumanAccepted(state, event, nowMs);
    case "dial_ended":
      return onDialEnded(state, event, nowMs);
    default:
      return assertNever(event);
  }
}

type TalkEvent = Extract<
  CallEvent,
  {
    type:
      | "relay_opened"
      | "relay_closed"
      | "customer_heard"
      | "customer_spoke"
      | "key_pressed"
      | "agent_spoke"
      | "agent_silent"
      | "turn_cut"
      | "details_recorded"
      | "model_failed"
      | "words_played"
      | "words_cut";
  }
>;

function onTalk(state: CallState, event: TalkEvent, nowMs: number): StepResult {
  switch (event.type) {
    case "relay_opened":
      return onRelayOpened(state, event.sessionId, nowMs);
    case "relay_closed":
      return onRelayClosed(state, nowMs);
    case "customer_heard":
      return onCustomerHeard(state, event, nowMs);
    case "customer_spoke":
      return onCustomerSpoke(state, nowMs);
    case "key_pressed":
      return onKeyPressed(state, event.isLast, nowMs);
    case "agent_spoke":
      return onAgentSpoke(state, event.playsUntilMs, nowMs);
    case "agent_silent":
      return onAgentSilent(state, event.playsUntilMs, nowMs);
    case "turn_cut":
      return onTurnCut(state, event, nowMs);
    case "details_recorded":
      return onDetailsRecorded(state, event.details);
    case "model_failed":
      return ok({ state: { ...state, byScript: true }, effects: [] });
    case "words_played":
      return onWordsPlayed(state, event, nowMs);
    case "words_cut":
      return onWordsCut(state, event, nowMs);
    default:
      return assertNever(event);
  }
}

type DialingEvent = Extract<
  CallEvent,
  {
    type:
      | "slot_granted"
      | "slot_full"
      | "slot_too_late"
      | "opt_out_checked"
      | "create_refused"
      | "create_throttled"
      | "create_unanswered";
  }
>;

/** Where each makes sense. The carrier's word that it placed nothing counts also after it was given up for lost. */
const DIALING_EVENTS: Record<DialingEvent["type"], readonly Submission[]> = {
  slot_granted: ["waiting"],
  slot_full: ["waiting"],
  slot_too_late: ["waiting"],
  opt_out_checked: ["waiting"],
  create_refused: ["requested", "unknown"],
  create_throttled: ["requested", "unknown"],
  create_unanswered: ["requested"],
};

function onDialing(state: CallState, event: DialingEvent, nowMs: number): StepResult {
  if (!DIALING_EVENTS[event.type].includes(state.submission)) return err("not_applicable");
  switch (event.type) {
    case "slot_granted":
      if (nowMs > dialDeadline(state)) return ok(finish(state, "dial_expired", nowMs));
      if (event.startAtMs > nowMs) {
        return ok({ state: withTimers(state, { dial: event.startAtMs }), effects: [] });
      }
      return ok({
        state: withTimers(state, { dial: nowMs + RETRY_MS }),
        effects: [{ type: "check_opt_out" }],
      });
    case "slot_full":
      return ok({ state: withTimers(state, { dial: event.retryAtMs }), effects: [] });
    case "slot_too_late":
      return ok(finish(state, "dial_expired", nowMs));
    case "opt_out_checked":
      if (event.optedOut) return ok(finish(state, "contact_opted_out", nowMs));
      if (nowMs > dialDeadline(state)) return ok(finish(state, "dial_expired", nowMs));
      return ok(requestCreate(state, nowMs));
    case "create_refused":
      return ok(finish(state, event.reason, nowMs));
    case "create_throttled":
      return ok(onThrottled(state, event.retryAfterMs, nowMs));
    case "create_unanswered":
      return ok(onCreateUnanswered(state, nowMs));
    default:
      return assertNever(event);
  }
}

/** After this no phone may begin to ring: whoever asked for the call no longer reckons with it. */
function dialDeadline(state: CallState): number {
  return state.acceptedAtMs + state.limits.dialDeadlineMs;
}

/** The one place from which a carrier is asked to ring. The state that says so is stored first. */
function requestCreate(state: CallState, nowMs: number): Step {
  const requested: CallState = { ...state, submission: "requested", requestedAtMs: nowMs };
  return {
    state: withTimers(requested, {
      dial: null,
      create_answer: nowMs + CREATE_ANSWER_MS,
      must_end: mustEndMs(state.limits, nowMs),
    }),
    effects: [{ type: "create_call" }],
  };
}

function onCreateAccepted(state: CallState, carrierCallId: string, nowMs: number): StepResult {
  if (state.carrierCallId !== null && state.carrierCallId !== carrierCallId) return err("foreign_call");
  if (state.status === "ended") {
    if (state.carrierCallId !== null) return err("call_ended");
    const known = { ...state, carrierCallId };
    return ok({ state: known, effects: [{ type: "ensure_hung_up" }] });
  }
  return ok(adopt(state, carrierCallId, nowMs));
}

/** The carrier placed nothing and said so: the call may be asked for again, until its dial deadline. */
function onThrottled(state: CallState, retryAfterMs: number, nowMs: number): Step {
  const waiting: CallState = {
    ...state,
    submission: "waiting",
    requestedAtMs: null,
    lookups: 0,
    dialAttempt: state.dialAttempt + 1,
  };
  if (state.closing !== null) return finish(waiting, state.closing.reason, nowMs);
  const retryAtMs = nowMs + Math.max(SHORTEST_THROTTLE_MS, Math.ceil(retryAfterMs));
  const deadlineMs = dialDeadline(state);
  if (retryAtMs > deadlineMs) return finish(waiting, "dial_expired", nowMs);
  return {
    state: withTimers(waiting, {
      create_answer: null,
      lookup: null,
      must_end: null,
      dial: retryAtMs,
      dial_deadline: deadlineMs,
    }),
    effects: [],
  };
}

function onCreateUnanswered(state: CallState, nowMs: number): Step {
  const lookupAtMs = nowMs + (LOOKUP_WAITS_MS[0] ?? 0);
  return {
    state: withTimers(
      { ...state, submission: "unknown" },
      { create_answer: null, dial_deadline: null, lookup: lookupAtMs },
    ),
    effects: [],
  };
}

function onLookup(state: CallState, answer: "lookup_empty" | "lookup_failed", nowMs: number): StepResult {
  if (state.submission === "unknown") return ok(onFruitlessLookup(state, answer, nowMs));
  if (state.submission !== "placed") return err("not_applicable");
  if (state.closing !== null || state.relay === "open") return ok({ state, effects: [] });
  return ok({ state: withTimers(state, { ask_carrier: nowMs + ASK_AGAIN_MS }), effects: [] });
}

function onFruitlessLookup(state: CallState, answer: "lookup_empty" | "lookup_failed", nowMs: number): Step {
  const lookups = state.lookups + 1;
  const waitMs = LOOKUP_WAITS_MS[lookups];
  if (waitMs === undefined) {
    const unknown = answer === "lookup_failed" ? "carrier_unreachable" : "submission_unknown";
    return finish(state, state.closing?.reason ?? unknown, nowMs);
  }
  return { state: withTimers({ ...state, lookups }, { lookup: nowMs + waitMs }), effects: [] };
}

function onRecordingReady(
  state: CallState,
  event: Extract<CallEvent, { type: "recording_ready" }>,
): StepResult {
  if (state.carrierCallId !== event.carrierCallId) return err("foreign_call");
  const { recordingId, durationSeconds } = event;
  return ok({ state, effects: [{ type: "store_recording", recordingId, durationSeconds }] });
}

function onTimer(before: CallState, name: TimerName, nowMs: number): StepResult {
  const dueAtMs = before.timers[name];
  if (dueAtMs === undefined || dueAtMs > nowMs) return err("not_applicable");
  const state = withTimers(before, { [name]: null });
  switch (name) {
    case "dial":
      return ok({
        state: withTimers(state, { dial: nowMs + RETRY_MS }),
        effects: [{ type: "reserve_slot" }],
      });
    case "dial_deadline":
      // While an answer to the create is out, that answer decides.
      return ok(
        state.submission === "waiting" ? finish(state, "dial_expired", nowMs) : { state, effects: [] },
      );
    case "create_answer":
      return ok(onCreateUnanswered(state, nowMs));
    case "lookup":
      return ok({
        state: withTimers(state, { lookup: nowMs + RETRY_MS }),
        effects: [{ type: "find_call" }],
      });
    case "ask_carrier":
      return ok(onQuiet(state, nowMs));
    case "ring_timeout":
      return ok(close(state, "no_answer", nowMs));
    case "silence":
      return ok(onSilence(state, nowMs));
    case "keys":
      return ok(onKeysTimer(state, nowMs));
    case "wrap_up":
      return ok(onWrapUp(state, nowMs));
    case "max_duration":
      return ok(close(state, "max_duration", nowMs));
    case "transfer":
      return ok(onTransferTimer(state, nowMs));
    case "redirect":
      return ok(onRedirectTimer(state));
    case "last_words":
      return ok(hangUpAfterWords(state, nowMs));
    case "hang_up":
      return ok(insistOnHangUp(state, nowMs));
    case "must_end":
      return ok(onMustEnd(state, nowMs));
    default:
      return assertNever(name);
  }
}

/** No word from the carrier for too long. In a talk it means that nobody hears us: that has its limit too. */
function onQuiet(state: CallState, nowMs: number): Step {
  const waits = withTimers(state, { ask_carrier: nowMs + ASK_AGAIN_MS });
  // Not in a talk, or in one that the carrier says is over: its record is what is wanted.
  if (state.status !== "in_progress" || state.relay === "none") {
    return { state: waits, effects: [{ type: "fetch_call" }] };
  }
  const lost = countRelayLoss(waits);
  return lost === null ? close(waits, "relay_lost", nowMs) : { state: lost, effects: [{ type: "redirect" }] };
}

/** The bound on every call. Whatever was lost, it ends here, and the carrier is told once more. */
function onMustEnd(state: CallState, nowMs: number): Step {
  const unheard = state.submission === "placed" ? "carrier_failed" : "submission_unknown";
  const reason = state.closing?.reason ?? (state.answeredBy === "person" ? "relay_lost" : unheard);
  const ended = finish(state, reason, nowMs);
  if (state.carrierCallId === null) return ended;
  return { state: ended.state, effects: [{ type: "ensure_hung_up" }, ...ended.effects] };
}
