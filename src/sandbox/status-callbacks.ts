// The callbacks to `StatusCallback`, and what a faulty carrier does to them.

import { faultsOf } from "./behaviours.ts";
import { statusParams } from "./callbacks.ts";
import type { CallStatus } from "./call-state.ts";
import { post, type Turn } from "./turn.ts";
import type { StatusEvent } from "./verbs.ts";

/** When the copies of a status callback are sent, in sandbox time from its event. */
const COPIES_MS = { lost: [], tripled: [0, 500, 3000], late: [30_000], faultless: [0] } as const;

/** Real time between callbacks whose order matters: the network's own haste must not undo it. */
const IN_ORDER_MS = 100;

/** Posts the status callback if this event is subscribed to; only what is fired is numbered. */
export function fireStatus(turn: Turn, event: StatusEvent, callStatus: CallStatus | "initiated"): void {
  const { state } = turn;
  const { statusCallback, statusEvents } = state.order;
  if (statusCallback === null || !statusEvents.includes(event)) return;
  const params = statusParams(state, callStatus, turn.nowMs, turn.baseUrl);
  state.nextSequence += 1;
  const fault = faultsOf(state.behaves).statusCallbacks ?? "faultless";
  if (fault === "reversed") {
    state.heldBack.unshift({ ...statusCallback, params });
    return;
  }
  for (const delayMs of COPIES_MS[fault]) {
    post(turn, statusCallback, params, turn.nowMs + delayMs / turn.speed);
  }
}

/** The call is over: what was held back goes out. */
export function releaseHeldBack(turn: Turn): void {
  for (const [index, { params, ...to }] of turn.state.heldBack.entries()) {
    post(turn, to, params, turn.nowMs + index * IN_ORDER_MS);
  }
  turn.state.heldBack = [];
}
