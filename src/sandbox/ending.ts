// How a call ends, whoever ends it: speech is cut, the relay's action learns of it, then the status callback.

import { relayEndParams } from "./callbacks.ts";
import { type EndStatus, hasEnded } from "./call-state.ts";
import { endRecording } from "./recording.ts";
import { fireStatus, releaseHeldBack } from "./status-callbacks.ts";
import { post, type Turn } from "./turn.ts";

export function endCall(turn: Turn, status: EndStatus, sipResponseCode: number): void {
  const { state } = turn;
  if (hasEnded(state)) return;
  cutSpeech(turn);
  state.status = status;
  state.endedAtMs = turn.nowMs;
  state.sipResponseCode = sipResponseCode;
  state.timers = {};
  state.request = null;
  state.program = [];
  if (state.relay !== null) {
    post(turn, state.relay.action, relayEndParams(state, state.relay, { status: "completed" }, turn.nowMs));
    state.relay = null;
  }
  fireStatus(turn, "completed", status);
  releaseHeldBack(turn);
  endRecording(turn);
}

/** Nobody is heard beyond this moment: the words under way count as far as they came. */
export function cutSpeech(turn: Turn): void {
  const { state } = turn;
  const speaking = state.relay?.agent[0];
  if (speaking !== undefined && speaking.fromMs < turn.nowMs) {
    state.speech.push({ who: "agent", fromMs: speaking.fromMs, toMs: Math.min(speaking.toMs, turn.nowMs) });
  }
  if (state.relay !== null) state.relay.agent = [];
  const { saying } = state.customer;
  if (saying !== null) state.speech.push({ who: "customer", fromMs: saying.fromMs, toMs: turn.nowMs });
  state.customer.saying = null;
  const last = state.speech.at(-1);
  if (last !== undefined && last.toMs > turn.nowMs) last.toMs = turn.nowMs;
}
