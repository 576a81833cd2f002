// From dialling to the answer, and the detection of who answered. Times are the sandbox's own. An inbound call
// has been dialled by its caller: it asks at once what to do, and rings until a verb needs the line.

import { pickUp } from "./answering.ts";
import { type Behaviour, behaviourOf } from "./behaviours.ts";
import { detectionParams } from "./callbacks.ts";
import type { CallState } from "./call-state.ts";
import { endCall } from "./ending.ts";
import { beginProgram } from "./program.ts";
import { fireStatus } from "./status-callbacks.ts";
import { post, setTimer, type Turn } from "./turn.ts";

const SETUP_MS = 300;
const RING_MS = 2000;
const DETECTION_MS = 2000;
const GREETING_END_MS = 6000;

export function dial(turn: Turn): void {
  const { state } = turn;
  state.initiatedAtMs = turn.nowMs;
  if (state.direction === "inbound") {
    // Not divided by the speed: it is the application that the caller waits for.
    state.timers.settle = turn.nowMs + timeoutMs(state);
    return beginProgram(turn);
  }
  fireStatus(turn, "initiated", "initiated");
  const behaviour = reached(state);
  const rings = behaviour.kind === "answers" || behaviour.rings;
  if (rings) return setTimer(turn, "ring", SETUP_MS);
  setTimer(turn, "settle", behaviour.afterMs === "timeout" ? 0 : behaviour.afterMs);
}

export function ring(turn: Turn): void {
  turn.state.status = "ringing";
  fireStatus(turn, "ringing", "ringing");
  setTimer(turn, "settle", Math.min(pickupMs(turn.state), timeoutMs(turn.state)));
}

/** Somebody answers or declines, or the caller's patience ran out before. */
export function settle(turn: Turn): void {
  const { state } = turn;
  const behaviour = reached(state);
  const ranOut = state.status === "ringing" && timeoutMs(state) <= pickupMs(state);
  if (ranOut || state.direction === "inbound") return endCall(turn, "no-answer", 487);
  if (behaviour.kind === "unanswered") return endCall(turn, behaviour.status, behaviour.sipResponseCode);
  answer(turn);
}

/** Where a create would have been refused, a `<Dial>` fails. */
function reached(state: CallState): Exclude<Behaviour, { kind: "refused" }> {
  const behaviour = behaviourOf(state.behaves);
  return behaviour.kind === "refused" ? OUT_OF_REACH : behaviour;
}

const OUT_OF_REACH = {
  kind: "unanswered",
  status: "failed",
  sipResponseCode: 404,
  rings: false,
  afterMs: 0,
} as const;

function pickupMs(state: CallState): number {
  const behaviour = reached(state);
  if (behaviour.kind === "answers") return RING_MS;
  return behaviour.afterMs === "timeout" ? Number.POSITIVE_INFINITY : behaviour.afterMs;
}

function timeoutMs(state: CallState): number {
  return state.order.timeoutSeconds * 1000;
}

function answer(turn: Turn): void {
  const { state } = turn;
  const { detection } = state.order;
  pickUp(turn);
  if (detection !== null) {
    const waits = detection.messageEnd && answeredBy(state) === "machine";
    setTimer(turn, "detect", waits ? GREETING_END_MS : DETECTION_MS);
  }
  if (detection === null || detection.async) beginProgram(turn);
}

export function detect(turn: Turn): void {
  const { state } = turn;
  const { detection } = state.order;
  if (detection === null) return;
  const heard = answeredBy(state);
  const machine = detection.messageEnd ? "machine_end_beep" : "machine_start";
  state.detected = {
    answeredBy: heard === "machine" ? machine : heard,
    durationMs: Math.round(turn.nowMs - (state.answeredAtMs ?? turn.nowMs)),
  };
  if (detection.async) post(turn, detection.callback, detectionParams(state));
  else beginProgram(turn);
}

function answeredBy(state: CallState): Extract<Behaviour, { kind: "answers" }>["answeredBy"] {
  const behaviour = behaviourOf(state.behaves);
  return behaviour.kind === "answers" ? behaviour.answeredBy : "human";
}
