// What paths name, one of each kind, made for an organisation. Each may be made once in an organisation.

import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { openDb } from "../../src/db/client.ts";
import * as tables from "../../src/db/schema.ts";
import { newId } from "../../src/lib/ids.ts";
import { recordingKey } from "../../src/recordings/bucket.ts";
import { sampleEvent } from "../../src/services/webhooks/sample-event.ts";
import { webhookEndpointOf } from "../../src/stubs/stubs.ts";
import { BASE_URL, place, post, read } from "./api.ts";
import { acceptRow } from "./call-row.ts";
import { FROM, type Organisation } from "./organisation.ts";
import { Receiver } from "./receivers.ts";
import { until } from "./wait.ts";

/** By path parameter. */
export type Names = Record<string, string>;

/** Names of nothing, in the form of something. */
export const UNKNOWN: Record<string, () => string> = {
  call_uuid: () => newId("call"),
  campaign_id: () => newId("campaign"),
  carrier_id: () => newId("carrier"),
  contact_id: () => newId("contact"),
  voice_agent_id: () => newId("agent"),
  key_id: () => newId("key"),
  webhook_id: () => newId("webhook"),
  delivery_id: () => newId("delivery"),
  agent_id: () => newId("human"),
  name: () => "nobody_is_here",
  phone: () => "+14155550000",
};

async function made(org: Organisation, path: string, body: object): Promise<{ uuid: string }> {
  const response = await post(path, org.apiKey, body);
  expect([path, response.status]).toEqual([path, 201]);
  return response.json<{ uuid: string }>();
}

const db = openDb(env.DB);
const STARTED_AT = 1_780_000_100;

/** A call that has ended, with a recording. */
const NOTHING_FOUND = JSON.stringify({ extraction: {}, qms_scores: {} });

export async function aCall({ orgId, campaignId, carrierId }: Organisation): Promise<Names> {
  const id = newId("call");
  const key = recordingKey(orgId, id, "RE1");
  await env.RECORDINGS.put(key, new Uint8Array(1_000));
  await db.insert(tables.calls).values({
    id,
    orgId,
    campaignId,
    carrierId,
    callType: "outbound",
    fromNumber: FROM,
    toNumber: "+14155550192",
    status: "ended",
    outcome: "connected",
    endedReason: "agent_hangup",
    fault: "none",
    duration: 10,
    startedAt: STARTED_AT,
    answeredAt: STARTED_AT + 5,
    endedAt: STARTED_AT + 15,
    projectedSeq: 9,
    summary: "Customer talked with the agent.",
    sentiment: "neutral",
    analysis: NOTHING_FOUND,
    keyDetails: NOTHING_FOUND,
    recordingKey: key,
    recordingSeconds: 10,
  });
  const turns = JSON.stringify([{ speaker: "agent", text: "Hello.", timestamp: 0.5 }]);
  await db.insert(tables.transcripts).values({ callId: id, orgId, turns });
  return { call_uuid: id };
}

/** A call that was accepted a moment ago. */
export async function aLiveCall(org: Organisation): Promise<Names> {
  const { callId } = await acceptRow(org, null);
  return { call_uuid: callId };
}

/** A call in progress, and a queue with somebody who takes calls over. */
export async function aTalkingCall(org: Organisation): Promise<Names> {
  const { name } = await aQueue(org);
  const human = { name: "Jo Park", phone: "+15005550090", presence: "available" };
  await made(org, `/v1/queues/${name}/agents`, human);
  const callId = await place(org, "+15005550038");
  await until(
    () => read(org, callId),
    ({ status }) => status !== "dialing" && status !== "ringing",
  );
  return { call_uuid: callId };
}

/** … whose customer says what is typed. */
export async function aTypedCall(org: Organisation): Promise<Names> {
  const callId = await place(org, "+15005550080");
  await until(
    () => read(org, callId),
    ({ transcript }) => transcript.length > 0,
  );
  return { call_uuid: callId };
}

export async function aContact(org: Organisation): Promise<Names> {
  const body = { phone: "+14155550193", name: "Ann", metadata: { plan: { name: "pro" } } };
  return { contact_id: (await made(org, "/v1/contacts", body)).uuid };
}

/** Each organisation has another, so that what is found under it tells whose it is. */
let nextNumber = 1_000;

export async function anOptOut(org: Organisation): Promise<Names> {
  const phone = `+1415555${nextNumber}`;
  nextNumber += 1;
  await made(org, "/v1/opt-outs", { phone });
  return { phone };
}

export async function aCampaign(org: Organisation): Promise<Names> {
  return { campaign_id: (await made(org, "/v1/campaigns", { kind: "outbound", name: "Desks" })).uuid };
}

export async function aVoiceAgent(org: Organisation): Promise<Names> {
  return { voice_agent_id: (await made(org, "/v1/voice-agents", { name: "Ben" })).uuid };
}

export async function aCarrier(org: Organisation): Promise<Names> {
  const body = { kind: "sandbox", name: "Spare", numbers: ["+15550010009"] };
  return { carrier_id: (await made(org, "/v1/carriers", body)).uuid };
}

export async function aKey(org: Organisation): Promise<Names> {
  return { key_id: (await made(org, "/v1/keys", { name: "Spare", scopes: ["voice:calls:read"] })).uuid };
}

export async function aQueue(org: Organisation): Promise<{ name: string }> {
  await made(org, "/v1/queues", { name: "sales" });
  return { name: "sales" };
}

export async function aHuman(org: Organisation): Promise<Names> {
  const { name } = await aQueue(org);
  const { uuid } = await made(org, `/v1/queues/${name}/agents`, { name: "Jo", phone: "+14155550124" });
  return { name, agent_id: uuid };
}

export async function aWebhook(org: Organisation): Promise<{ webhook_id: string }> {
  const body = {
    name: "CRM",
    url: (await Receiver.listen()).url,
    events: ["call.ended"],
    headers: { authorization: "Bearer of-the-customer" },
  };
  return { webhook_id: (await made(org, "/v1/webhooks", body)).uuid };
}

/** … and something that was sent to it. */
export async function aDelivery(org: Organisation): Promise<Names> {
  const { webhook_id } = await aWebhook(org);
  const endpoint = webhookEndpointOf(env, webhook_id);
  const sample = { orgId: org.orgId, baseUrl: BASE_URL, nowSeconds: STARTED_AT };
  const body = JSON.stringify(sampleEvent("call.ended", sample));
  const callId = newId("call");
  const firedAtMs = STARTED_AT * 1000;
  await endpoint.accept([{ eventId: newId("event"), event: "call.ended", callId, firedAtMs, body }]);
  const { deliveries } = await endpoint.list({}, { limit: 1, offset: 0 });
  return { webhook_id, delivery_id: deliveries[0]?.id ?? "" };
}
