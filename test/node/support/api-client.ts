// The API as a client sees it.

import { callRecordSchema, placedCallSchema, type CallRecord } from "../../../src/contract/calls.ts";
import { createdKeySchema } from "../../../src/contract/keys.ts";
import { liveCallsSchema, type LiveCalls } from "../../../src/contract/live.ts";
import { readContract, type Contract, type ContractDocument } from "../../support/contract.ts";
import type { LocalWorker } from "../../../src/cli/local-worker.ts";

type Client = Pick<LocalWorker, "url" | "instance">;

const keys = new WeakMap<Client, Promise<string>>();

/** A key that may ask more often than the demo's: tests place many calls at once, and poll. */
function keyOf(client: Client): Promise<string> {
  const known = keys.get(client);
  if (known !== undefined) return known;
  const key = createKey(client);
  keys.set(client, key);
  return key;
}

async function createKey({ url, instance }: Client): Promise<string> {
  const body = JSON.stringify({
    name: "test",
    scopes: ["voice:calls:read", "voice:calls:write"],
    limits: { default: 60_000, place_call: 60_000 },
  });
  const headers = { authorization: `Bearer ${instance.adminKey}`, "content-type": "application/json" };
  const response = await fetch(`${url}/v1/keys`, { method: "POST", headers, body });
  if (response.status !== 201) throw new Error(`No key: ${response.status} ${await response.text()}`);
  const { key } = createdKeySchema.parse(await response.json());
  if (key === null) throw new Error("The answer has no key");
  return key;
}

/** Fails if the answer is not one that the published contract has. */
async function request(client: Client, path: string, init: RequestInit = {}): Promise<Response> {
  const { url } = client;
  const headers = { authorization: `Bearer ${await keyOf(client)}`, "content-type": "application/json" };
  const response = await fetch(`${url}${path}`, { ...init, headers });
  const contract = contracts.get(url) ?? readContract(await readDocument(url));
  contracts.set(url, contract);
  const asked = { method: init.method ?? "GET", path, body: init.body };
  const text = () => response.clone().text();
  await contract.hold(asked, { status: response.status, headers: response.headers, text });
  return response;
}

const contracts = new Map<string, Contract>();

async function readDocument(url: string): Promise<ContractDocument> {
  // Written by us, and held against the rules of OpenAPI by the checks.
  return (await (await fetch(`${url}/openapi.json`)).json()) as ContractDocument;
}

export async function placeCall(client: Client, to: string): Promise<string> {
  const body = JSON.stringify({ to, campaign_id: client.instance.campaignId, contact_name: "Priya Kumar" });
  const response = await request(client, "/v1/calls", { method: "POST", body });
  if (response.status !== 201) throw new Error(`${to}: ${response.status} ${await response.text()}`);
  return placedCallSchema.parse(await response.json()).call_uuid;
}

export async function readCall(client: Client, callId: string): Promise<CallRecord> {
  return callRecordSchema.parse(await (await request(client, `/v1/calls/${callId}`)).json());
}

export async function readLiveCalls(client: Client): Promise<LiveCalls> {
  return liveCallsSchema.parse(await (await request(client, "/api/voice/calls/live?call_type=all")).json());
}

/** How often the sandbox's phone of this number rang. */
export async function countRings({ url, instance }: Client, to: string): Promise<number> {
  const { accountSid, authToken } = instance.seed.carrier;
  const path = `/2010-04-01/Accounts/${accountSid}/Calls.json?To=${encodeURIComponent(to)}&PageSize=100`;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`;
  const response = await fetch(`${url}/sandbox${path}`, { headers: { authorization } });
  const { calls } = (await response.json()) as { calls: unknown[] };
  return calls.length;
}

/** Asks until the answer is what is waited for; the test's own time limit bounds it. */
export async function until<T>(ask: () => Promise<T>, done: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (done(answer)) return answer;
    await new Promise((resume) => setTimeout(resume, 100));
  }
}
