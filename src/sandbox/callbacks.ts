// The form fields of every request the sandbox makes on behalf of a call.
// https://www.twilio.com/docs/voice/api/call-resource#statuscallback

import { type CallState, type CallStatus, recordingPath, type Relay } from "./call-state.ts";
import { API_VERSION, recordingSidOf, rfc2822, wholeSeconds } from "./formats.ts";

type Params = Record<string, string>;

/** The fields that every request carries. */
export function commonParams(state: CallState, callStatus: CallStatus | "initiated" = state.status): Params {
  return {
    CallSid: state.sid,
    AccountSid: state.accountSid,
    From: state.order.from,
    To: state.order.to,
    Caller: state.order.from,
    Called: state.order.to,
    Direction: state.direction,
    ApiVersion: API_VERSION,
    CallStatus: callStatus,
  };
}

/** `baseUrl` is the carrier's own address, for the recording's URL. */
export function statusParams(
  state: CallState,
  callStatus: CallStatus | "initiated",
  nowMs: number,
  baseUrl: string,
): Params {
  const params: Params = {
    ...commonParams(state, callStatus),
    SequenceNumber: String(state.nextSequence),
    Timestamp: rfc2822(nowMs),
    CallbackSource: "call-progress-events",
  };
  if (state.endedAtMs === null) return params;
  const seconds = talkSeconds(state);
  params["CallDuration"] = String(seconds);
  params["Duration"] = String(Math.ceil(seconds / 60));
  if (state.sipResponseCode !== null) params["SipResponseCode"] = String(state.sipResponseCode);
  if (state.detected !== null) params["AnsweredBy"] = state.detected.answeredBy;
  if (state.recording === "processing") Object.assign(params, recordingFields(state, baseUrl));
  return params;
}

/** The form of the request for the call's first document. */
export function answerParams(state: CallState): Params {
  return { ...commonParams(state), ...detectionFields(state) };
}

export function detectionParams(state: CallState): Params {
  return { CallSid: state.sid, AccountSid: state.accountSid, ...detectionFields(state) };
}

export type RelayEnd =
  | { status: "ended"; handoffData: string | null }
  | { status: "failed"; errorCode: number; errorMessage: string }
  | { status: "completed" };

/** The form of the request to `<Connect action>`. */
export function relayEndParams(state: CallState, relay: Relay, end: RelayEnd, nowMs: number): Params {
  const params: Params = {
    ...commonParams(state),
    SessionId: relay.sessionId,
    SessionStatus: end.status,
    SessionDuration: String(wholeSeconds(relay.startedAtMs, nowMs)),
  };
  if (end.status === "ended" && end.handoffData !== null) params["HandoffData"] = end.handoffData;
  if (end.status === "failed") {
    params["ErrorCode"] = String(end.errorCode);
    params["ErrorMessage"] = end.errorMessage;
  }
  return params;
}

export function recordingParams(
  state: CallState,
  status: "in-progress" | "completed" | "absent",
  baseUrl: string,
): Params {
  const params: Params = {
    AccountSid: state.accountSid,
    CallSid: state.sid,
    RecordingSid: recordingSidOf(state.sid),
    RecordingUrl: baseUrl + recordingPath(state),
    RecordingStatus: status,
    RecordingChannels: String(state.order.recording?.channels ?? 1),
    RecordingStartTime: rfc2822(state.answeredAtMs ?? state.createdAtMs),
    RecordingSource: "OutboundAPI",
    RecordingTrack: "both",
  };
  if (status === "completed") params["RecordingDuration"] = String(talkSeconds(state));
  return params;
}

/** From answer to end, at least 1; 0 when nobody answered. A recording lasts as long as its call. */
export function talkSeconds(state: CallState): number {
  if (state.answeredAtMs === null || state.endedAtMs === null) return 0;
  return Math.max(1, wholeSeconds(state.answeredAtMs, state.endedAtMs));
}

function recordingFields(state: CallState, baseUrl: string): Params {
  return {
    RecordingUrl: baseUrl + recordingPath(state),
    RecordingSid: recordingSidOf(state.sid),
    RecordingDuration: String(talkSeconds(state)),
  };
}

function detectionFields(state: CallState): Params {
  if (state.detected === null) return {};
  return {
    AnsweredBy: state.detected.answeredBy,
    MachineDetectionDuration: String(state.detected.durationMs),
  };
}
