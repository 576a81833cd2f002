// A call as Twilio's JSON resource. Numbers are strings there, times are RFC 2822.
// https://www.twilio.com/docs/voice/api/call-resource

import { talkSeconds } from "./callbacks.ts";
import { type CallState, hasEnded } from "./call-state.ts";
import { API_VERSION, formatNumber, rfc2822 } from "./formats.ts";

export type CallResource = ReturnType<typeof callResource>;

export function callResource(state: CallState) {
  const path = `/2010-04-01/Accounts/${state.accountSid}/Calls/${state.sid}`;
  return {
    sid: state.sid,
    date_created: rfc2822(state.createdAtMs),
    date_updated: rfc2822(state.updatedAtMs),
    parent_call_sid: state.parentSid,
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
