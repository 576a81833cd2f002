// Somebody calls in at the sandbox: the whole way, with the talk, its end and its recording.

import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDb } from "../../src/db/client.ts";
import * as tables from "../../src/db/schema.ts";
import { BASE_URL, read, request } from "../support/api.ts";
import { CALLER, createDesk, type Desk } from "../support/inbound.ts";
import { FROM } from "../support/organisation.ts";
import { until } from "../support/wait.ts";

function atSandbox(org: Desk, path: string, body: URLSearchParams | object): Promise<Response> {
  const isForm = body instanceof URLSearchParams;
  const headers = new Headers({ authorization: `Basic ${btoa(`${org.accountSid}:${org.authToken}`)}` });
  if (!isForm) headers.set("content-type", "application/json");
  return request(`/sandbox${path}`, null, {
    method: "POST",
    headers,
    body: isForm ? body : JSON.stringify(body),
  });
}

/** A desk whose number is set to it at the carrier. */
async function connectedDesk(...options: Parameters<typeof createDesk>): Promise<Desk> {
  const org = await createDesk(...options);
  const form = new URLSearchParams({
    PhoneNumber: FROM,
    VoiceUrl: `${BASE_URL}/carriers/${org.carrierId}/inbound`,
  });
  const path = `/2010-04-01/Accounts/${org.accountSid}/IncomingPhoneNumbers.json`;
  expect((await atSandbox(org, path, form)).status).toBe(201);
  return org;
}

async function callIn(org: Desk, behaves: string, from = CALLER): Promise<{ sid: string }> {
  const response = await atSandbox(org, "/inbound", { from, to: FROM, behaves });
  expect(response.status).toBe(201);
  return response.json();
}

/** The organisation's one call, once it has ended. */
async function endOf(org: Desk) {
  const [row] = await until(
    () => openDb(env.DB).select().from(tables.calls).where(eq(tables.calls.orgId, org.orgId)),
    ([call]) => call?.status === "ended",
  );
  return read(org, row?.id ?? "");
}

test.for([
  ["0030", "agent_hangup"],
  ["0032", "dnc_request"],
  ["0033", "wrong_number"],
  ["0034", "hostile_caller"],
  ["0035", "customer_hangup"],
  ["0037", "agent_hangup"],
  ["0038", "max_duration"],
  ["0047", "agent_hangup"],
  ["0048", "customer_hangup"],
] as const)("a caller who behaves as %s: connected, %s", async ([behaves, reason]) => {
  const org = await connectedDesk();
  const { sid } = await callIn(org, behaves);
  const call = await endOf(org);
  expect(call).toMatchObject({
    call_type: "inbound",
    outcome: "connected",
    ended_reason: reason,
    from_number: CALLER,
    to_number: FROM,
    carrier: { carrier_call_id: sid },
  });
  expect(call.transcript[0]).toMatchObject({
    speaker: "agent",
    text: expect.stringContaining("thank you for calling"),
  });
  const texts = call.transcript.map(({ speaker, text }) => `${speaker}: ${text}`);
  if (behaves !== "0038") expect(new Set(texts).size).toBe(texts.length);
  const optOuts = openDb(env.DB).select().from(tables.optOuts).where(eq(tables.optOuts.orgId, org.orgId));
  expect((await optOuts).map(({ phone }) => phone)).toEqual(behaves === "0032" ? [CALLER] : []);
});

test("its recording is kept, as that of a call that we placed", async () => {
  const org = await connectedDesk();
  await callIn(org, "0033");
  const call = await endOf(org);
  const withRecording = await until(
    () => read(org, call.uuid),
    ({ recording_url: url }) => url !== null,
  );
  const audio = await request(new URL(withRecording.recording_url ?? "").pathname, org.apiKey);
  expect([audio.status, audio.headers.get("content-type")]).toEqual([200, "audio/mpeg"]);
  expect((await audio.arrayBuffer()).byteLength).toBeGreaterThan(1_000);
});

test("nothing is recorded where the campaign says so", async () => {
  const org = await connectedDesk({ config: JSON.stringify({ max_duration: 8, record: false }) });
  const { sid } = await callIn(org, "0033");
  await endOf(org);
  const headers = { authorization: `Basic ${btoa(`${org.accountSid}:${org.authToken}`)}` };
  const path = `/sandbox/2010-04-01/Accounts/${org.accountSid}/Calls/${sid}/Recordings.json`;
  const list = await (await request(path, null, { headers })).json();
  expect(list).toMatchObject({ recordings: [] });
});

test("a caller who can't be connected hears words and is hung up on", async () => {
  const org = await connectedDesk({ status: "paused" });
  const { sid } = await callIn(org, "0030");
  const headers = { authorization: `Basic ${btoa(`${org.accountSid}:${org.authToken}`)}` };
  const path = `/sandbox/2010-04-01/Accounts/${org.accountSid}/Calls/${sid}.json`;
  const call = await until(
    async () => (await request(path, null, { headers })).json<{ status: string; duration: string }>(),
    ({ status }) => status === "completed",
  );
  expect(Number(call.duration)).toBeGreaterThan(0);
  expect(await openDb(env.DB).select().from(tables.calls).where(eq(tables.calls.orgId, org.orgId))).toEqual(
    [],
  );
});
