// The moment from which a line is up, on either side: an outbound call that was answered, an inbound one whose
// first verb needs the line.

import { startRecording } from "./recording.ts";
import { fireStatus } from "./status-callbacks.ts";
import { clearTimers, type Turn } from "./turn.ts";

/** Time counts from now on. Changes nothing if the line is up already. */
export function pickUp(turn: Turn): void {
  const { state } = turn;
  if (state.answeredAtMs !== null) return;
  clearTimers(turn, "settle");
  state.status = "in-progress";
  state.answeredAtMs = turn.nowMs;
  state.timers["time-limit"] = turn.nowMs + state.order.timeLimitSeconds * 1000;
  fireStatus(turn, "answered", "in-progress");
  if (state.order.recording !== null) startRecording(turn, state.order.recording, "OutboundAPI");
}
