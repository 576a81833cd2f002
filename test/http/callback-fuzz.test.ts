// Whatever comes to the carriers' doors: what is not signed by the account of the call changes nothing, and nothing at
// all makes the Worker stumble.

import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CALLBACKS } from "../../src/services/carriers/carrier-callback.ts";
import { newId } from "../../src/lib/ids.ts";
import { signatureOf } from "../../src/telephony/twilio/signature.ts";
import { BASE_URL, place, post, read, request } from "../support/api.ts";
import { createOrganisation, type Organisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";

const FORM = "application/x-www-form-urlencoded";
const RUNS = 300;

let org: Organisation;
let other: Organisation;
let callId = "";
let carrierCallId = "";

beforeAll(async () => {
  [org, other] = [
    await createOrganisation({ campaignConfig: { max_duration: 120 } }),
    await createOrganisation(),
  ];
  // Says nothing, and the machine is slow to lose its patience: the call lives as long as this file.
  callId = await place(org, "+15005550080");
  const call = await until(
    () => read(org, callId),
    ({ status }) => status === "in_progress",
  );
  carrierCallId = call.carrier.carrier_call_id ?? "";
});

afterAll(async () => {
  await post(`/api/voice/calls/${callId}/end`, org.apiKey, { reason: "workflow_close" });
});

/** All that callbacks can change: what the object has accepted, and the row. */
async function stateOf(): Promise<unknown> {
  const events = await runInDurableObject(env.CALL_SESSION.getByName(callId), (_object, { storage }) =>
    storage.sql
      .exec(
        `SELECT body FROM events WHERE refused IS NULL AND json_extract(body, '$.type') IN ('answer_requested',
           'carrier_report', 'recording_ready', 'relay_ended', 'dial_ended', 'whisper_requested', 'human_accepted')`,
      )
      .toArray()
      .map(({ body }) => String(body)),
  );
  const row = await env.DB.prepare("SELECT status, outcome, recording_key, transfer FROM calls WHERE id = ?")
    .bind(callId)
    .first();
  return { events, row };
}

const kinds = fc.constantFrom(...CALLBACKS);
const ids = fc.constantFrom(
  () => callId,
  () => newId("call"),
  () => newId("campaign"),
  () => "cal_",
  () => "%00",
  () => "x".repeat(3_000),
);
const queries = fc.constantFrom(
  "",
  "?",
  `?transfer=${newId("transfer")}&human=${newId("human")}`,
  "?transfer=%00&human=%F0",
);

/** Fields that mean something, with values that may not; and others. */
const values = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.constantFrom(
    "in-progress",
    "completed",
    "busy",
    "human",
    "machine_start",
    "CA",
    "-1",
    "1e999",
    "null",
    "{}",
    "\u0000",
    "💥",
  ),
);
const names = fc.oneof(
  fc.constantFrom(
    "CallSid",
    "AccountSid",
    "CallStatus",
    "AnsweredBy",
    "RecordingSid",
    "RecordingStatus",
    "RecordingDuration",
    "SequenceNumber",
    "Timestamp",
    "SessionId",
    "HandoffData",
    "Digits",
    "DialCallStatus",
    "ParentCallSid",
    "CallDuration",
    "From",
    "To",
    "__proto__",
  ),
  fc.string({ unit: "binary", maxLength: 30 }),
);
const forms = fc.oneof(
  fc
    .array(fc.tuple(names, values), { maxLength: 25 })
    .map((fields) => new URLSearchParams(fields).toString()),
  fc.string({ maxLength: 300 }),
  fc.constantFrom("", "&&&=", "%", "%F0%28", "a=".repeat(3_000), '{"CallSid":1}', "CallSid=1&CallSid=2"),
);

type Sent = { path: string; body: string; signature: string | null; type?: string };

function send({ path, body, signature, type = FORM }: Sent): Promise<Response> {
  const headers = new Headers({ "content-type": type });
  if (signature !== null) headers.set("x-twilio-signature", signature);
  return request(path, null, { method: "POST", headers, body });
}

describe("a callback that is not signed by the call's account", () => {
  const forgeries = fc.constantFrom(
    async () => null,
    async () => "",
    async () => "AAAA",
    async () => "'\"<>;=".repeat(300),
    // The right token, and another address.
    (_: string, body: string) => signatureOf(org.authToken, `${BASE_URL}/carriers`, body),
    // The right address, and other fields.
    (path: string, body: string) => signatureOf(org.authToken, BASE_URL + path, `${body}&More=1`),
    // Another account's token.
    (path: string, body: string) => signatureOf(other.authToken, BASE_URL + path, body),
    (path: string, body: string) => signatureOf("0".repeat(32), BASE_URL + path, body),
  );

  test("is refused with 403, and changes nothing", async () => {
    const before = await stateOf();
    await fc.assert(
      fc.asyncProperty(kinds, ids, queries, forms, forgeries, async (kind, id, query, body, forge) => {
        const path = `/carriers/${org.carrierId}/calls/${encodeURIComponent(id())}/${kind}${query}`;
        const response = await send({ path, body, signature: await forge(path, body) });
        expect(response.status).toBe(403);
        await response.body?.cancel();
      }),
      { numRuns: RUNS },
    );
    expect(await stateOf()).toEqual(before);
  });

  test("nor does a door for calls that come in let it pass", async () => {
    await fc.assert(
      fc.asyncProperty(forms, forgeries, async (body, forge) => {
        const path = `/carriers/${org.carrierId}/inbound`;
        expect((await send({ path, body, signature: await forge(path, body) })).status).toBe(403);
      }),
      { numRuns: RUNS },
    );
    const rows = await env.DB.prepare(
      "SELECT count(*) AS n FROM calls WHERE org_id = ? AND call_type = 'inbound'",
    )
      .bind(org.orgId)
      .first("n");
    expect(rows).toBe(0);
  });
});

test("rightly signed by another account, it does not reach the call", async () => {
  const before = await stateOf();
  await fc.assert(
    fc.asyncProperty(kinds, queries, forms, async (kind, query, fuzz) => {
      const path = `/carriers/${other.carrierId}/calls/${callId}/${kind}${query}`;
      const body = `AccountSid=${other.accountSid}&CallSid=${carrierCallId}&${fuzz}`;
      const response = await send({
        path,
        body,
        signature: await signatureOf(other.authToken, BASE_URL + path, body),
      });
      expect([200, 204, 400, 403, 404]).toContain(response.status);
      const text = await response.text();
      if (response.status === 200) expect(text).toMatch(/<Hangup\/>/);
    }),
    { numRuns: RUNS },
  );
  expect(await stateOf()).toEqual(before);
});

test("rightly signed, of a call of the account that is not this one, it changes nothing", async () => {
  const before = await stateOf();
  await fc.assert(
    fc.asyncProperty(kinds, queries, forms, async (kind, query, fuzz) => {
      const path = `/carriers/${org.carrierId}/calls/${callId}/${kind}${query}`;
      const foreign = `CA${crypto.randomUUID().replaceAll("-", "")}`;
      const body = `AccountSid=${org.accountSid}&CallSid=${foreign}&ParentCallSid=${foreign}&CallStatus=completed&${fuzz}`;
      const response = await send({
        path,
        body,
        signature: await signatureOf(org.authToken, BASE_URL + path, body),
      });
      expect([200, 204, 400, 403, 404]).toContain(response.status);
      await response.body?.cancel();
    }),
    { numRuns: RUNS },
  );
  const { row } = (await stateOf()) as { row: unknown };
  expect({ row }).toEqual({ row: (before as { row: unknown }).row });
});

test("rightly signed and senseless, it is refused or heeded, and never our fault", async () => {
  await fc.assert(
    fc.asyncProperty(kinds, ids, queries, forms, async (kind, id, query, fuzz) => {
      const path = `/carriers/${org.carrierId}/calls/${encodeURIComponent(id())}/${kind}${query}`;
      const body = `AccountSid=${org.accountSid}&${fuzz}`;
      const response = await send({
        path,
        body,
        signature: await signatureOf(org.authToken, BASE_URL + path, body),
      });
      expect(response.status).toBeLessThan(500);
      await response.body?.cancel();
    }),
    { numRuns: RUNS },
  );
});

test.for(CALLBACKS)(
  "a %s of a megabyte is refused with 413 before its signature is looked at",
  async (kind) => {
    const path = `/carriers/${org.carrierId}/calls/${callId}/${kind}`;
    const body = `CallSid=${"x".repeat(1_048_576)}`;
    const before = await stateOf();
    const response = await send({
      path,
      body,
      signature: await signatureOf(org.authToken, BASE_URL + path, body),
    });
    expect(response.status).toBe(413);
    expect(await stateOf()).toEqual(before);
  },
);

test("a genuine callback that is sent again and again changes nothing more", async () => {
  const path = `/carriers/${org.carrierId}/calls/${callId}/status`;
  const fields = {
    AccountSid: org.accountSid,
    CallSid: carrierCallId,
    CallStatus: "in-progress",
    SequenceNumber: "2",
  };
  const body = new URLSearchParams(fields).toString();
  const signature = await signatureOf(org.authToken, BASE_URL + path, body);
  await send({ path, body, signature });
  const { status, transcript } = await read(org, callId);
  for (let times = 0; times < 5; times += 1) expect((await send({ path, body, signature })).status).toBe(204);
  expect(await read(org, callId)).toMatchObject({ status, transcript });
});
