// An event as a receiver will get it, of a call that never was: made-up ids, and numbers that are nobody's.

import type { CallEvent } from "../../contract/call-events.ts";
import { formatDuration } from "../../domain/duration.ts";
import type { CallEventName } from "../../domain/webhook.ts";
import { toHex } from "../../lib/crypto.ts";
import { newId } from "../../lib/ids.ts";
import { isoSeconds } from "../../lib/time.ts";

type Data = CallEvent["data"];
type Options = { orgId: string; baseUrl: string; nowSeconds: number };

export function sampleEvent(event: CallEventName, { orgId, baseUrl, nowSeconds }: Options): CallEvent {
  const callId = newId("call");
  return {
    event,
    fired_at: isoSeconds(nowSeconds),
    organisation_uuid: orgId,
    test: true,
    data: { ...accepted(callId, nowSeconds), ...STORIES[event]({ callId, baseUrl, nowSeconds }) },
  };
}

type Told = { callId: string; baseUrl: string; nowSeconds: number };

/** What is known of the call by then, beside that it was placed. */
const STORIES: Record<CallEventName, (told: Told) => Partial<Data>> = {
  "call.started": answered,
  "call.ended": talked,
  "call.no_answer": (told) => ({ ...ended(told, "no-answer", "no_answer"), ...withDuration(0), seq: 2 }),
  "call.voicemail": (told) => ({
    ...ended(told, "voicemail", "voicemail"),
    ...withDuration(0),
    answered_at: isoSeconds(told.nowSeconds - 9),
    seq: 2,
  }),
  "call.transferred": transferred,
  "call.analyzed": analysed,
  "call.recording_ready": (told) => ({
    ...analysed(told),
    recording_url: `${told.baseUrl}/api/voice/calls/${told.callId}/recording`,
    seq: 4,
  }),
};

function accepted(callId: string, nowSeconds: number): Data {
  return {
    call_uuid: callId,
    call_type: "outbound",
    seq: 1,
    campaign_uuid: newId("campaign"),
    contact_uuid: newId("contact"),
    from_number: "+14155550100",
    to_number: "+14155550192",
    status: "ringing",
    duration: null,
    duration_formatted: null,
    outcome: null,
    sentiment: null,
    summary: null,
    recording_url: null,
    started_at: isoSeconds(nowSeconds - CALL_SECONDS),
    ended_at: null,
    answered_at: null,
    ended_reason: null,
    fault: null,
    carrier: {
      carrier_id: newId("carrier"),
      carrier_call_id: `CA${toHex(crypto.getRandomValues(new Uint8Array(16)))}`,
    },
    transfer: null,
    transcript: [],
    key_details: { extraction: {}, qms_scores: {} },
  };
}

/** From acceptance to now, and of that the talk. */
const CALL_SECONDS = 119;
const TALK_SECONDS = 113;

function answered({ nowSeconds }: Told): Partial<Data> {
  return { status: "in_progress", answered_at: isoSeconds(nowSeconds - TALK_SECONDS) };
}

function ended({ nowSeconds }: Told, outcome: Data["outcome"], reason: Data["ended_reason"]): Partial<Data> {
  return { status: "ended", outcome, ended_reason: reason, fault: "none", ended_at: isoSeconds(nowSeconds) };
}

function withDuration(seconds: number): Pick<Data, "duration" | "duration_formatted"> {
  return { duration: seconds, duration_formatted: formatDuration(seconds) };
}

const TRANSCRIPT: Data["transcript"] = [
  { speaker: "agent", text: "Hello, this is Aria of Luminary Home. Is this a good time?", timestamp: 0.8 },
  { speaker: "customer", text: "Yes. How soon could you deliver the desk?", timestamp: 6.2 },
  { speaker: "agent", text: "Within three days. Shall I reserve one for you?", timestamp: 10.4 },
  { speaker: "customer", text: "Please do.", timestamp: 15.1 },
];

function talked(told: Told): Partial<Data> {
  return {
    ...answered(told),
    ...ended(told, "connected", "agent_hangup"),
    ...withDuration(TALK_SECONDS),
    transcript: TRANSCRIPT,
    seq: 2,
  };
}

function transferred(told: Told): Partial<Data> {
  const at = isoSeconds(told.nowSeconds);
  return {
    ...answered(told),
    status: "bridged",
    transcript: TRANSCRIPT,
    transfer: {
      transfer_id: newId("transfer"),
      target: "sales_specialist",
      status: "bridged",
      agent_brief: "Ready to buy, needs delivery within 3 days.",
      human_agent: { uuid: newId("human"), name: "Dana" },
      requested_at: isoSeconds(told.nowSeconds - 12),
      bridged_at: at,
      ended_at: null,
      context: { cart_value: 850 },
    },
    seq: 2,
  };
}

function analysed(told: Told): Partial<Data> {
  return {
    ...talked(told),
    sentiment: "positive",
    summary: "Customer interested in Standing Desk Pro, wants delivery within three days.",
    key_details: {
      extraction: { product: "Standing Desk Pro", delivery_days: 3 },
      qms_scores: { opening: 3, clarity: 2 },
    },
    seq: 3,
  };
}
