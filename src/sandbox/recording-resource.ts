// A call's recording as Twilio's JSON resource, in the two forms in which it is shown: as the account's own, and as
// one of its call's. https://www.twilio.com/docs/voice/api/recording

import { recordingSeconds } from "./callbacks.ts";
import { type CallState, type Recording, recordingPath } from "./call-state.ts";
import { API_VERSION, recordingSidOf, rfc2822 } from "./formats.ts";
import type { SpeechSpan } from "./mp3.ts";

export type RecordingResource = NonNullable<ReturnType<typeof recordingResource>>;
export type CallRecordingResource = NonNullable<ReturnType<typeof callRecordingResource>>;

/** `baseUrl` is the carrier's own address. Undefined when there is (or was) nothing recorded. */
export function recordingResource(state: CallState, baseUrl: string) {
  const recording = shownRecording(state);
  if (recording === undefined) return undefined;
  const path = recordingPath(state);
  return {
    ...commonFields(state, recording),
    price: null,
    uri: `${path}.json`,
    subresource_uris: {},
    media_url: baseUrl + path,
  };
}

/** As a subresource of its call. Undefined when there is (or was) nothing recorded. */
export function callRecordingResource(state: CallState) {
  const recording = shownRecording(state);
  if (recording === undefined) return undefined;
  const { accountSid, sid } = state;
  return {
    ...commonFields(state, recording),
    price: null,
    track: "both",
    uri: `/2010-04-01/Accounts/${accountSid}/Calls/${sid}/Recordings/${recordingSidOf(sid)}.json`,
  };
}

/** What a recording's audio is made of: its length, and who spoke when. */
export type RecordingMedia = { seconds: number; speech: SpeechSpan[] };

/** Undefined until the recording is ready, and once it was deleted. */
export function recordingMedia(state: CallState): RecordingMedia | undefined {
  const { recording } = state;
  if (recording?.status !== "completed") return undefined;
  const speech = state.speech.map(({ who, fromMs, toMs }) => ({
    who,
    fromMs: fromMs - recording.startedAtMs,
    toMs: toMs - recording.startedAtMs,
  }));
  return { seconds: recordingSeconds(state, recording), speech };
}

function shownRecording({ recording }: CallState): Recording | undefined {
  if (recording === null || recording.status === "absent" || recording.status === "deleted") return undefined;
  return recording;
}

function commonFields(state: CallState, recording: Recording) {
  const startedAt = rfc2822(recording.startedAtMs);
  return {
    account_sid: state.accountSid,
    api_version: API_VERSION,
    call_sid: state.sid,
    conference_sid: null,
    sid: recordingSidOf(state.sid),
    date_created: startedAt,
    date_updated: rfc2822(Math.max(state.updatedAtMs, recording.startedAtMs)),
    start_time: startedAt,
    duration: recording.status === "completed" ? String(recordingSeconds(state, recording)) : null,
    price_unit: "USD",
    status: recording.status,
    channels: recording.channels,
    source: recording.source,
    error_code: null,
    encryption_details: null,
  };
}
