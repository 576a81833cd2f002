// How a call ends, whoever ends it: speech is cut, who was dialled is off the line, the action of a relay or a
// `<Dial>` learns of it, then the status callback.

import { dialEndParams, relayEndParams } from "./callbacks.ts";
import { type EndStatus, hasEnded, liveLeg } from "./call-state.ts";
import { endRecording } from "./recording.ts";
import { fireStatus, releaseHeldBack } from "./status-callbacks.ts";
import { onLeg, post, type Turn } from "./turn.ts";
import type { Destination } from "./verbs.ts";

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
  state.gather = null;
  if (state.relay !== null) {
    post(turn, state.relay.action, relayEndParams(state, state.relay, { status: "completed" }, turn.nowMs));
    state.relay = null;
  }
  const dialled = endDial(turn);
  if (dialled !== undefined) post(turn, dialled.action, dialled.params);
  fireStatus(turn, "completed", status);
  releaseHeldBack(turn);
  endRecording(turn);
}

/** The `<Dial>` under way, if any, is over, and so is its leg. What it comes to is told by whoever ended it. */
export function endDial(
  turn: Turn,
): { action: Destination | null; params: Record<string, string> } | undefined {
  const { state } = turn;
  const leg = liveLeg(state);
  if (state.dial === null || leg === undefined) return undefined;
  if (leg.answeredAtMs === null) endCall(onLeg(turn, leg), "canceled", 487);
  else endCall(onLeg(turn, leg), "completed", 200);
  const { action } = state.dial;
  const params = dialEndParams(state, state.dial, leg);
  state.dial = null;
  return { action, params };
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
  endBridgeTurn(turn);
  state.speech = state.speech.filter(({ fromMs }) => fromMs <= turn.nowMs);
  for (const span of state.speech) span.toMs = Math.min(span.toMs, turn.nowMs);
}

/** In a bridge who was dialled speaks first, then the two take turns. */
export function endBridgeTurn({ state, nowMs }: Turn): void {
  const bridge = state.dial?.bridge ?? null;
  if (bridge === null) return;
  if (bridge.sinceMs < nowMs) {
    state.speech.push({
      who: bridge.turn % 2 === 0 ? "agent" : "customer",
      fromMs: bridge.sinceMs,
      toMs: nowMs,
    });
  }
  bridge.turn += 1;
  bridge.sinceMs = nowMs;
}
