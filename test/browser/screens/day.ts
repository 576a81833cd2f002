// A day at the desk, for screenshots: calls that have ended in many ways, and some that live.

import { setTimeout as wait } from "node:timers/promises";
import type { CallRecord, PlacedCall } from "../../../src/contract/calls.ts";
import type { Webhook } from "../../../src/contract/webhooks.ts";
import type { Deployment } from "../support/deployment.ts";

/** The sandbox behaves by a number's last four digits. */
const ENDED: readonly (readonly [phone: string, name: string])[] = [
  ["+15005510030", "Priya Kumar"],
  ["+15005520030", "Jonas Weber"],
  ["+15005530030", "Amina Diallo"],
  ["+15005540037", "Luis Ortega"],
  ["+15005550010", "Hannah Brooks"],
  ["+15005550011", "Kenji Mori"],
  ["+15005550020", "Sofia Rossi"],
  ["+15005560020", "Peter Novak"],
  ["+15005550031", "Grace Mensah"],
  ["+15005550033", "Ray Dalton"],
  ["+15005550034", "Viktor Hale"],
  ["+15005550035", "Emma Laurent"],
  ["+15005550013", "Tariq Aziz"],
];

/** They talk until their time is up. */
const LIVING: readonly (readonly [phone: string, name: string])[] = [
  ["+15005610038", "Noor Haddad"],
  ["+15005620038", "Oliver Grant"],
  ["+15005630038", "Mei Tanaka"],
  ["+15005640038", "Carla Jimenez"],
];

const PATIENCE_MS = 120_000;

type Client = <T>(method: string, path: string, body?: unknown) => Promise<T>;

export function clientOf({ url, fullKey }: Deployment): Client {
  return async <T>(method: string, path: string, body?: unknown) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${fullKey}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
}

/** @returns the webhook that was told of all calls, and a call that has all that a call can have. */
export async function liveThroughDay(
  ask: Client,
  { campaignId, receiverUrl }: { campaignId: string; receiverUrl: string },
): Promise<{ webhookId: string; callId: string }> {
  const webhook = await ask<Webhook>("POST", "/v1/webhooks", {
    name: "CRM",
    url: receiverUrl,
    events: ["call.started", "call.ended", "call.analyzed"],
    headers: { "X-Tenant": "luminary" },
  });
  const calls = await placeAll(ask, campaignId, ENDED);
  await until("all calls have ended", async () => {
    const { total } = await ask<{ total: number }>("GET", "/api/voice/calls/live?call_type=all");
    return total === 0;
  });
  const [callId = ""] = calls;
  await until("the first call has all that a call can have", async () => {
    const {
      summary,
      sentiment,
      recording_url: recording,
    } = await ask<CallRecord>("GET", `/v1/calls/${callId}`);
    return summary !== null && sentiment !== null && recording !== null;
  });
  return { webhookId: webhook.uuid, callId };
}

/** Calls that are being talked in. Answers the first of them. */
export async function placeLivingCalls(ask: Client, campaignId: string): Promise<string> {
  const calls = await placeAll(ask, campaignId, LIVING);
  for (const callId of calls) {
    await until("a call is being talked in", async () => {
      const { transcript } = await ask<CallRecord>("GET", `/v1/calls/${callId}`);
      return transcript.length >= 3;
    });
  }
  return calls[0] ?? "";
}

async function placeAll(
  ask: Client,
  campaignId: string,
  people: readonly (readonly [phone: string, name: string])[],
): Promise<string[]> {
  const placed = [];
  for (const [to, name] of people) {
    const body = { to, campaign_id: campaignId, contact_name: name };
    placed.push((await ask<PlacedCall>("POST", "/v1/calls", body)).call_uuid);
  }
  return placed;
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`In two minutes it did not come to this: ${what}`);
    await wait(300);
  }
}
