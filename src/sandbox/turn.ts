// One step of a call: a draft of its state, and what the step wants done outside. The machine's functions change
// the draft; `advance` in call-machine.ts hands them a copy, so that seen from outside nothing is mutated.

import { statusParams } from "./callbacks.ts";
import type { CallState, CallStatus, Post, StatusEvent, TimerName } from "./call-state.ts";
import type { RelayFrame } from "./relay-frames.ts";
import type { Destination } from "./twiml.ts";

export type Setting = {
  nowMs: number;
  /** How many times faster than life people ring, talk and pause. */
  speed: number;
  /** The carrier's own address, where its recordings are. */
  baseUrl: string;
};

export type Turn = Setting & { state: CallState; posts: Post[]; frames: RelayFrame[] };

/** Sets a timer a stretch of sandbox time from now. */
export function setTimer(turn: Turn, name: TimerName, sandboxMs: number): void {
  turn.state.timers[name] = turn.nowMs + sandboxMs / turn.speed;
}

export function clearTimers(turn: Turn, ...names: TimerName[]): void {
  for (const name of names) delete turn.state.timers[name];
}

export function post(turn: Turn, to: Destination | null, params: Record<string, string>): void {
  if (to !== null) turn.posts.push({ ...to, params });
}

/** Posts the status callback if this event is subscribed to; only what is fired is numbered. */
export function fireStatus(turn: Turn, event: StatusEvent, callStatus: CallStatus | "initiated"): void {
  const { state } = turn;
  if (!state.order.statusEvents.includes(event) || state.order.statusCallback === null) return;
  post(turn, state.order.statusCallback, statusParams(state, callStatus, turn.nowMs, turn.baseUrl));
  state.nextSequence += 1;
}

const SPEECH_CHARS_PER_SECOND = 15;

/** How long it takes to say this, in sandbox time. */
export function speakingMs(text: string): number {
  return Math.max(300, (text.length * 1000) / SPEECH_CHARS_PER_SECOND);
}
