// What both Workers find in the database, and the calls that live while they are measured.

import { randomBytes } from "node:crypto";
import twilio from "twilio";
import { newInboundCall } from "../../src/domain/call/state.ts";
import { RATE_LIMIT_BUCKETS } from "../../src/domain/rate-limits.ts";
import type { Instance } from "../../src/cli/instance.ts";
import { newId } from "../../src/lib/ids.ts";
import { Client, type Asked } from "./client.ts";
import { MOST_PER_MINUTE } from "./beside.ts";
import type { BenchRuntime } from "./runtime.ts";

const DAY = 86_400;

const TURNS = Array.from({ length: 16 }, (_, index) => ({
  speaker: index % 2 === 0 ? "agent" : "customer",
  text:
    index % 2 === 0
      ? "Good to know. Do you have a budget in mind?"
      : "Yes, I'd like to stay under a thousand.",
  timestamp: index * 4.2,
}));

const DETAILS = JSON.stringify({
  extraction: {
    identity: { name: "Priya Kumar", phone: "+14155550192" },
    outcome: { call_outcome: "qualified", intent_score: 88 },
    disposition: { lead_stage: "Interested in Buying" },
    preferences: { product_interest: "Standing Desk Pro", budget: "under a thousand", delivery: "two weeks" },
  },
  qms_scores: { opening: 3, energy: 2, probing: 3, closing: 3, listening: 2 },
});

/** No request is one too many. */
export async function raiseLimits({ db, instance }: BenchRuntime): Promise<void> {
  const limits = Object.fromEntries(RATE_LIMIT_BUCKETS.map((bucket) => [bucket, MOST_PER_MINUTE]));
  const raise = db.prepare("UPDATE api_keys SET limits = ? WHERE id = ?");
  await raise.bind(JSON.stringify(limits), instance.seed.keys[0]?.id).run();
}

/** Ended calls of the last 90 days, evenly, and their transcripts. Answers their ids, newest first. */
export async function seedCalls({ db, instance }: BenchRuntime, count: number): Promise<string[]> {
  const { organisation, carrier, campaigns } = instance.seed;
  const now = Math.floor(Date.now() / 1000);
  const calls = Array.from({ length: count }, (_, index) => {
    const startedAt = now - 60 - Math.floor((index * 90 * DAY) / count);
    return { id: newId("call"), to: `+1500300${String(index).padStart(4, "0")}`, startedAt };
  });
  const json = JSON.stringify(calls);
  await db.batch([
    db
      .prepare(
        `INSERT INTO calls (id, org_id, campaign_id, carrier_id, call_type, from_number, to_number, status, outcome,
           ended_reason, sentiment, summary, duration, started_at, answered_at, ended_at, carrier_call_id,
           projected_seq, analysis, key_details, carrier_recording_id, recording_key, recording_seconds)
         SELECT value ->> 'id', ?, ?, ?, 'outbound', ?, value ->> 'to', 'ended', 'connected', 'customer_hangup',
           'positive', 'The customer is interested in a desk, and would like it within two weeks.', 66,
           value ->> 'startedAt', value ->> 'startedAt' + 5, value ->> 'startedAt' + 71,
           'CA' || lower(hex(randomblob(16))), 21, ?, ?, 'RE' || lower(hex(randomblob(16))), 'bench', 66
         FROM json_each(?)`,
      )
      .bind(organisation.id, campaigns[0]?.id, carrier.id, carrier.number, DETAILS, DETAILS, json),
    db
      .prepare("INSERT INTO transcripts SELECT value ->> 'id', ?, ? FROM json_each(?)")
      .bind(organisation.id, JSON.stringify(TURNS), json),
  ]);
  return calls.map(({ id }) => id);
}

export type LiveCalls = { bornMs: number; ours: { callId: string; callSid: string }[]; beside: string[] };

/** Calls that have come in and whose carrier is about to open its relay; the other Worker has as many. */
export async function beginLiveCalls(runtime: BenchRuntime, count: number): Promise<LiveCalls> {
  const { url, limitUrl, instance } = runtime;
  const { organisation, carrier, campaigns } = instance.seed;
  const [ours, beside] = [new Client(url), new Client(limitUrl)];
  const begun: LiveCalls["ours"] = [];
  for (let index = 0; index < count; index += 1) {
    const callSid = `CA${randomBytes(16).toString("hex")}`;
    const from = `+1415555${String(1000 + index)}`;
    const form = {
      CallSid: callSid,
      From: from,
      To: carrier.number,
      CallStatus: "ringing",
      Direction: "inbound",
    };
    const { body } = await ours.ask(signed(instance, `/carriers/${carrier.id}/inbound`, form));
    const callId = /\/calls\/(cal_\w+)\/relay/.exec(body)?.[1];
    if (callId === undefined) throw new Error(`The call was not taken: ${body}`);
    begun.push({ callId, callSid });
  }
  const nowMs = Date.now();
  const limits = { dialDeadlineMs: 3e5, ringTimeoutMs: 3e4, maxDurationMs: 36e5, bridgeMaxDurationMs: 144e5 };
  const state = newInboundCall(limits, nowMs, begun[0]?.callSid ?? "");
  const entries = begun.map((_, index) => ({
    callId: newId("call"),
    callType: "inbound",
    campaignId: campaigns[1]?.id,
    contactId: newId("contact"),
    from: `+1415555${String(1000 + index)}`,
    to: carrier.number,
    status: "in_progress",
    startedAt: Math.floor(nowMs / 1000),
    answeredAt: Math.floor(nowMs / 1000),
  }));
  const body = JSON.stringify({ orgId: organisation.id, carrierId: carrier.id, state, entries });
  await beside.ask({ method: "POST", path: "/begin", body });
  for (const client of [ours, beside]) client.close();
  return { bornMs: nowMs, ours: begun, beside: entries.map(({ callId }) => callId) };
}

export async function endLiveCalls({ url, instance }: BenchRuntime, { ours }: LiveCalls): Promise<void> {
  const client = new Client(url);
  for (const { callId, callSid } of ours)
    await client.ask(statusCallback(instance, callId, callSid, "completed"));
  client.close();
}

/** What the carrier tells of a call, as Twilio does. */
export function statusCallback(instance: Instance, callId: string, callSid: string, status: string): Asked {
  const { id, number } = instance.seed.carrier;
  return signed(instance, `/carriers/${id}/calls/${callId}/status`, {
    CallSid: callSid,
    From: "+14155551000",
    To: number,
    Direction: "inbound",
    ApiVersion: "2010-04-01",
    CallStatus: status,
    SequenceNumber: "2",
    CallbackSource: "call-progress-events",
    Timestamp: new Date().toUTCString(),
    ...(status === "completed" ? { CallDuration: "5", Duration: "1" } : {}),
  });
}

function signed(instance: Instance, path: string, fields: Record<string, string>): Asked {
  const { accountSid, authToken } = instance.seed.carrier;
  const form = { AccountSid: accountSid, ...fields };
  const signature = twilio.getExpectedTwilioSignature(authToken, `http://localhost:8787${path}`, form);
  return {
    method: "POST",
    path,
    headers: { "x-twilio-signature": signature, "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(form).toString(),
  };
}
