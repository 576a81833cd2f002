// What a REST update does to a call.

import { assertNever } from "../lib/assert-never.ts";
import { answerParams } from "./callbacks.ts";
import { endCall, endDial } from "./ending.ts";
import { load, requestDocument } from "./program.ts";
import { suspendTalk } from "./talk.ts";
import { clearTimers, type Turn } from "./turn.ts";
import type { Destination } from "./verbs.ts";

/** Found to fit the call's status before it comes here. */
export type CallChange =
  | { kind: "end" }
  | { kind: "cancel" }
  | { kind: "redirect"; to: Destination }
  | { kind: "replace"; twiml: string }
  | { kind: "limit"; seconds: number }
  | { kind: "report"; to: Destination }
  | { kind: "fall-back"; to: Destination };

export function changeCall(turn: Turn, change: CallChange): void {
  const { state } = turn;
  switch (change.kind) {
    case "end":
      if (state.status === "in-progress") return endCall(turn, "completed", 200);
      return endCall(turn, "canceled", 487);
    case "cancel":
      if (state.status !== "in-progress") endCall(turn, "canceled", 487);
      return;
    case "limit":
      state.order.timeLimitSeconds = change.seconds;
      if (state.answeredAtMs !== null)
        state.timers["time-limit"] = state.answeredAtMs + change.seconds * 1000;
      return;
    case "report":
      state.order.statusCallback = change.to;
      return;
    case "fall-back":
      state.order.fallback = change.to;
      return;
    case "redirect":
      leaveDocument(turn);
      return requestDocument(turn, change.to, answerParams(state));
    case "replace":
      leaveDocument(turn);
      return load(turn, change.twiml, state.documentUrl);
    default:
      assertNever(change);
  }
}

/** Whatever was running is given up without a word, a relay or a `<Dial>` without its action. */
function leaveDocument(turn: Turn): void {
  const { state } = turn;
  suspendTalk(turn);
  endDial(turn);
  clearTimers(turn, "verb", "gather", "key");
  if (state.order.detection?.async === false) clearTimers(turn, "detect");
  state.relay = null;
  state.gather = null;
}
