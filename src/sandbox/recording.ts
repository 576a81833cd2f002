// A call's recording: one at most, from the answer, a `<Start>` or a REST request in mid-call, to the call's end.
//
// Beside a relay only `<Start><Recording>` records. Twilio's documents do not say so, but who tried it does: what the
// create ordered is passed over without a word.

import { recordingParams } from "./callbacks.ts";
import type { RecordingEvent, RecordingOrder, RecordingSource } from "./call-state.ts";
import { post, setTimer, type Turn } from "./turn.ts";

const READY_MS = 1000;

export function startRecording(turn: Turn, order: RecordingOrder, source: RecordingSource): void {
  turn.state.recording = { ...order, source, status: "in-progress", startedAtMs: turn.nowMs };
  fire(turn, "in-progress");
}

/** `<Start>` begins one, unless there is one. */
export function startByDocument(turn: Turn, order: RecordingOrder): void {
  if (turn.state.recording === null) startRecording(turn, order, "StartCallRecordingTwiML");
}

/** A relay begins: what was recorded by another order is not recorded, and nobody is told. */
export function giveWayToRelay({ state }: Turn): void {
  state.order = { ...state.order, recording: null };
  if (state.recording?.source !== "StartCallRecordingTwiML") state.recording = null;
}

/** The call has ended. What was ordered and never began is absent. */
export function endRecording(turn: Turn): void {
  const { state } = turn;
  if (state.recording?.status === "in-progress") {
    state.recording.status = "processing";
    setTimer(turn, "recording-ready", READY_MS);
  } else if (state.recording === null && state.order.recording !== null) {
    const { recording } = state.order;
    state.recording = { ...recording, source: "OutboundAPI", status: "absent", startedAtMs: turn.nowMs };
    fire(turn, "absent");
  }
}

export function finishRecording(turn: Turn): void {
  if (turn.state.recording?.status !== "processing") return;
  turn.state.recording.status = "completed";
  fire(turn, "completed");
}

function fire(turn: Turn, event: RecordingEvent): void {
  const { recording } = turn.state;
  if (recording === null || !recording.events.includes(event)) return;
  post(turn, recording.callback, recordingParams(turn.state, recording, event, turn.baseUrl));
}
