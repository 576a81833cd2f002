// The life of a call as a pure function: state and event in, state and wishes out. No I/O, clock or storage.
// It guarantees that a call ends: in progress there is always the time limit, before that always a timer.
// Events that no longer fit (a timer of an ended call, a frame of a socket given up) change nothing.

import { assertNever } from "../lib/assert-never.ts";
import { answerParams, relayEndParams, type RelayEnd } from "./callbacks.ts";
import type { CallState, Post, Relay, TimerName } from "./call-state.ts";
import { hasEnded } from "./call-state.ts";
import { dial, detect, ring, settle } from "./life.ts";
import { endCall, fireRecording } from "./ending.ts";
import { type DocumentOutcome, load, receiveDocument, requestDocument, runProgram } from "./program.ts";
import type { RelayFrame } from "./relay-frames.ts";
import { agentSpoken, customerDone, customerStarts, hearAgent, openTalk, suspendTalk } from "./talk.ts";
import { clearTimers, type Setting, type Turn } from "./turn.ts";
import type { Destination } from "./twiml.ts";

export type CallEvent =
  | { type: "due"; timer: TimerName }
  | { type: "document"; requestId: number; outcome: DocumentOutcome }
  | { type: "relay-opened"; sessionId: string }
  | { type: "utterance"; sessionId: string; text: string; startedAtMs: number }
  | { type: "language"; sessionId: string; lang: string }
  | { type: "relay-closed"; sessionId: string; end: RelayEnd }
  | { type: "change"; change: CallChange }
  | { type: "recording-deleted" };

/** What a REST update may ask for, once it was found to fit the call's status. */
export type CallChange =
  | { kind: "end" }
  | { kind: "cancel" }
  | { kind: "redirect"; to: Destination }
  | { kind: "replace"; twiml: string }
  | { kind: "limit"; seconds: number };

export type Advance = { state: CallState; posts: Post[]; frames: RelayFrame[] };

export function advance(state: CallState, event: CallEvent, setting: Setting): Advance {
  const turn: Turn = { ...setting, state: structuredClone(state), posts: [], frames: [] };
  if (event.type === "due") onTimer(turn, event.timer);
  else if (event.type === "recording-deleted") turn.state.recording = "deleted";
  else if (!hasEnded(state)) onEvent(turn, event);
  if (showsChange(state, turn.state)) {
    turn.state.version = state.version + 1;
    turn.state.updatedAtMs = setting.nowMs;
  }
  return { state: turn.state, posts: turn.posts, frames: turn.frames };
}

function onEvent(turn: Turn, event: Exclude<CallEvent, { type: "due" | "recording-deleted" }>): void {
  switch (event.type) {
    case "document":
      return receiveDocument(turn, event.requestId, event.outcome);
    case "change":
      return onChange(turn, event.change);
    case "relay-opened":
    case "utterance":
    case "language":
    case "relay-closed": {
      const { relay } = turn.state;
      if (relay?.sessionId === event.sessionId) onRelay(turn, relay, event);
      return;
    }
    default:
      assertNever(event);
  }
}

type RelayEvent = Extract<CallEvent, { sessionId: string }>;

function onRelay(turn: Turn, relay: Relay, event: RelayEvent): void {
  switch (event.type) {
    case "relay-opened":
      return openTalk(turn, relay);
    case "utterance":
      return hearAgent(turn, relay, event.text, event.startedAtMs);
    case "language":
      relay.lang = event.lang;
      return;
    case "relay-closed": {
      const params = relayEndParams(turn.state, relay, event.end, turn.nowMs);
      suspendTalk(turn);
      turn.state.relay = null;
      if (relay.action === null) runProgram(turn);
      else requestDocument(turn, relay.action, params);
      return;
    }
    default:
      assertNever(event);
  }
}

function onTimer(turn: Turn, timer: TimerName): void {
  const { state } = turn;
  clearTimers(turn, timer);
  switch (timer) {
    case "dial":
      return dial(turn);
    case "ring":
      return ring(turn);
    case "settle":
      return settle(turn);
    case "detect":
      return detect(turn);
    case "time-limit":
    case "customer-hangs-up":
    case "customer-gives-up":
      return endCall(turn, "completed", 200);
    case "verb":
      return runProgram(turn);
    case "agent-spoken":
      if (state.relay !== null) agentSpoken(turn, state.relay);
      return;
    case "customer-starts":
    case "customer-interrupts":
      if (state.relay !== null) customerStarts(turn, state.relay);
      return;
    case "customer-done":
      if (state.relay !== null) customerDone(turn, state.relay);
      return;
    case "recording-ready":
      state.recording = "completed";
      return fireRecording(turn, "completed");
    default:
      assertNever(timer);
  }
}

function onChange(turn: Turn, change: CallChange): void {
  const { state } = turn;
  switch (change.kind) {
    case "end":
      if (state.status === "in-progress") return endCall(turn, "completed", 200);
      return endCall(turn, "canceled", 487);
    case "cancel":
      if (state.status !== "in-progress") endCall(turn, "canceled", 487);
      return;
    case "limit":
      state.order = { ...state.order, timeLimitSeconds: change.seconds };
      if (state.answeredAtMs !== null)
        state.timers["time-limit"] = state.answeredAtMs + change.seconds * 1000;
      return;
    case "redirect":
    case "replace":
      suspendTalk(turn);
      clearTimers(turn, "verb");
      if (state.order.detection?.async === false) clearTimers(turn, "detect");
      state.relay = null;
      if (change.kind === "replace") return load(turn, change.twiml, state.documentUrl);
      return requestDocument(turn, change.to, answerParams(state));
    default:
      assertNever(change);
  }
}

/** Whether the call's REST resource reads differently now. */
function showsChange(before: CallState, after: CallState): boolean {
  return (
    before.status !== after.status ||
    before.initiatedAtMs !== after.initiatedAtMs ||
    before.detected?.answeredBy !== after.detected?.answeredBy
  );
}
