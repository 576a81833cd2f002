// The carrier asks what to do with the customer's line, and does what it is told.

import type { CallEvent } from "./events.ts";
import type { CallState } from "./state.ts";
import { isUnderWay } from "./transfer-state.ts";

/** The carrier asks us: each of these is answered with what to do. */
export type LineQuestion = Extract<CallEvent, { type: "answer_requested" | "relay_ended" | "dial_ended" }>;

/** Who does not ask but is told. */
export const REDIRECT = "redirect";
const ANSWER = "answer";

/** Which question it is: one that is asked again, for its answer was lost, is the same. */
export function questionOf(event: LineQuestion): string {
  switch (event.type) {
    case "answer_requested":
      return ANSWER;
    case "relay_ended":
      return `relay:${event.sessionId ?? ""}`;
    case "dial_ended":
      return `dial:${event.transferId}:${event.humanId}`;
  }
}

/**
 * What the carrier is to do with the line, given where the call stands. `wait`: another order is on its way.
 *
 * @param asker the question that is answered, or `REDIRECT`.
 */
export function lineInstruction(
  state: CallState,
  asker: string,
): "relay" | "dial" | "wait" | "leave_message" | "hang_up" {
  const { status, closing, relay, transfer, leavesMessage } = state;
  if (closing !== null) return leavesMessage && asker === ANSWER ? "leave_message" : "hang_up";
  if (status === "in_progress") return "relay";
  if (status !== "transferring" && status !== "bridged") return "hang_up";
  // The question is of an earlier relay than the open one.
  if (relay === "open") return "relay";
  if (!isUnderWay(transfer) || transfer.phase !== "dialing") return "wait";
  const owner = transfer.way === "redirect" ? REDIRECT : transfer.question;
  return owner === asker ? "dial" : "wait";
}
