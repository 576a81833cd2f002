// The life of a call as a pure function: state and event in, state and wishes out. No I/O, clock or storage.
// It guarantees that a call ends: in progress there is always the time limit, before that always a timer.
// Events that no longer fit (a timer of an ended call, a frame of a socket given up) change nothing.

import { assertNever } from "../lib/assert-never.ts";
import { type CallState, hasEnded, type RecordingOrder, type TimerName } from "./call-state.ts";
import { type CallChange, changeCall } from "./changes.ts";
import { endCall } from "./ending.ts";
import { dial, detect, ring, settle } from "./life.ts";
import { type DocumentOutcome, receiveDocument, runProgram } from "./program.ts";
import { finishRecording, startRecording } from "./recording.ts";
import { dropRelay, onRelay, type RelayEvent } from "./relay-session.ts";
import { agentSpoken, customerDone, customerStarts } from "./talk.ts";
import { clearTimers, type Setting, type Turn, type Wishes } from "./turn.ts";

/** What may come of a call that lives. */
type LiveEvent =
  | { type: "document"; requestId: number; outcome: DocumentOutcome }
  | { type: "change"; change: CallChange }
  | { type: "record"; order: RecordingOrder }
  | RelayEvent;

export type CallEvent =
  | LiveEvent
  | { type: "due"; timer: TimerName }
  | { type: "call-deleted" }
  | { type: "recording-deleted" };

export type Advance = Wishes & { state: CallState };

export function advance(before: CallState, event: CallEvent, setting: Setting): Advance {
  const state = structuredClone(before);
  const turn: Turn = { ...setting, state, posts: [], frames: [], dropsSocket: false };
  if (event.type === "due") onTimer(turn, event.timer);
  else if (event.type === "call-deleted") state.isDeleted = true;
  else if (event.type === "recording-deleted") {
    if (state.recording !== null) state.recording.status = "deleted";
  } else if (!hasEnded(before)) onEvent(turn, event);
  if (showsChange(before, state)) {
    state.version = before.version + 1;
    state.updatedAtMs = setting.nowMs;
  }
  return { state, posts: turn.posts, frames: turn.frames, dropsSocket: turn.dropsSocket };
}

function onEvent(turn: Turn, event: LiveEvent): void {
  switch (event.type) {
    case "document":
      return receiveDocument(turn, event.requestId, event.outcome);
    case "change":
      return changeCall(turn, event.change);
    case "record":
      if (turn.state.status === "in-progress" && turn.state.recording === null) {
        startRecording(turn, event.order, "StartCallRecordingAPI");
      }
      return;
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

function onTimer(turn: Turn, timer: TimerName): void {
  const { relay } = turn.state;
  const dueMs = turn.state.timers[timer];
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
      if (relay !== null) agentSpoken(turn, relay);
      return;
    case "customer-starts":
      if (relay !== null) customerStarts(turn, relay);
      return;
    case "customer-interrupts":
      if (relay !== null) customerStarts(turn, relay, dueMs);
      return;
    case "customer-done":
      if (relay !== null) customerDone(turn, relay);
      return;
    case "relay-drops":
      if (relay !== null) dropRelay(turn, relay);
      return;
    case "recording-ready":
      return finishRecording(turn);
    default:
      assertNever(timer);
  }
}

/** Whether the REST resources of the call and its recording read differently now. */
function showsChange(before: CallState, after: CallState): boolean {
  return (
    before.status !== after.status ||
    before.initiatedAtMs !== after.initiatedAtMs ||
    before.detected?.answeredBy !== after.detected?.answeredBy ||
    before.recording?.status !== after.recording?.status ||
    before.isDeleted !== after.isDeleted
  );
}
