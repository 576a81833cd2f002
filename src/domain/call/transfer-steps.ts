// The steps of which a transfer to a human agent is made. What leads to which: transfer.ts.

import type { CallEffect, Step } from "./events.ts";
import { awaitRelay, boundAgent, withinBound } from "./relay.ts";
import { withTimers, type CallState } from "./state.ts";
import type { LineWay, ReservedHuman, TRANSFER_RESULTS, TransferState } from "./transfer-state.ts";
import { whisperMs } from "./whisper.ts";

/** How long a human's phone rings. */
export const HUMAN_RINGS_SECONDS = 20;
/** The agent's way back is never longer than this; so much longer may the call last. */
const TRANSFER_MS = 120_000;
/** The agent that comes back has at least so much time, however little it had left: it must say what happened. */
const WAY_BACK_MS = 20_000;
/** An order that the carrier may have taken or not is given so long to show. */
const MAYBE_RINGS_MS = 10_000;
/** A queue that gave no answer is asked again, for the object that asked has died. */
const RESERVE_AGAIN_MS = 15_000;
/** What the carrier may be late with its word on a human's phone. */
const DIAL_SLACK_MS = 15_000;
/** While people talk without us the carrier is asked this often whether they still do. */
export const QUIET_BRIDGE_MS = 60_000;
/** What the call's bound leaves beyond the human's part. */
const BRIDGE_MARGIN_MS = 60_000;

/** Which way an order goes to the carrier, and as the answer to which of its questions. */
export type Order = Pick<TransferState, "way" | "question">;
export const BY_REDIRECT: Order = { way: "redirect", question: null };
export const byDocument = (question: string): Order => ({ way: "document", question });

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
      // The carrier of an inbound call hears our conditions together with the new limit.
      charged: state.inbound || state.charged,
      turn: null,
      owedTurn: null,
      owedTries: 0,
      transfers: state.transfers + 1,
      transfer: { ...transfer, agentLeftMs, giveUpAtMs: nowMs + TRANSFER_MS },
    },
    {
      silence: null,
      keys: null,
      max_duration: null,
      wrap_up: null,
      ask_carrier: nowMs + QUIET_BRIDGE_MS,
      must_end: (state.timers.must_end ?? nowMs) + TRANSFER_MS,
    },
  );
}

export function begunAtMs({ giveUpAtMs }: TransferState): number {
  return giveUpAtMs - TRANSFER_MS;
}

/** The carrier is to ring the human. */
export function dialHuman(
  state: CallState,
  transfer: TransferState,
  human: ReservedHuman,
  order: Order,
  nowMs: number,
): Step {
  const answerByMs = nowMs + shortestDialMs(transfer) + DIAL_SLACK_MS;
  const dialing: TransferState = { ...transfer, ...order, phase: "dialing", human, pickedUp: false };
  return {
    state: withTimers(
      { ...state, relay: "lost", transfer: dialing, redirectLosses: 0 },
      {
        transfer: Math.min(answerByMs, transfer.giveUpAtMs),
        redirect: null,
        ask_carrier: nowMs + QUIET_BRIDGE_MS,
      },
    ),
    effects: tellCarrier(order.way),
  };
}

/** The carrier may have rung the human or not; it is not asked to again, for their phone would ring twice. */
export function awaitSign(state: CallState, nowMs: number): CallState {
  const soonMs = nowMs + MAYBE_RINGS_MS;
  return withTimers(state, { transfer: Math.min(state.timers.transfer ?? soonMs, soonMs) });
}

/** With less than this left nobody else is rung. */
function shortestDialMs(transfer: TransferState): number {
  return HUMAN_RINGS_SECONDS * 1_000 + whisperMs(transfer);
}

/** The human hears the brief: so much time is theirs. Who has picked up in time is not cut off in its middle. */
export function awaitKey(state: CallState, transfer: TransferState, nowMs: number): CallState {
  const spanMs = whisperMs(transfer);
  const answerByMs = Math.min(nowMs + DIAL_SLACK_MS, transfer.giveUpAtMs) + spanMs;
  const heard = { ...state, transfer: { ...transfer, pickedUp: true } };
  return withTimers(heard, { transfer: answerByMs, redirect: null });
}

/** The human that was rung did not take the call: another is asked for, if there is time. */
export function tryNext(state: CallState, before: TransferState, order: Order, nowMs: number): Step {
  const tried = before.human === null ? before.tried : [...before.tried, before.human.id];
  const transfer: TransferState = { ...before, ...order, tried };
  if (nowMs + shortestDialMs(transfer) > transfer.giveUpAtMs) {
    return backToAgent(state, transfer, order.way, nowMs);
  }
  return askQueue(withTimers(state, { redirect: null }), transfer, nowMs);
}

/** Nobody took the call: the voice agent takes the conversation up again. */
export function backToAgent(state: CallState, transfer: TransferState, way: LineWay, nowMs: number): Step {
  const over = endTransfer(state, { ...transfer, untold: true }, "not_accepted", nowMs);
  const awaits = awaitRelay({ ...over.state, status: "in_progress", redirectLosses: 0 }, nowMs);
  const leftMs = Math.max(WAY_BACK_MS, transfer.agentLeftMs);
  return {
    state: withTimers(boundAgent(awaits, withinBound(awaits, nowMs + leftMs), nowMs), { redirect: null }),
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
        redirect: null,
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
    state: withTimers({ ...state, transfer: over }, { transfer: null, redirect: null }),
    effects: [{ type: "release_human", queueId: transfer.queueId, transferId: transfer.id }],
  };
}

function tellCarrier(way: LineWay): CallEffect[] {
  return way === "redirect" ? [{ type: "redirect" }] : [];
}
