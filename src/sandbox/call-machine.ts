// The life of a call as a pure function: state and event in, state and wishes out. No I/O, clock or storage.
// It guarantees that a call ends: in progress there is always the time limit, before that always a timer.
// So does the line of a second party (a leg), which is stepped here too and never outlives the call that dialled it.
// Events that no longer fit (a timer of an ended call, a frame of a socket given up) change nothing.

import { assertNever } from "../lib/assert-never.ts";
import {
  type CallState,
  hasEnded,
  liveLeg,
  nextTimer,
  type RecordingOrder,
  type TimerName,
} from "./call-state.ts";
import { type CallChange, changeCall } from "./changes.ts";
import { leaveDial } from "./dial-end.ts";
import { talkOn } from "./dialling.ts";
import { endCall } from "./ending.ts";
import { endGather, pressKeys } from "./keys.ts";
import { dial, detect, ring, settle } from "./life.ts";
import { type DocumentOutcome, receiveDocument, runProgram } from "./program.ts";
import { finishRecording, startRecording } from "./recording.ts";
import { dropRelay, onRelay, type RelayEvent } from "./relay-session.ts";
import { agentSpoken, customerDone, customerGoesOn, customerPresses, customerStarts } from "./talk.ts";
import { clearTimers, onLeg, type Setting, type Turn, type Wishes } from "./turn.ts";
import { actAsTyped, type PersonAct } from "./typed-person.ts";

/** What may come of a call that lives. */
type LiveEvent =
  | { type: "document"; requestId: number; outcome: DocumentOutcome }
  | { type: "change"; change: CallChange }
  | { type: "record"; order: RecordingOrder }
  | { type: "person"; act: PersonAct }
  | RelayEvent;

/** What may come of one line. */
export type LineEvent =
  | LiveEvent
  | { type: "due"; timer: TimerName }
  | { type: "call-deleted" }
  | { type: "recording-deleted" };

export type CallEvent = LineEvent | { type: "leg"; sid: string; event: LineEvent };

export type Advance = Wishes & { state: CallState };

export function advance(before: CallState, event: CallEvent, setting: Setting): Advance {
  const state = structuredClone(before);
  const turn: Turn = { ...setting, state, parent: null, posts: [], frames: [], dropsSocket: false };
  if (event.type === "leg") {
    const leg = state.legs.find(({ sid }) => sid === event.sid);
    if (leg !== undefined) onLine(onLeg(turn, leg), event.event);
  } else {
    onLine(turn, event);
  }
  leaveDial(turn);
  keepVersion(before, state, setting.nowMs);
  return { state, posts: turn.posts, frames: turn.frames, dropsSocket: turn.dropsSocket };
}

/** What is due first, on the call's own line or its leg's. */
export function nextDue(state: CallState): { dueMs: number; event: CallEvent } | undefined {
  const own = nextTimer(state);
  const leg = liveLeg(state);
  const legs = leg && nextTimer(leg);
  if (leg !== undefined && legs !== undefined && legs.dueMs < (own?.dueMs ?? Infinity)) {
    const event = { type: "due" as const, timer: legs.timer };
    return { dueMs: legs.dueMs, event: { type: "leg", sid: leg.sid, event } };
  }
  return own && { dueMs: own.dueMs, event: { type: "due", timer: own.timer } };
}

function onLine(turn: Turn, event: LineEvent): void {
  const { state } = turn;
  if (event.type === "due") onTimer(turn, event.timer);
  else if (event.type === "call-deleted") state.isDeleted = true;
  else if (event.type === "recording-deleted") {
    if (state.recording !== null) state.recording.status = "deleted";
  } else if (!hasEnded(state)) onEvent(turn, event);
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
    case "person":
      return actAsTyped(turn, event.act);
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
    case "customer-goes-on":
      if (relay !== null) customerGoesOn(turn, relay);
      return;
    case "customer-presses":
      if (relay !== null) customerPresses(turn, relay);
      return;
    case "relay-drops":
      if (relay !== null) dropRelay(turn, relay);
      return;
    case "gather":
      return endGather(turn);
    case "key":
      return pressKeys(turn);
    case "bridge-turn":
      return talkOn(turn);
    case "recording-ready":
      return finishRecording(turn);
    default:
      assertNever(timer);
  }
}

/** A call's version counts its legs' changes too: what is reported anew is the call with its legs. */
function keepVersion(before: CallState, after: CallState, nowMs: number): void {
  for (const [index, leg] of before.legs.entries()) {
    const now = after.legs[index];
    if (now !== undefined) keepVersion(leg, now, nowMs);
  }
  const isUpdated = showsChange(before, after);
  if (isUpdated) after.updatedAtMs = nowMs;
  if (isUpdated || legsVersion(before) !== legsVersion(after)) after.version = before.version + 1;
}

function legsVersion({ legs }: CallState): number {
  return legs.reduce((sum, { version }) => sum + version, 0);
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
