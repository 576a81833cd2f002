// Ledgers of a run in which all is well, for tests that spoil them.

import type { CallEvent } from "../../../src/contract/call-events.ts";
import type { CallEventName } from "../../../src/domain/webhook.ts";
import type { CallRow, OrgLedger, SpokenLine, StoredLedger } from "../../chaos/ledgers.ts";
import { recount } from "../../chaos/judge-counts.ts";
import type { LoadLedger } from "../../chaos/load.ts";
import type { Delivery } from "../../chaos/receiver.ts";

export type Ledgers = { load: LoadLedger; orgs: OrgLedger[]; stored: StoredLedger };

export const ORG = "org_1";
export const CALL = "cal_1";
export const TO = "+15005550030";
export const SID = "CA1";
const CAMPAIGN = "flw_1";
const FROM = "+15550010000";
/** 2026-05-12T14:32:01Z */
const STARTED = 1_778_596_321;

/** One call to an interested customer. */
export function soundLedgers(): Ledgers {
  const row = soundRow();
  return {
    load: {
      acknowledged: [{ index: 0, org: 0, to: TO, behaves: "0030", callId: CALL, deeds: [] }],
      callers: [],
      outages: [],
      surprises: [],
      seconds: 1,
    },
    orgs: [soundOrg()],
    stored: {
      calls: [row],
      rollups: [...recount([row])].map(([name, counts]) => {
        const [org = "", scope = "", grain = "", bucket = ""] = name.split(" ");
        return Object.assign(counts, { org_id: org, scope, grain, bucket: Number(bucket) });
      }),
      contacts: [{ id: "cst_1", phone: TO, total_calls: 1 }],
      optOuts: [],
      transcripts: [{ call_id: CALL, turns: JSON.stringify(soundTalk()) }],
      sessions: [
        {
          call_id: CALL,
          requested_at_ms: STARTED * 1_000,
          lines: soundTalk(),
          transfers: [],
          asked_carrier_ms: [],
          hung_up_again: [],
        },
      ],
      heldLocks: [],
      deadLetters: [],
      owed: [],
      slots: [],
      reservations: [],
      onBoard: [],
    },
  };
}

/** Eight questions, and eight answers. */
function soundTalk(): SpokenLine[] {
  return Array.from({ length: 8 }, (_, index): SpokenLine[] => [
    { speaker: "agent", text: `Question ${index}?` },
    { speaker: "customer", text: `Answer ${index}.` },
  ]).flat();
}

function soundOrg(): OrgLedger {
  return {
    id: ORG,
    listed: [
      {
        uuid: CALL,
        call_type: "outbound",
        campaign_uuid: CAMPAIGN,
        contact_uuid: "cst_1",
        from_number: FROM,
        to_number: TO,
        status: "ended",
        duration: 20,
        duration_formatted: "00:20",
        outcome: "connected",
        sentiment: "positive",
        summary: "Interested.",
        recording_url: null,
        started_at: "2026-05-12T14:32:01Z",
        ended_at: "2026-05-12T14:32:31Z",
      },
    ],
    stats: {
      total_calls: 1,
      connected: 1,
      voicemail: 0,
      no_answer: 0,
      failed: 0,
      connect_rate: 1,
      sentiment_breakdown: { positive: 1, neutral: 0, negative: 0 },
      avg_duration_seconds: 20,
    },
    liveTotal: 0,
    boardTotal: 0,
    humansInCall: 0,
    silentRecordings: [],
    carrierCalls: [soundLine()],
    carrierRecordings: [],
    maxConcurrent: 1,
  };
}

export function soundLine(): OrgLedger["carrierCalls"][number] {
  return {
    sid: SID,
    parent_call_sid: null,
    from: FROM,
    to: TO,
    status: "completed",
    direction: "outbound-api",
    start_time: "Tue, 12 May 2026 14:32:02 +0000",
    end_time: "Tue, 12 May 2026 14:32:31 +0000",
  };
}

function soundRow(): CallRow {
  return {
    id: CALL,
    org_id: ORG,
    campaign_id: CAMPAIGN,
    contact_id: "cst_1",
    call_type: "outbound",
    from_number: FROM,
    to_number: TO,
    status: "ended",
    outcome: "connected",
    ended_reason: "agent_hangup",
    sentiment: "positive",
    duration: 20,
    started_at: STARTED,
    ended_at: STARTED + 30,
    carrier_call_id: SID,
    analysis: "{}",
    key_details: '{"extraction":{"budget":1000},"qms_scores":{}}',
    transfer: null,
    carrier_recording_id: null,
    recording_key: null,
  };
}

/** The power was away while the call lived. */
export const OUTAGE = {
  fromMs: (STARTED + 5) * 1_000,
  toMs: (STARTED + 7) * 1_000,
  restartMs: 2_000,
};

/** What the two webhooks of the organisation are told of the call. */
export function soundDeliveries(): Delivery[] {
  const events = ["call.started", "call.ended", "call.analyzed"] as const;
  const all = events.map((event, index) => deliveryOf("all", event, index + 1));
  return [...all, deliveryOf("some", "call.ended", 2)];
}

export function deliveryOf(hook: string, name: CallEventName, seq: number): Delivery {
  const [summary] = soundOrg().listed;
  if (summary === undefined) throw new Error("There is a call");
  const { uuid, ...rest } = summary;
  const event: CallEvent = {
    event: name,
    fired_at: "2026-05-12T14:32:31Z",
    organisation_uuid: ORG,
    data: {
      call_uuid: uuid,
      seq,
      ...rest,
      answered_at: "2026-05-12T14:32:11Z",
      ended_reason: "agent_hangup",
      fault: "none",
      carrier: { carrier_id: "car_1", carrier_call_id: SID },
      transfer: null,
      transcript: [],
      key_details: { extraction: {}, qms_scores: {} },
    },
  };
  return {
    orgId: ORG,
    hook,
    webhookId: `evt_${name}`,
    body: JSON.stringify(event),
    event,
    isSigned: true,
    answer: "taken",
    atMs: (STARTED + 31) * 1_000,
  };
}
