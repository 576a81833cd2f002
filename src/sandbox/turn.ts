// One step of a call: a draft of its state, and what the step wants done outside. The machine's functions change
// the draft; `advance` in call-machine.ts hands them a copy, so that seen from outside nothing is mutated.

import { faultsOf } from "./behaviours.ts";
import type { CallState, Leg, ScheduledPost, TimerName } from "./call-state.ts";
import type { RelayFrame } from "./relay-frames.ts";
import type { Destination } from "./verbs.ts";

export type Setting = {
  nowMs: number;
  /** How many times faster than life people ring, talk and pause. */
  speed: number;
  /** The carrier's own address, where its recordings are. */
  baseUrl: string;
};

/** What a step wants done outside, in this order: callbacks, frames, and then perhaps the socket's fall. */
export type Wishes = { posts: ScheduledPost[]; frames: RelayFrame[]; dropsSocket: boolean };

export type Turn = Setting &
  Wishes & {
    state: CallState;
    /** The turn of the call that dialled, if this is one of a leg. */
    parent: Turn | null;
  };

/** The same step, on the line of who was dialled. */
export function onLeg(parent: Turn, leg: Leg): Turn {
  return { ...parent, state: leg, parent };
}

/** Sets a timer a stretch of sandbox time from now. */
export function setTimer(turn: Turn, name: TimerName, sandboxMs: number): void {
  turn.state.timers[name] = turn.nowMs + sandboxMs / turn.speed;
}

export function clearTimers(turn: Turn, ...names: TimerName[]): void {
  for (const name of names) delete turn.state.timers[name];
}

/** @param dueMs when it is sent. */
export function post(
  turn: Turn,
  to: Destination | null,
  params: Record<string, string>,
  dueMs: number = turn.nowMs,
): void {
  if (to !== null && !losesCallbacks(turn.state)) turn.posts.push({ ...to, params, dueMs });
}

/** Whether what is sent now on the carrier's own account goes nowhere. */
export function losesCallbacks(state: CallState): boolean {
  return state.answeredAtMs !== null && faultsOf(state.behaves).losesCallbacks === true;
}

const SPEECH_CHARS_PER_SECOND = 15;

/** The whole words of it that are out after a stretch of sandbox time, but never the last. */
export function wordsWithin(text: string, sandboxMs: number): string {
  const heard = Math.floor((sandboxMs * SPEECH_CHARS_PER_SECOND) / 1000);
  return text.slice(0, Math.max(0, text.lastIndexOf(" ", heard)));
}

/** How long it takes to say this, in sandbox time. */
export function speakingMs(text: string): number {
  return Math.max(300, (text.length * 1000) / SPEECH_CHARS_PER_SECOND);
}
