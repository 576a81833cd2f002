// POST /api/voice/calls/{call_uuid}/metadata (contract A8).

import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { openDb } from "../../src/db/client.ts";
import { claimRequest } from "../../src/db/idempotency.ts";
import { patchKeyDetails } from "../../src/db/key-details.ts";
import { calls, idempotencyKeys } from "../../src/db/schema.ts";
import { applyMergePatch } from "../../src/domain/merge-patch.ts";
import { canonicalJson } from "../../src/lib/canonical-json.ts";
import { sha256Hex } from "../../src/lib/crypto.ts";
import { newId } from "../../src/lib/ids.ts";
import { post, read, request } from "../support/api.ts";
import { acceptRow } from "../support/call-row.ts";
import { tripsOf } from "../support/d1-trips.ts";
import { expectRefused } from "../support/json.ts";
import { createKey, createOrganisation, type Organisation } from "../support/organisation.ts";

async function storedCall(org: Organisation): Promise<string> {
  const { callId } = await acceptRow(org, crypto.randomUUID());
  const ended = { status: "ended", outcome: "connected", endedReason: "agent_hangup", endedAt: 1 } as const;
  await openDb(env.DB).update(calls).set(ended).where(eq(calls.id, callId));
  return callId;
}

const write = (org: Organisation, callId: string, keyDetails: unknown) =>
  post(`/api/voice/calls/${callId}/metadata`, org.apiKey, { key_details: keyDetails });

test("merges as the user's document shows, and the call shows it", async () => {
  const org = await createOrganisation();
  const callId = await storedCall(org);
  const first = {
    extraction: { outcome: { call_outcome: "warm_transfer", intent_score: 88 }, note: "x" },
    qms_scores: { opening: 3, energy: 2 },
  };
  const response = await write(org, callId, first);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ call_uuid: callId, key_details: first });
  await write(org, callId, { extraction: { outcome: { intent_score: 90 }, note: null }, crm: { id: 7 } });
  expect((await read(org, callId)).key_details).toEqual({
    extraction: { outcome: { call_outcome: "warm_transfer", intent_score: 90 } },
    qms_scores: { opening: 3, energy: 2 },
    crm: { id: 7 },
  });
  await write(org, callId, { extraction: null });
  expect((await read(org, callId)).key_details).toMatchObject({ extraction: {}, qms_scores: { opening: 3 } });
});

test("50 writers at the same time lose nothing", async () => {
  const org = await createOrganisation();
  const callId = await storedCall(org);
  const keys = await Promise.all([1, 2].map(() => createKey(org.orgId, ["voice:calls:write"])));
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      write({ ...org, apiKey: keys[i % 2] ?? "" }, callId, { extraction: { [`field_${i}`]: i } }),
    ),
  );
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  const { extraction } = (await read(org, callId)).key_details;
  expect(extraction).toEqual(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`field_${i}`, i])));
});

const json = fc.jsonValue({ maxDepth: 3 }).filter((value) => !JSON.stringify(value).includes("\\u0000"));
const patches = fc.array(fc.dictionary(fc.constantFrom("a", "b", "__proto__", "ü", "a.b", ""), json), {
  minLength: 1,
  maxLength: 6,
});

test("any patches in a row are merged as RFC 7396 says, and kept one by one", async () => {
  const org = await createOrganisation();
  const db = openDb(env.DB);
  await fc.assert(
    fc.asyncProperty(patches, async (sequence) => {
      const callId = await storedCall(org);
      for (const patch of sequence) await patchKeyDetails(db, org.orgId, callId, { extraction: patch });
      const row = await db.select().from(calls).where(eq(calls.id, callId)).get();
      const sent = sequence.map((extraction) => ({ extraction }));
      expect(JSON.parse(row?.keyDetails ?? "")).toEqual(plain(sent.reduce(applyMergePatch, {})));
      expect(JSON.parse(row?.workflowPatches ?? "")).toEqual(plain(sent));
    }),
    { numRuns: 60 },
  );
});

/** As JSON says it: without -0. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test.for([
  ["no key_details", {}, 422],
  ["key_details is a list", { key_details: [] }, 422],
  ["a part that is no object", { key_details: { extraction: "x" } }, 422],
  ["another field", { key_details: {}, analysis: {} }, 422],
  ["U+0000 in a key", { key_details: { extraction: { "a\u0000b": 1 } } }, 422],
  ["a key named __proto__", { key_details: JSON.parse('{"__proto__":{"a":1}}') }, 422],
  ["a part's key named __proto__", { key_details: { extraction: JSON.parse('{"__proto__":1}') } }, 422],
  ["a lone surrogate", { key_details: { extraction: { a: "\ud800" } } }, 422],
  ["U+0000 in a value", { key_details: { extraction: { a: "x\u0000y" } } }, 200],
] as const)("%s", async ([, body, status]) => {
  const org = await createOrganisation();
  const callId = await storedCall(org);
  expect((await post(`/api/voice/calls/${callId}/metadata`, org.apiKey, body)).status).toBe(status);
});

test("nesting beyond 100 and a body beyond 64 KiB are refused, and so is what grows beyond 256 KiB", async () => {
  const org = await createOrganisation();
  const callId = await storedCall(org);
  const nest = (depth: number): unknown => (depth === 0 ? 1 : { a: nest(depth - 1) });
  expect((await write(org, callId, { extraction: nest(98) })).status).toBe(200);
  expect((await write(org, callId, { extraction: nest(101) })).status).toBe(422);
  expect((await write(org, callId, { extraction: { text: "x".repeat(65_536) } })).status).toBe(413);
  const before = (await read(org, callId)).key_details;
  const answers: number[] = [];
  for (let i = 0; i < 5; i += 1) {
    answers.push((await write(org, callId, { [`part_${i}`]: "x".repeat(60_000) })).status);
  }
  expect(answers).toEqual([200, 200, 200, 200, 422]);
  const after = (await read(org, callId)).key_details;
  expect(after).toMatchObject(before);
  expect(Object.keys(after)).not.toContain("part_4");
});

test("writing goes on for ever: a history that grows too long becomes two patches", async () => {
  const org = await createOrganisation();
  const callId = await storedCall(org);
  const sent: unknown[] = [];
  for (let i = 0; i < 25; i += 1) {
    const patch = { extraction: { text: `${i}`.repeat(30_000), [`n${i}`]: i, [`n${i - 1}`]: null } };
    expect((await write(org, callId, patch)).status).toBe(200);
    sent.push(patch);
  }
  const merged = sent.reduce(applyMergePatch, {});
  expect((await read(org, callId)).key_details).toEqual({ ...(merged as object), qms_scores: {} });
  const row = await openDb(env.DB).select().from(calls).where(eq(calls.id, callId)).get();
  const history: unknown[] = JSON.parse(row?.workflowPatches ?? "");
  expect(history.length).toBeLessThan(sent.length);
  expect(row?.workflowPatches?.length).toBeLessThanOrEqual(1_048_576);
  expect(history.reduce(applyMergePatch, {})).toEqual(merged);
});

test("a number that JSON can't hold is refused, where null would delete", async () => {
  const org = await createOrganisation();
  const callId = await storedCall(org);
  const response = await request(`/api/voice/calls/${callId}/metadata`, org.apiKey, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"key_details":{"extraction":{"a":1e999}}}',
  });
  expect(response.status).toBe(422);
});

test("one trip to the database writes, or tells that there is such a call, whatever is wrong with the body", async () => {
  const org = await createOrganisation();
  const callId = await storedCall(org);
  const trips = (body: unknown) =>
    tripsOf(`/api/voice/calls/${callId}/metadata`, org.apiKey, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  expect(await trips({ key_details: { extraction: 1 } })).toEqual({ status: 422, log: ["query"] });
  expect(await trips({ key_details: { crm: { id: 1 } } })).toEqual({ status: 200, log: ["query"] });
});

const MERGEABLE = JSON.stringify({ key_details: { extraction: { a: 1 } } });
const JSON_TYPE = { "content-type": "application/json" };

test.for([
  ["nothing else", { headers: JSON_TYPE, body: MERGEABLE }],
  ["an Idempotency-Key", { headers: { ...JSON_TYPE, "idempotency-key": "k-1" }, body: MERGEABLE }],
  ["an impossible Idempotency-Key", { headers: { ...JSON_TYPE, "idempotency-key": "" }, body: MERGEABLE }],
  ["a body that is too large", { headers: JSON_TYPE, body: "x".repeat(65_537) }],
  ["a body of another type", { headers: { "content-type": "text/plain" }, body: "x" }],
  ["no body", {}],
  ["what is no JSON", { headers: JSON_TYPE, body: "{" }],
  ["an invalid body", { headers: JSON_TYPE, body: "{}" }],
] as const)(
  "that there is no such call is said before what is wrong with %s, and nothing is kept",
  async ([, init]) => {
    const org = await createOrganisation();
    const ofAnother = await storedCall(await createOrganisation());
    for (const callId of [newId("call"), ofAnother, "cal_x", newId("contact")]) {
      const path = `/api/voice/calls/${callId}/metadata`;
      const response = await request(path, org.apiKey, { method: "POST", ...init });
      await expectRefused(response, 404, { code: "not_found" });
      const kept = openDb(env.DB).select().from(idempotencyKeys).where(eq(idempotencyKeys.orgId, org.orgId));
      expect(await kept).toEqual([]);
    }
    expect(
      (await openDb(env.DB).select().from(calls).where(eq(calls.id, ofAnother)).get())?.keyDetails,
    ).toBeNull();
  },
);

test("nor is there anything to come back for, when another such request runs", async () => {
  const org = await createOrganisation();
  const path = `/api/voice/calls/${newId("call")}/metadata`;
  const name = { orgId: org.orgId, method: "POST", path, key: "k-1" };
  const fingerprint = await sha256Hex(canonicalJson(JSON.parse(MERGEABLE)));
  await claimRequest(openDb(env.DB), name, fingerprint, Date.now());
  const headers = { ...JSON_TYPE, "idempotency-key": "k-1" };
  const response = await request(path, org.apiKey, { method: "POST", headers, body: MERGEABLE });
  await expectRefused(response, 404, { code: "not_found" });
  expect(response.headers.get("retry-after")).toBeNull();
});
