// POST /api/voice/calls/{call_uuid}/end (contract A10).

import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { endedCallSchema } from "../../src/contract/call-actions.ts";
import { openDb } from "../../src/db/client.ts";
import { optOuts } from "../../src/db/schema.ts";
import { REQUESTED_END_REASONS } from "../../src/domain/call/status.ts";
import { newId } from "../../src/lib/ids.ts";
import { loseAnswer, place, post, read, request } from "../support/api.ts";
import { createKey, createOrganisation, FROM, type Organisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";

const end = (org: Organisation, callId: string, body: unknown = { reason: "workflow_close" }) =>
  post(`/api/voice/calls/${callId}/end`, org.apiKey, body);

const optedOut = async (org: Organisation) =>
  (await openDb(env.DB).select().from(optOuts).where(eq(optOuts.orgId, org.orgId))).map(({ phone }) => phone);

async function talking(org: Organisation): Promise<string> {
  const callId = await place(org, "+15005550038");
  await until(
    () => read(org, callId),
    ({ transcript }) => transcript.length > 0,
  );
  return callId;
}

async function endOf(org: Organisation, callId: string) {
  return until(
    () => read(org, callId),
    ({ status }) => status === "ended",
  );
}

test.for(REQUESTED_END_REASONS)("ends a talk: %s", async (reason) => {
  const org = await createOrganisation();
  const callId = await talking(org);
  const response = await end(org, callId, { reason });
  expect(response.status).toBe(200);
  const answer = endedCallSchema.parse(await response.json());
  expect(answer).toMatchObject({ call_uuid: callId, reason });
  // Who asks not to be called again is heard at once.
  expect(await optedOut(org)).toEqual(reason === "dnc_request" ? ["+15005550038"] : []);
  expect(await endOf(org, callId)).toMatchObject({ outcome: "connected", ended_reason: reason });
});

test("ends a call that rings, which nobody has answered", async () => {
  const org = await createOrganisation();
  const callId = await place(org, "+15005550011");
  await until(
    () => read(org, callId),
    ({ status }) => status === "ringing",
  );
  expect((await end(org, callId)).status).toBe(200);
  expect(await endOf(org, callId)).toMatchObject({ outcome: "no-answer", ended_reason: "canceled" });
});

test("ends a call that waits for its turn: no phone rings", async () => {
  const org = await createOrganisation({ maxConcurrent: 1 });
  await env.CARRIER_GATE.getByName(org.carrierId).reserve({
    callId: newId("call"),
    attempt: 1,
    limits: { callsPerSecond: 100, maxConcurrent: 1 },
    leaseMs: 60_000,
    deadlineMs: Date.now() + 60_000,
  });
  const callId = await place(org, "+15005550030");
  expect(await (await end(org, callId)).json()).toEqual({
    call_uuid: callId,
    status: "ended",
    reason: "workflow_close",
  });
  expect(await endOf(org, callId)).toMatchObject({ outcome: "no-answer", ended_reason: "canceled" });
});

test("ends a call whose message is still in the queue, and which is then not dialled", async () => {
  const org = await createOrganisation();
  const callId = newId("call");
  await env.DB.prepare(
    `INSERT INTO calls (id, org_id, campaign_id, carrier_id, call_type, from_number, to_number, status, started_at)
     VALUES (?, ?, ?, ?, 'outbound', ?, '+15005550030', 'dialing', unixepoch())`,
  )
    .bind(callId, org.orgId, org.campaignId, org.carrierId, FROM)
    .run();
  expect(await (await end(org, callId)).json()).toMatchObject({ status: "ended" });
  expect(await endOf(org, callId)).toMatchObject({
    ended_reason: "canceled",
    carrier: { carrier_call_id: null },
  });
});

test("is refused for a call that has ended, and opts nobody out then", async () => {
  const org = await createOrganisation();
  const callId = await place(org, "+15005550010");
  await endOf(org, callId);
  const response = await end(org, callId, { reason: "dnc_request" });
  expect([response.status, await response.json()]).toMatchObject([409, { code: "call_not_active" }]);
  expect(await optedOut(org)).toEqual([]);
});

test("asked twice for the same call, says the same", async () => {
  const org = await createOrganisation();
  const callId = await talking(org);
  const answers = await Promise.all([end(org, callId), end(org, callId)]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(await endOf(org, callId)).toMatchObject({ ended_reason: "workflow_close" });
});

test("is answered to who asks again because the answer was lost, and to nobody else", async () => {
  const org = await createOrganisation();
  const callId = await talking(org);
  const wish = (key: string, reason = "wrong_number") =>
    post(`/api/voice/calls/${callId}/end`, org.apiKey, { reason }, { "idempotency-key": key });
  expect((await wish("mine")).status).toBe(200);
  await endOf(org, callId);
  await loseAnswer(org, "mine");
  const again = await wish("mine");
  expect([again.status, await again.json()]).toEqual([
    200,
    { call_uuid: callId, status: "ended", reason: "wrong_number" },
  ]);
  expect((await wish("another")).status).toBe(409);
  await loseAnswer(org, "mine");
  expect((await wish("mine", "workflow_close")).status).toBe(409);
  expect((await end(org, callId, { reason: "wrong_number" })).status).toBe(409);
});

describe("what is wrong is told in order", () => {
  test("no key, a key that may not, another's call, no call, then the body", async () => {
    const [org, other] = [await createOrganisation(), await createOrganisation()];
    const callId = await place(org, "+15005550010");
    const path = `/api/voice/calls/${callId}/end`;
    const reader = await createKey(org.orgId, ["voice:calls:read"]);
    const bad = { reason: "boredom" };
    expect((await post(path, null, bad)).status).toBe(401);
    expect((await post(path, reader, bad)).status).toBe(403);
    expect((await post(path, other.apiKey, bad)).status).toBe(404);
    expect((await end(org, newId("call"), bad)).status).toBe(404);
    expect((await end(org, "nonsense", bad)).status).toBe(404);
    expect((await end(org, callId, bad)).status).toBe(422);
    await endOf(org, callId);
    expect((await end(org, callId, bad)).status).toBe(422);
    expect((await end(org, callId)).status).toBe(409);
  });

  test.for([
    ["no reason", {}],
    ["a reason that only the agent has", { reason: "silence" }],
    ["a field that is unknown", { reason: "workflow_close", force: true }],
    ["a list", ["workflow_close"]],
    ["null", null],
  ])("%s", async ([, body]) => {
    const org = await createOrganisation();
    const callId = await place(org, "+15005550010");
    const response = await end(org, callId, body);
    expect([response.status, await response.json()]).toMatchObject([422, { code: "validation_failed" }]);
  });

  test("a body that is no JSON, or not said to be", async () => {
    const org = await createOrganisation();
    const path = `/api/voice/calls/${await place(org, "+15005550010")}/end`;
    const send = (type: string, body: string) =>
      request(path, org.apiKey, { method: "POST", headers: { "content-type": type }, body });
    expect((await send("application/json", "{")).status).toBe(400);
    expect((await send("text/plain", '{"reason":"workflow_close"}')).status).toBe(415);
  });
});
