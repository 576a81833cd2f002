// POST /v1/calls (contract A1): what is accepted, every refusal, and that a refusal leaves nothing behind.

import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { problemSchema } from "../../src/http/problem.ts";
import { isId, newId } from "../../src/lib/ids.ts";
import { openDb } from "../../src/db/client.ts";
import { calls, carrierNumbers, carriers, contacts, idempotencyKeys, optOuts } from "../../src/db/schema.ts";
import { place, post, read, request } from "../support/api.ts";
import { createKey, createOrganisation, type Organisation } from "../support/organisation.ts";
import { askWhile } from "../support/overtaken.ts";
import { until } from "../support/wait.ts";

const TO = "+15005550030";
const db = openDb(env.DB);

/** Everything that a refused call must not have touched. */
async function traces(org: Organisation) {
  const [callRows, contactRows] = await Promise.all([
    db.select().from(calls).where(eq(calls.orgId, org.orgId)),
    db.select().from(contacts).where(eq(contacts.orgId, org.orgId)),
  ]);
  return { calls: callRows, contacts: contactRows };
}

async function refusal(response: Response) {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const body = problemSchema.parse(await response.json());
  expect(body.status).toBe(response.status);
  expect(body.request_id).toBe(response.headers.get("x-request-id"));
  return body;
}

describe("an accepted call", () => {
  test("answers 201 at once, with the call and where to find it", async () => {
    const org = await createOrganisation();
    const response = await post("/v1/calls", org.apiKey, { to: TO, campaign_id: org.campaignId });
    const body: unknown = await response.json();
    expect(response.status).toBe(201);
    expect(body).toEqual({
      call_uuid: expect.stringMatching(/^cal_[0-9a-z]{26}$/),
      status: "dialing",
      to: TO,
      campaign_id: org.campaignId,
    });
    const callId = response.headers.get("location")?.replace("/v1/calls/", "") ?? "";
    expect(isId("call", callId)).toBe(true);
    expect(body).toMatchObject({ call_uuid: callId });
    expect((await read(org, callId)).to_number).toBe(TO);
  });

  test("creates the contact, then renames it and merges metadata by RFC 7396", async () => {
    const org = await createOrganisation();
    const metadata = { product: "desk", size: { w: 1, h: 2 }, gone: null };
    const first = await place(org, TO, { contact_name: "Priya", metadata });
    await until(
      () => read(org, first),
      (call) => call.status === "ended",
    );
    const created = (await traces(org)).contacts[0];
    expect(created).toMatchObject({ phone: TO, name: "Priya", totalCalls: 1 });
    expect(JSON.parse(created?.metadata ?? "")).toEqual({ product: "desk", size: { w: 1, h: 2 } });

    await place(org, TO, { contact_name: "Priya Kumar", metadata: { size: { h: 3 }, product: null } });
    const { contacts: rows } = await traces(org);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ id: created?.id, name: "Priya Kumar", totalCalls: 2 });
    expect(JSON.parse(rows[0]?.metadata ?? "")).toEqual({ size: { w: 1, h: 3 } });
  });

  test("keeps name and metadata that the request does not mention", async () => {
    const org = await createOrganisation();
    const first = await place(org, "+15005550001", { contact_name: "Sam", metadata: { a: 1 } });
    await until(
      () => read(org, first),
      (call) => call.status === "ended",
    );
    await place(org, "+15005550001");
    expect((await traces(org)).contacts[0]).toMatchObject({ name: "Sam", metadata: '{"a":1}' });
  });
});

describe("who may call", () => {
  const body = (org: Organisation) => ({ to: TO, campaign_id: org.campaignId });

  test.for([
    ["no key", null],
    ["a malformed key", "tl_k_short"],
    ["an unknown key", `tl_k_${"x".repeat(43)}`],
  ] as const)("%s: 401", async ([, key]) => {
    const org = await createOrganisation();
    const response = await post("/v1/calls", key, body(org));
    expect(await refusal(response)).toMatchObject({ status: 401, code: "unauthorized" });
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
  });

  test("a revoked key and an expired key: 401", async () => {
    const org = await createOrganisation();
    const revoked = await createKey(org.orgId, ["voice:calls:write"], { revokedAt: 1 });
    const expired = await createKey(org.orgId, ["voice:calls:write"], { expiresAt: 1 });
    expect((await post("/v1/calls", revoked, body(org))).status).toBe(401);
    expect((await post("/v1/calls", expired, body(org))).status).toBe(401);
  });

  test("a key without the scope: 403, and it is told which", async () => {
    const org = await createOrganisation();
    const reader = await createKey(org.orgId, ["voice:calls:read", "voice:admin"]);
    const problem = await refusal(await post("/v1/calls", reader, body(org)));
    expect(problem).toMatchObject({ status: 403, code: "insufficient_scope" });
    expect(problem.detail).toContain("voice:calls:write");
  });

  test("a stranger learns nothing of a bad body", async () => {
    expect((await post("/v1/calls", null, { to: 1 })).status).toBe(401);
  });

  test("another organisation's campaign does not exist: 404", async () => {
    const [org, other] = await Promise.all([createOrganisation(), createOrganisation()]);
    const response = await post("/v1/calls", org.apiKey, body(other));
    expect(await refusal(response)).toMatchObject({ status: 404, code: "campaign_not_found" });
    expect(await traces(other)).toEqual({ calls: [], contacts: [] });
  });
});

describe("a body that can't be understood", () => {
  const send = (org: Organisation, type: string, text: string) =>
    request("/v1/calls", org.apiKey, { method: "POST", headers: { "content-type": type }, body: text });

  test.for([
    ["broken JSON", "application/json", "{", 400, "unreadable_body"],
    ["no JSON at all", "application/json", "", 400, "unreadable_body"],
    ["another media type", "text/plain", "{}", 415, "unsupported_media_type"],
    ["a form", "application/x-www-form-urlencoded", "to=1", 415, "unsupported_media_type"],
    ["too much", "application/json", JSON.stringify({ to: "x".repeat(70_000) }), 413, "payload_too_large"],
  ] as const)("%s: %s", async ([, type, text, status, code]) => {
    const org = await createOrganisation();
    expect(await refusal(await send(org, type, text))).toMatchObject({ status, code });
    expect(await traces(org)).toEqual({ calls: [], contacts: [] });
  });
});

describe("a body that is invalid: 422, naming the field", () => {
  const deep = (depth: number): unknown => (depth === 0 ? 1 : { a: deep(depth - 1) });
  const ROWS: [name: string, change: Record<string, unknown>, path: string][] = [
    ["no number", { to: undefined }, "to"],
    ["a number without +", { to: "15005550030" }, "to"],
    ["a number with spaces", { to: "+1 500 555 0030" }, "to"],
    ["a number too short for its country", { to: "+1500555" }, "to"],
    ["a number too long for its country", { to: "+150055500301" }, "to"],
    ["an emergency number", { to: "+911" }, "to"],
    ["a number of another type", { to: 15005550030 }, "to"],
    ["no campaign", { campaign_id: undefined }, "campaign_id"],
    ["an id of another kind", { campaign_id: newId("call") }, "campaign_id"],
    ["an id of no form", { campaign_id: "flw_f1g2h3" }, "campaign_id"],
    ["an empty name", { contact_name: " " }, "contact_name"],
    ["a name with a line break", { contact_name: "a\nb" }, "contact_name"],
    ["metadata that is no object", { metadata: [1] }, "metadata"],
    ["metadata nested too deep", { metadata: deep(101) }, "metadata"],
    ["U+0000 in a key", { metadata: { "a\u0000b": 1 } }, "metadata"],
    ["a key of metadata named __proto__", { metadata: JSON.parse('{"__proto__":{"a":1}}') }, "metadata"],
    ["an unknown field", { priority: 1 }, "priority"],
  ];

  test.for(ROWS)("%s", async ([, change, path]) => {
    const org = await createOrganisation();
    const response = await post("/v1/calls", org.apiKey, { to: TO, campaign_id: org.campaignId, ...change });
    const problem = await refusal(response);
    expect(problem).toMatchObject({ status: 422, code: "validation_failed" });
    expect(problem.errors?.map((error) => error.path)).toEqual([path]);
    expect(await traces(org)).toEqual({ calls: [], contacts: [] });
  });

  test("metadata nested just deep enough is taken", async () => {
    const org = await createOrganisation();
    await place(org, "+15005550001", { metadata: deep(99) });
  });
});

describe("a call that may not be", () => {
  const ROWS: [
    name: string,
    options: Parameters<typeof createOrganisation>[0],
    status: number,
    code: string,
  ][] = [
    ["an inbound campaign", { campaign: { kind: "inbound" } }, 409, "campaign_inbound"],
    ["a draft", { campaign: { status: "draft" } }, 409, "campaign_not_active"],
    ["a paused campaign", { campaign: { status: "paused" } }, 409, "campaign_not_active"],
    ["a completed campaign", { campaign: { status: "completed" } }, 409, "campaign_not_active"],
    ["an inactive agent", { agent: { isActive: false } }, 409, "agent_inactive"],
    ["no agent", { campaign: { voiceAgentId: null } }, 409, "agent_inactive"],
    ["no number", { campaign: { phoneNumber: null } }, 409, "campaign_without_number"],
    ["no carrier", { campaign: { carrierId: null } }, 409, "campaign_without_number"],
    [
      "a number that is not the account's",
      { campaign: { phoneNumber: "+15550019999" } },
      409,
      "campaign_without_number",
    ],
    ["a country not allowed", { allowedCountries: ["IN"] }, 422, "destination_not_allowed"],
  ];

  test.for(ROWS)("%s: %s", async ([, options, status, code]) => {
    const org = await createOrganisation(options);
    const to = "+14155550192";
    const response = await post("/v1/calls", org.apiKey, {
      to,
      campaign_id: org.campaignId,
      contact_name: "X",
    });
    expect(await refusal(response)).toMatchObject({ status, code });
    expect(await traces(org)).toEqual({ calls: [], contacts: [] });
  });

  test("without a list of its own, an organisation may call the countries of its numbers", async () => {
    const org = await createOrganisation({ allowedCountries: null });
    const abroad = await post("/v1/calls", org.apiKey, { to: "+918888888888", campaign_id: org.campaignId });
    expect(await refusal(abroad)).toMatchObject({ code: "destination_not_allowed" });
    await place(org, "+14155550192");
  });

  test("an unknown campaign: 404", async () => {
    const org = await createOrganisation();
    const response = await post("/v1/calls", org.apiKey, { to: TO, campaign_id: newId("campaign") });
    expect(await refusal(response)).toMatchObject({ status: 404, code: "campaign_not_found" });
  });

  test("a number that opted out: 409, and its contact stays as it was", async () => {
    const org = await createOrganisation();
    await db.insert(optOuts).values({ orgId: org.orgId, phone: TO, createdAt: 1 });
    const response = await post("/v1/calls", org.apiKey, { to: TO, campaign_id: org.campaignId });
    expect(await refusal(response)).toMatchObject({ status: 409, code: "contact_opted_out" });
    expect(await traces(org)).toEqual({ calls: [], contacts: [] });
  });

  test("metadata that would outgrow its bound: 422, and the contact stays as it was", async () => {
    const org = await createOrganisation();
    await db.insert(contacts).values({
      id: newId("contact"),
      orgId: org.orgId,
      phone: TO,
      metadata: JSON.stringify({ a: "x".repeat(230_000) }),
      createdAt: 1,
    });
    const body = { to: TO, campaign_id: org.campaignId, metadata: { b: "y".repeat(40_000) } };
    expect(await refusal(await post("/v1/calls", org.apiKey, body))).toMatchObject({
      status: 422,
      code: "metadata_too_large",
    });
    expect((await traces(org)).calls).toEqual([]);
  });
});

describe("one live call to a number", () => {
  test("the second is refused while the first lives, and taken once it has ended", async () => {
    const org = await createOrganisation();
    const first = await place(org, TO, { contact_name: "Priya" });
    const body = { to: TO, campaign_id: org.campaignId, contact_name: "Someone else" };
    const second = await post("/v1/calls", org.apiKey, body);
    expect(await refusal(second)).toMatchObject({ status: 409, code: "number_in_call" });
    expect((await traces(org)).contacts[0]?.name).toBe("Priya");
    await until(
      () => read(org, first),
      (call) => call.status === "ended",
    );
    await until(
      () => post("/v1/calls", org.apiKey, body),
      (response) => response.status === 201,
    );
  });

  test("of twenty at the same moment exactly one is taken", async () => {
    const org = await createOrganisation();
    const body = { to: TO, campaign_id: org.campaignId };
    const answers = await Promise.all(Array.from({ length: 20 }, () => post("/v1/calls", org.apiKey, body)));
    expect(answers.map((response) => response.status).toSorted()).toEqual([201, ...Array(19).fill(409)]);
    expect((await traces(org)).calls).toHaveLength(1);
  });

  test("the same number may be called by two organisations", async () => {
    const [one, two] = await Promise.all([createOrganisation(), createOrganisation()]);
    await Promise.all([place(one, TO), place(two, TO)]);
  });
});

describe("a request that is overtaken before it writes", () => {
  const body = (org: Organisation) => ({
    to: "+15005550001",
    campaign_id: org.campaignId,
    contact_name: "Sam",
  });
  const overtaken: [string, (org: Organisation) => Promise<unknown>, string][] = [
    [
      "by the deletion of the carrier account",
      (org) => db.update(carriers).set({ deletedAt: 1 }).where(eq(carriers.id, org.carrierId)),
      "campaign_without_number",
    ],
    [
      "by the removal of its number",
      (org) => db.delete(carrierNumbers).where(eq(carrierNumbers.carrierId, org.carrierId)),
      "campaign_without_number",
    ],
    [
      "by an opt-out",
      (org) => db.insert(optOuts).values({ orgId: org.orgId, phone: "+15005550001", createdAt: 1 }),
      "contact_opted_out",
    ],
  ];

  test.for(overtaken)("%s places no call, and its key stays unused", async ([, meanwhile, code]) => {
    const org = await createOrganisation();
    const key = { "idempotency-key": "k" };
    const act = async () => void (await meanwhile(org));
    const refused = await askWhile(org, "POST", "/v1/calls", body(org), act, key);
    expect(await refusal(refused)).toMatchObject({ status: 409, code });
    expect(await traces(org)).toEqual({ calls: [], contacts: [] });
    const keys = db.select().from(idempotencyKeys).where(eq(idempotencyKeys.orgId, org.orgId));
    expect(await keys).toEqual([]);
  });

  test("by its own repetition, once its lease ran out, rings nobody twice", async () => {
    const org = await createOrganisation();
    const headers = { "idempotency-key": "k", "content-type": "application/json" };
    const send = () =>
      request("/v1/calls", org.apiKey, { method: "POST", headers, body: JSON.stringify(body(org)) });
    const placed: Record<string, unknown>[] = [];
    const takeOver = async () => {
      await db.update(idempotencyKeys).set({ leaseUntilMs: 0 }).where(eq(idempotencyKeys.orgId, org.orgId));
      const second = await send();
      expect(second.status).toBe(201);
      placed.push(await second.json());
      // Its call ends, and no longer is what forbids another one.
      await until(
        () => traces(org),
        ({ calls: [call] }) => call?.status === "ended",
      );
      await db.update(contacts).set({ name: "Samuel" }).where(eq(contacts.orgId, org.orgId));
    };
    const first = await askWhile(org, "POST", "/v1/calls", body(org), takeOver, headers);
    expect(await refusal(first)).toMatchObject({ status: 409, code: "idempotency_in_progress" });
    const { calls: callRows, contacts: contactRows } = await traces(org);
    expect([callRows.length, contactRows.map(({ name }) => name)]).toEqual([1, ["Samuel"]]);
    expect(await (await send()).json()).toEqual(placed[0]);
  });
});

describe("paths and methods", () => {
  test("an unknown path: 404", async () => {
    expect(await refusal(await request("/v1/nothing", null))).toMatchObject({ code: "not_found" });
  });

  test("a method that the path does not take: 405 with Allow", async () => {
    const response = await request("/v1/calls", null, { method: "PUT" });
    expect(await refusal(response)).toMatchObject({ status: 405, code: "method_not_allowed" });
    expect(response.headers.get("allow")?.split(", ").toSorted()).toEqual(["GET", "HEAD", "POST"]);
  });

  test("/healthz needs no key", async () => {
    const response = await request("/healthz", null);
    expect([response.status, await response.json()]).toEqual([200, { status: "ok" }]);
  });
});
