// The steps of which a transfer to a human agent is made. What leads to which: transfer.ts.

import type { CallEffect, Step } from "./events.ts";
import { awaitRelay, withinBound } from "./relay.ts";
import { withTimers, type CallState } from "./state.ts";
import type { LineWay, ReservedHuman, TRANSFER_RESULTS, TransferState } from "./transfer-state.ts";
import { whisperMs } from "./whisper.ts";

/** How long a human's phone rings. */
export const HUMAN_RINGS_SECONDS = 20;
/** The agent's way back is never longer than this; so much longer may the call last. */
const TRANSFER_MS = 120_000;
/** With less than this left nobody else is rung. */
const SHORTEST_DIAL_MS = 30_000;
/** A queue that gave no answer is asked again, for the object that asked has died. */
const RESERVE_AGAIN_MS = 15_000;
/** What the carrier may be late with its word on a human's phone. */
const DIAL_SLACK_MS = 15_000;
/** While people talk without us the carrier is asked this often whether they still do. */
export const QUIET_BRIDGE_MS = 60_000;
/** What the call's bound leaves beyond the human's part. */
const BRIDGE_MARGIN_MS = 60_000;

export type TransferResult = (typeof TRANSFER_RESULTS)[number];

/** The queue is asked for a human, the first or another. */
export function askQueue(state: CallState, transfer: TransferState, nowMs: number): Step {
  const reserving: TransferState = { ...transfer, phase: "reserving", human: null };
  return {
    state: withTimers({ ...state, transfer: reserving }, { transfer: nowMs + RESERVE_AGAIN_MS }),
    effects: [{ type: "reserve_human" }],
  };
}

/** From here on the agent's clock stands still, nobody's silence is counted, and the call may last longer. */
export function begin(state: CallState, transfer: TransferState, nowMs: number): CallState {
  const agentLeftMs = Math.max(0, (state.timers.max_duration ?? nowMs) - nowMs);
  return withTimers(
    {
      ...state,
      status: "transferring",
      transfers: state.transfers + 1,
      transfer: { ...transfer, agentLeftMs, giveUpAtMs: nowMs + TRANSFER_MS },
    },
    {
      silence: null,
      max_duration: null,
      ask_carrier: nowMs + QUIET_BRIDGE_MS,
      must_end: (state.timers.must_end ?? nowMs) + TRANSFER_MS,
    },
  );
}

/** The carrier is to ring the human. */
export function dialHuman(
  state: CallState,
  transfer: TransferState,
  human: ReservedHuman,
  way: LineWay,
  nowMs: number,
): Step {
  const answerByMs = nowMs + HUMAN_RINGS_SECONDS * 1_000 + whisperMs(transfer) + DIAL_SLACK_MS;
  const dialing: TransferState = { ...transfer, phase: "dialing", human, way };
  return {
    state: withTimers(
      { ...state, relay: "lost", transfer: dialing },
      { transfer: Math.min(answerByMs, transfer.giveUpAtMs), ask_carrier: nowMs + QUIET_BRIDGE_MS },
    ),
    effects: tellCarrier(way),
  };
}

/** The human hears the brief: so much time is theirs. */
export function awaitKey(state: CallState, transfer: TransferState, nowMs: number): CallState {
  const answerByMs = nowMs + whisperMs(transfer) + DIAL_SLACK_MS;
  return withTimers(state, { transfer: Math.min(answerByMs, transfer.giveUpAtMs) });
}

/** The human that was rung did not take the call: another is asked for, if there is time. */
export function tryNext(state: CallState, before: TransferState, way: LineWay, nowMs: number): Step {
  const tried = before.human === null ? before.tried : [...before.tried, before.human.id];
  const transfer: TransferState = { ...before, tried, way };
  if (nowMs + SHORTEST_DIAL_MS > transfer.giveUpAtMs) return backToAgent(state, transfer, way, nowMs);
  return askQueue(state, transfer, nowMs);
}

/** Nobody took the call: the voice agent takes the conversation up again. */
export function backToAgent(state: CallState, transfer: TransferState, way: LineWay, nowMs: number): Step {
  const over = endTransfer(state, { ...transfer, untold: true }, "not_accepted", nowMs);
  const awaits = awaitRelay({ ...over.state, status: "in_progress" }, nowMs);
  return {
    state: withTimers(awaits, { max_duration: withinBound(awaits, nowMs + transfer.agentLeftMs) }),
    effects: [...over.effects, ...tellCarrier(way)],
  };
}

/** Customer and human talk. Nothing of ours ends that but the longest time that is set for it. */
export function bridge(state: CallState, transfer: TransferState, nowMs: number): Step {
  const untilMs = nowMs + state.limits.bridgeMaxDurationMs;
  const bridged: TransferState = { ...transfer, phase: "bridged", bridgedAtMs: nowMs };
  return {
    state: withTimers(
      { ...state, status: "bridged", transfer: bridged },
      {
        transfer: null,
        max_duration: untilMs,
        must_end: untilMs + BRIDGE_MARGIN_MS,
        ask_carrier: nowMs + QUIET_BRIDGE_MS,
      },
    ),
    effects: [
      { type: "raise_limit" },
      { type: "accept_human", queueId: transfer.queueId, transferId: transfer.id },
    ],
  };
}

/** The transfer is over, and whoever was reserved for it is given back. */
export function endTransfer(
  state: CallState,
  transfer: TransferState,
  result: TransferResult,
  endedAtMs: number,
): Step {
  const over: TransferState = {
    ...transfer,
    phase: result,
    human: result === "completed" ? transfer.human : null,
    endedAtMs: Math.max(endedAtMs, transfer.bridgedAtMs ?? transfer.requestedAtMs),
  };
  return {
    state: withTimers({ ...state, transfer: over }, { transfer: null }),
    effects: [{ type: "release_human", queueId: transfer.queueId, transferId: transfer.id }],
  };
}

function tellCarrier(way: LineWay): CallEffect[] {
  return way === "redirect" ? [{ type: "redirect" }] : [];
}
