// The form fields of every request the sandbox makes on behalf of a call.
// https://www.twilio.com/docs/voice/api/call-resource#statuscallback

import {
  type CallState,
  type CallStatus,
  type Dialling,
  type Leg,
  type Recording,
  type RecordingEvent,
  recordingPath,
  type Relay,
} from "./call-state.ts";
import { API_VERSION, countryOf, recordingSidOf, rfc2822, wholeSeconds } from "./formats.ts";

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
    ...(state.parentSid === null ? {} : { ParentCallSid: state.parentSid }),
    ...(state.direction === "inbound" ? placeFields(state) : {}),
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
  if (state.recording?.source === "OutboundAPI") {
    Object.assign(params, recordingFields(state, state.recording, baseUrl));
  }
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

/** The form of the request to `<Dial action>`, when the leg is over. */
export function dialEndParams(state: CallState, dial: Dialling, leg: Leg): Params {
  const wasBridged = dial.bridge !== null;
  return {
    ...commonParams(state),
    DialCallSid: leg.sid,
    DialCallStatus: dialStatusOf(leg, wasBridged),
    DialCallDuration: String(talkSeconds(leg)),
    DialBridged: String(wasBridged),
  };
}

/** Whoever picked up and was not bridged counts as one who did not answer. */
function dialStatusOf({ status }: Leg, wasBridged: boolean): CallStatus {
  if (wasBridged) return "completed";
  return status === "completed" ? "no-answer" : status;
}

export function recordingParams(
  state: CallState,
  recording: Recording,
  status: RecordingEvent,
  baseUrl: string,
): Params {
  const params: Params = {
    AccountSid: state.accountSid,
    CallSid: state.sid,
    RecordingSid: recordingSidOf(state.sid),
    RecordingUrl: baseUrl + recordingPath(state),
    RecordingStatus: status,
    RecordingChannels: String(recording.channels),
    RecordingStartTime: rfc2822(recording.startedAtMs),
    RecordingSource: recording.source,
    RecordingTrack: "both",
  };
  if (status === "completed") params["RecordingDuration"] = String(recordingSeconds(state, recording));
  return params;
}

/** From answer to end, at least 1; 0 when nobody answered. */
export function talkSeconds(state: CallState): number {
  return secondsToEnd(state, state.answeredAtMs);
}

/** From its start to the call's end, at least 1. */
export function recordingSeconds(state: CallState, recording: Recording): number {
  return secondsToEnd(state, recording.startedAtMs);
}

function secondsToEnd(state: CallState, fromMs: number | null): number {
  if (fromMs === null || state.endedAtMs === null) return 0;
  return Math.max(1, wholeSeconds(fromMs, state.endedAtMs));
}

function recordingFields(state: CallState, recording: Recording, baseUrl: string): Params {
  return {
    RecordingUrl: baseUrl + recordingPath(state),
    RecordingSid: recordingSidOf(state.sid),
    RecordingDuration: String(recordingSeconds(state, recording)),
  };
}

/** Where an inbound call's parties are, as far as their numbers tell; Twilio sends what it does not know empty. */
function placeFields({ order: { from, to } }: CallState): Params {
  const parties = { From: from, Caller: from, To: to, Called: to };
  return Object.fromEntries(
    Object.entries(parties).flatMap(([party, number]) => [
      [`${party}City`, ""],
      [`${party}State`, ""],
      [`${party}Zip`, ""],
      [`${party}Country`, countryOf(number)],
    ]),
  );
}

function detectionFields(state: CallState): Params {
  if (state.detected === null) return {};
  return {
    AnsweredBy: state.detected.answeredBy,
    MachineDetectionDuration: String(state.detected.durationMs),
  };
}
