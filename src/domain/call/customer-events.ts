// What the systems of a customer are told of a call: which events a step brings.

import type { CallEventName } from "../webhook.ts";
import { factsOf } from "./facts.ts";
import type { CallState } from "./state.ts";
import type { Outcome } from "./status.ts";
import { isUnderWay, type TransferFacts, type TransferState } from "./transfer-state.ts";

/**
 * `key` tells apart what a call can bring but once, and is never twice among its events. `transfer`: as it stood, for
 * the call may ask for another since.
 */
export type CustomerEvent = { key: string; name: CallEventName; transfer: TransferFacts | null };

/** … as it was numbered and written down: `seq` counts from 1. */
export type NumberedEvent = CustomerEvent & { seq: number; atMs: number };

/** In the order in which they are told. */
export function customerEventsOf(before: CallState, after: CallState): CustomerEvent[] {
  const events: CustomerEvent[] = [];
  const isAnswered = after.answeredBy === "person" && before.answeredBy !== "person";
  // Where only the report of the end tells of the answer, both are told.
  if (isAnswered) events.push(eventOfCall("call.started"));
  if (isSettled(after.transfer) && !isSameSettled(before.transfer, after.transfer)) {
    events.push(transferred(after, after.transfer));
  }
  if (after.ending === null || before.ending !== null) return events;
  events.push(eventOfCall("call.ended"));
  if (after.ending.outcome === "no-answer") events.push(eventOfCall("call.no_answer"));
  if (after.ending.outcome === "voicemail") events.push(eventOfCall("call.voicemail"));
  return events;
}

/** One that a call brings once at most. */
export function eventOfCall(name: Exclude<CallEventName, "call.transferred">): CustomerEvent {
  return { key: name, name, transfer: null };
}

/**
 * Of a call that no object knows any more, once it was given up. What its object may have told already is known by its
 * key; its numbers are not, so these are above any that it can have given. Times are epoch seconds.
 */
export function customerEventsOfLost(call: {
  projectedSeq: number;
  outcome: Outcome | null;
  answeredAt: number | null;
  endedAt: number;
}): NumberedEvent[] {
  const { projectedSeq, outcome, endedAt } = call;
  const answeredAt = call.answeredAt ?? endedAt;
  const told = [
    ...(outcome === "connected" ? [{ ...eventOfCall("call.started"), atMs: answeredAt * 1000 }] : []),
    { ...eventOfCall("call.ended"), atMs: endedAt * 1000 },
    { ...eventOfCall("call.analyzed"), atMs: endedAt * 1000 },
  ];
  return told.map((event, index) => Object.assign(event, { seq: projectedSeq + 1 + index }));
}

function transferred(state: CallState, { id }: TransferState): CustomerEvent {
  return { key: `call.transferred ${id}`, name: "call.transferred", transfer: factsOf(state).transfer };
}

/** It is known what came of it: customer and human talk, or they never will. */
function isSettled(transfer: TransferState | null): transfer is TransferState {
  return transfer !== null && (transfer.phase === "bridged" || !isUnderWay(transfer));
}

/** That the human's talk is over is no news of the transfer. */
function isSameSettled(before: TransferState | null, { id }: TransferState): boolean {
  return isSettled(before) && before.id === id;
}
