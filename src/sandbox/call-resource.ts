// A call and its recording as Twilio's JSON resources. Numbers are strings there, times are RFC 2822.
// https://www.twilio.com/docs/voice/api/call-resource https://www.twilio.com/docs/voice/api/recording

import { talkSeconds } from "./callbacks.ts";
import { type CallState, hasEnded, recordingPath } from "./call-state.ts";
import type { ListEntry } from "./call-list.ts";
import { API_VERSION, formatNumber, recordingSidOf, rfc2822 } from "./formats.ts";
import type { SpeechSpan } from "./mp3.ts";

export type CallResource = ReturnType<typeof callResource>;
export type RecordingResource = ReturnType<typeof recordingResource>;

export function callResource(state: CallState) {
  const path = `/2010-04-01/Accounts/${state.accountSid}/Calls/${state.sid}`;
  return {
    sid: state.sid,
    date_created: rfc2822(state.createdAtMs),
    date_updated: rfc2822(state.updatedAtMs),
    parent_call_sid: null,
    account_sid: state.accountSid,
    to: state.order.to,
    to_formatted: formatNumber(state.order.to),
    from: state.order.from,
    from_formatted: formatNumber(state.order.from),
    phone_number_sid: null,
    status: state.status,
    start_time: state.initiatedAtMs === null ? null : rfc2822(state.initiatedAtMs),
    end_time: state.endedAtMs === null ? null : rfc2822(state.endedAtMs),
    duration: hasEnded(state) ? String(talkSeconds(state)) : null,
    price: null,
    price_unit: "USD",
    direction: state.direction,
    answered_by: state.detected?.answeredBy ?? null,
    annotation: null,
    api_version: API_VERSION,
    forwarded_from: null,
    group_sid: null,
    caller_name: null,
    queue_time: "0",
    trunk_sid: null,
    uri: `${path}.json`,
    subresource_uris: { recordings: `${path}/Recordings.json` },
  };
}

/** `baseUrl` is the carrier's own address. Undefined when there is (or was) nothing recorded. */
export function recordingResource(state: CallState, baseUrl: string) {
  if (state.recording === "none" || state.recording === "absent" || state.recording === "deleted") {
    return undefined;
  }
  const path = recordingPath(state);
  const startedAt = rfc2822(state.answeredAtMs ?? state.createdAtMs);
  return {
    account_sid: state.accountSid,
    api_version: API_VERSION,
    call_sid: state.sid,
    conference_sid: null,
    date_created: startedAt,
    date_updated: rfc2822(state.updatedAtMs),
    start_time: startedAt,
    duration: state.recording === "completed" ? String(talkSeconds(state)) : null,
    sid: recordingSidOf(state.sid),
    price: null,
    price_unit: "USD",
    status: state.recording,
    channels: state.order.recording?.channels ?? 1,
    source: "OutboundAPI",
    error_code: null,
    uri: `${path}.json`,
    encryption_details: null,
    subresource_uris: {},
    media_url: baseUrl + path,
  };
}

/** What a recording's audio is made of: its length, and who spoke when. */
export type RecordingMedia = { seconds: number; speech: SpeechSpan[] };

/** Undefined until the recording is ready, and once it was deleted. */
export function recordingMedia(state: CallState): RecordingMedia | undefined {
  const startMs = state.answeredAtMs;
  if (state.recording !== "completed" || startMs === null) return undefined;
  const speech = state.speech.map(({ who, fromMs, toMs }) => ({
    who,
    fromMs: fromMs - startMs,
    toMs: toMs - startMs,
  }));
  return { seconds: talkSeconds(state), speech };
}

/** A call as the account's list keeps it: what it is filtered by, and the resource as it is shown. */
export function listEntry(state: CallState): ListEntry {
  return {
    sid: state.sid,
    version: state.version,
    createdAtMs: state.createdAtMs,
    startedAtMs: state.initiatedAtMs ?? state.createdAtMs,
    to: state.order.to,
    from: state.order.from,
    parentCallSid: null,
    status: state.status,
    resource: JSON.stringify(callResource(state)),
  };
}
