// POST /v1/calls/{call_uuid}/typed: what somebody types for the customer of a live call.

import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { openDb } from "../../src/db/client.ts";
import { calls } from "../../src/db/schema.ts";
import { newId } from "../../src/lib/ids.ts";
import { readProblem } from "../support/answers.ts";
import { place, post, read, request } from "../support/api.ts";
import { acceptRow } from "../support/call-row.ts";
import { create, patch, twilio } from "../support/carrier-accounts.ts";
import { createKey, createOrganisation, FROM, type Organisation } from "../support/organisation.ts";
import { aTypedCall } from "../support/path-objects.ts";
import { until } from "../support/wait.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

const type = (org: Pick<Organisation, "apiKey">, callId: string, body: unknown) =>
  post(`/v1/calls/${callId}/typed`, org.apiKey, body);

const refusal = async (response: Promise<Response>) => {
  const { status, code } = await readProblem(await response);
  return [status, code];
};

async function typedCall(org: Organisation): Promise<string> {
  return (await aTypedCall(org))["call_uuid"] ?? "";
}

const endOf = (org: Organisation, callId: string) =>
  until(
    () => read(org, callId),
    ({ status }) => status === "ended",
  );

test("a whole talk is typed: words, keys, a half sentence, and the customer hangs up", async () => {
  const org = await createOrganisation();
  const callId = await typedCall(org);
  const said = await type(org, callId, { say: "Yes, go ahead. “Who’s there?” 👋" });
  expect([said.status, await said.json()]).toEqual([200, { call_uuid: callId, status: "in_progress" }]);
  const hears = (text: string) =>
    until(
      () => read(org, callId),
      ({ transcript }) => transcript.some((turn) => turn.speaker === "customer" && turn.text.includes(text)),
    );
  const { transcript } = await hears("“Who’s there?” 👋");
  expect(transcript[0]).toMatchObject({ speaker: "agent" });
  expect((await type(org, callId, { talk_on: "A desk" })).status).toBe(200);
  expect((await type(org, callId, { press: "12#" })).status).toBe(200);
  await hears("[pressed 1 2 #]");
  expect((await type(org, callId, { hang_up: true })).status).toBe(200);
  expect(await endOf(org, callId)).toMatchObject({ outcome: "connected", ended_reason: "customer_hangup" });
});

test("after the end, and before somebody listens, nobody hears: 409", async () => {
  const org = await createOrganisation();
  const callId = await place(org, "+15005550080");
  expect(await refusal(type(org, callId, { say: "Hello?" }))).toEqual([409, "call_not_active"]);
  await until(
    () => read(org, callId),
    ({ status }) => status === "in_progress",
  );
  expect((await type(org, callId, { hang_up: true })).status).toBe(200);
  await endOf(org, callId);
  for (const body of [{ say: "Hello?" }, { press: "1" }, { hang_up: true }]) {
    expect(await refusal(type(org, callId, body))).toEqual([409, "call_not_active"]);
  }
});

describe("nobody types for", () => {
  test("another organisation's call, or none: 404, and the call goes on", async () => {
    const [org, other] = [await createOrganisation(), await createOrganisation()];
    const callId = await typedCall(org);
    for (const id of [callId, newId("call"), "nonsense"]) {
      expect(await refusal(type(other, id, { hang_up: true }))).toEqual([404, "not_found"]);
    }
    expect(await read(org, callId)).toMatchObject({ status: "in_progress" });
    expect((await type(org, callId, { hang_up: true })).status).toBe(200);
    await endOf(org, callId);
  });

  test("a customer of the sandbox who speaks for itself: 404", async () => {
    const org = await createOrganisation();
    const callId = await place(org, "+15005550036");
    await until(
      () => read(org, callId),
      ({ transcript }) => transcript.length > 0,
    );
    expect(await refusal(type(org, callId, { hang_up: true }))).toEqual([404, "not_found"]);
    expect(await read(org, callId)).toMatchObject({ status: "in_progress" });
    await post(`/api/voice/calls/${callId}/end`, org.apiKey, { reason: "workflow_close" });
  });

  test("a customer of a real carrier: 404, and the carrier is not asked", async () => {
    const org = await createOrganisation();
    const { uuid: carrierId } = await create(org, twilio());
    const fetched = vi.spyOn(globalThis, "fetch");
    const callId = newId("call");
    await openDb(env.DB)
      .insert(calls)
      .values({
        id: callId,
        orgId: org.orgId,
        campaignId: org.campaignId,
        carrierId,
        carrierCallId: `CA${"0".repeat(32)}`,
        callType: "outbound",
        fromNumber: FROM,
        toNumber: "+15005550080",
        status: "in_progress",
        startedAt: Math.floor(Date.now() / 1000),
      });
    expect(await refusal(type(org, callId, { say: "Hello?" }))).toEqual([404, "not_found"]);
    expect(fetched).not.toHaveBeenCalled();
  });
});

test("a carrier that can't be reached: 503, and when to try again", async () => {
  const org = await createOrganisation();
  const callId = await typedCall(org);
  const moved = await patch(`/v1/carriers/${org.carrierId}`, org.apiKey, {
    api_base_url: "https://carrier.example.com",
    auth_token: org.authToken,
  });
  expect(moved.status).toBe(200);
  vi.spyOn(globalThis, "fetch").mockRejectedValue(new Error("Nobody is there"));
  const response = await type(org, callId, { hang_up: true });
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "5"]);
  vi.restoreAllMocks();
  await patch(`/v1/carriers/${org.carrierId}`, org.apiKey, { api_base_url: null, auth_token: org.authToken });
  expect((await type(org, callId, { hang_up: true })).status).toBe(200);
  await endOf(org, callId);
});

test("a carrier whose account does not open: 503, and a line in the log", async () => {
  const org = await createOrganisation();
  const { callId } = await acceptRow(org, null);
  const broken = "UPDATE carriers SET auth_token_encrypted = 'other.key.made-it' WHERE id = ?";
  await env.DB.prepare(broken).bind(org.carrierId).run();
  const logged = vi.spyOn(console, "error");
  const response = await type(org, callId, { hang_up: true });
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "5"]);
  const lines = logged.mock.calls.map(([line]) => String(line));
  expect(lines.filter((line) => line.includes("typed_account_unopened"))).toHaveLength(1);
});

test("draws on the bucket of all, and wants the scope to write calls", async () => {
  const org = await createOrganisation();
  const callId = newId("call");
  const limits = JSON.stringify({ default: 1 });
  const apiKey = await createKey(org.orgId, ["voice:calls:write"], { limits });
  expect(await refusal(type({ apiKey }, callId, { hang_up: true }))).toEqual([404, "not_found"]);
  const limited = await type({ apiKey }, callId, { hang_up: true });
  expect([limited.status, limited.headers.get("ratelimit-policy")]).toEqual([429, '"default";q=1;w=60']);
  const reader = await createKey(org.orgId, ["voice:calls:read"]);
  expect(await refusal(type({ apiKey: reader }, callId, { hang_up: true }))).toEqual([
    403,
    "insufficient_scope",
  ]);
});

test("the same request again, by its Idempotency-Key, is said once", async () => {
  const org = await createOrganisation();
  const callId = await typedCall(org);
  const send = async () => {
    const response = await request(`/v1/calls/${callId}/typed`, org.apiKey, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": "once" },
      body: JSON.stringify({ press: "7" }),
    });
    return [response.status, response.headers.get("idempotent-replayed")];
  };
  expect([await send(), await send()]).toEqual([
    [200, null],
    [200, "true"],
  ]);
  await type(org, callId, { hang_up: true });
  const { transcript } = await endOf(org, callId);
  expect(transcript.filter(({ text }) => text.includes("7"))).toHaveLength(1);
  expect(JSON.stringify(transcript)).not.toContain("77");
});

test.for([
  ["nothing", {}],
  ["two things", { say: "Hello", hang_up: true }],
  ["no words", { say: " \n" }],
  ["too many words", { say: "x".repeat(1_001) }],
  ["U+0000", { say: "Hel\u0000lo" }],
  ["no key of a phone", { press: "12a" }],
  ["too many keys", { press: "1".repeat(33) }],
  ["a hang-up that is none", { hang_up: false }],
  ["a field that is unknown", { sing: "La" }],
  ["a list", ["say"]],
  ["null", null],
])("a body with %s: 422", async ([, body]) => {
  const org = await createOrganisation();
  const { callId } = await acceptRow(org, null);
  expect(await refusal(type(org, callId, body))).toEqual([422, "validation_failed"]);
});
