// Carrier accounts: kept, changed and removed, with their numbers.

import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { carrierSchema, createdCarrierSchema } from "../../src/contract/carrier-accounts.ts";
import { openDb } from "../../src/db/client.ts";
import * as tables from "../../src/db/schema.ts";
import { newId } from "../../src/lib/ids.ts";
import { BASE_URL, post, request } from "../support/api.ts";
import {
  addCampaign,
  ask,
  create,
  dropCampaign,
  NUMBERS,
  numbersOf,
  patch,
  problemOf,
  remove,
  SID,
  storedToken,
  TOKEN,
  twilio,
} from "../support/carrier-accounts.ts";
import { countTrips } from "../support/d1-trips.ts";
import { createKey, createOrganisation, FROM } from "../support/organisation.ts";

const db = openDb(env.DB);

test("an account is added, read, changed, listed and removed", async () => {
  const org = await createOrganisation();
  const created = await post("/v1/carriers", org.apiKey, twilio({ numbers: NUMBERS.toReversed() }));
  expect(created.status).toBe(201);
  const carrier = createdCarrierSchema.parse(await created.json());
  const path = `/v1/carriers/${carrier.uuid}`;
  expect(created.headers.get("location")).toBe(path);
  const { auth_token: shown, ...stored } = carrier;
  expect(shown).toBeNull();
  expect(stored).toEqual({
    uuid: expect.stringMatching(/^car_/),
    kind: "twilio",
    name: "Main",
    account_sid: SID,
    api_base_url: null,
    numbers: NUMBERS,
    calls_per_second: 1,
    max_concurrent: null,
    inbound_url: `${BASE_URL}/carriers/${carrier.uuid}/inbound#rc=5&rp=ct,rt,5xx`,
    created_at: expect.stringMatching(/Z$/),
  });
  expect(await (await request(path, org.apiKey)).json()).toEqual(stored);
  expect(await storedToken(carrier.uuid)).toBe(TOKEN);

  const changed = await patch(path, org.apiKey, { name: "EU", calls_per_second: 30, max_concurrent: 5 });
  expect(changed.status).toBe(200);
  const now = { ...stored, name: "EU", calls_per_second: 30, max_concurrent: 5 };
  expect(await changed.json()).toEqual(now);
  expect(await (await patch(path, org.apiKey, {})).json()).toEqual(now);
  expect(await (await request("/v1/carriers?limit=1", org.apiKey)).json()).toEqual({
    carriers: [now],
    total: 2,
  });
  expect(await (await request("/v1/carriers?offset=1", org.apiKey)).json()).toMatchObject({
    carriers: [{ uuid: org.carrierId, numbers: [FROM] }],
    total: 2,
  });
  expect(await storedToken(carrier.uuid)).toBe(TOKEN);

  expect((await remove(path, org.apiKey)).status).toBe(204);
  expect((await request(path, org.apiKey)).status).toBe(404);
  expect((await patch(path, org.apiKey, { name: "X" })).status).toBe(404);
  expect((await remove(path, org.apiKey)).status).toBe(404);
  expect(await (await request("/v1/carriers", org.apiKey)).json()).toMatchObject({ total: 1 });
  const row = await db.select().from(tables.carriers).where(eq(tables.carriers.id, carrier.uuid)).get();
  expect(row).toMatchObject({ authTokenEncrypted: "", name: "EU", deletedAt: expect.any(Number) });
  expect(await numbersOf(carrier.uuid)).toEqual([]);
});

test("all that may be said is kept as it was said", async () => {
  const org = await createOrganisation();
  const said = {
    kind: "sandbox",
    account_sid: SID,
    auth_token: "x".repeat(255),
    name: "声 & Co.",
    api_base_url: "https://carrier.example/twilio",
    numbers: [],
    calls_per_second: 1_000,
    max_concurrent: 1,
  };
  const { auth_token: token, ...rest } = said;
  const { path, uuid, auth_token } = await create(org, said);
  expect(auth_token).toBeNull();
  expect(await (await request(path, org.apiKey)).json()).toMatchObject(rest);
  expect(await storedToken(uuid)).toBe(token);
});

test("a hundred numbers are kept, each with its country", async () => {
  const org = await createOrganisation();
  const numbers = Array.from({ length: 100 }, (_, i) => `+1415555${String(1000 + i)}`);
  const { uuid, path } = await create(org, twilio({ numbers }));
  expect(await (await request(path, org.apiKey)).json()).toMatchObject({ numbers });
  await patch(path, org.apiKey, { numbers: ["+918888888888", "+14155551000"] });
  const rows = await numbersOf(uuid);
  expect(rows.map(({ phone, country, orgId }) => [phone, country, orgId]).toSorted()).toEqual([
    ["+14155551000", "US", org.orgId],
    ["+918888888888", "IN", org.orgId],
  ]);
});

describe("an account that is refused: 422, naming the field, and nothing is stored", () => {
  const ROWS: [name: string, change: Record<string, unknown>, path: string][] = [
    ["no kind", { kind: undefined }, "kind"],
    ["another kind", { kind: "plivo" }, "kind"],
    ["no name", { name: undefined }, "name"],
    ["a name with U+0000", { name: "a\u0000b" }, "name"],
    ["a lone surrogate", { name: "a\ud800" }, "name"],
    ["no SID", { account_sid: undefined }, "account_sid"],
    ["a SID of another kind", { account_sid: `SK${SID.slice(2)}` }, "account_sid"],
    ["a SID in capitals", { account_sid: SID.toUpperCase() }, "account_sid"],
    ["a SID with a line end", { account_sid: `${SID}\n` }, "account_sid"],
    ["no token", { auth_token: undefined }, "auth_token"],
    ["an empty token", { auth_token: "" }, "auth_token"],
    ["a token with a space", { auth_token: "a b" }, "auth_token"],
    ["a token with a line end", { auth_token: "a\n" }, "auth_token"],
    ["a token too long", { auth_token: "x".repeat(256) }, "auth_token"],
    ["a token of another script", { auth_token: "tökèn" }, "auth_token"],
    ["no numbers", { numbers: undefined }, "numbers"],
    ["a number that is none", { numbers: ["+14155550100", "14155550101"] }, "numbers.1"],
    ["a number twice", { numbers: ["+14155550100", "+14155550100"] }, "numbers"],
    ["101 numbers", { numbers: Array.from({ length: 101 }, (_, i) => `+1415555${1000 + i}`) }, "numbers"],
    ["no calls a second", { calls_per_second: 0 }, "calls_per_second"],
    ["too many calls a second", { calls_per_second: 1001 }, "calls_per_second"],
    ["half a call a second", { calls_per_second: 0.5 }, "calls_per_second"],
    ["calls a second as null", { calls_per_second: null }, "calls_per_second"],
    ["no calls at a time", { max_concurrent: 0 }, "max_concurrent"],
    ["calls at a time as text", { max_concurrent: "5" }, "max_concurrent"],
    ["an unknown field", { inbound_url: "https://x.example" }, "inbound_url"],
    ["half of a sandbox account", { kind: "sandbox", auth_token: undefined }, "auth_token"],
    ["the other half of one", { kind: "sandbox", account_sid: undefined }, "account_sid"],
  ];

  test.for(ROWS)("%s", async ([, change, path]) => {
    const org = await createOrganisation();
    const response = await post("/v1/carriers", org.apiKey, twilio(change));
    const problem = await problemOf(response);
    expect(problem).toMatchObject({ status: 422, code: "validation_failed" });
    expect(problem.errors?.map((error) => error.path)).toEqual([path]);
    expect(JSON.stringify(problem)).not.toContain(TOKEN);
    expect(await (await request("/v1/carriers", org.apiKey)).json()).toMatchObject({ total: 1 });
  });

  test.for(["kind", "account_sid", "uuid", "inbound_url", "created_at"])("a change of %s", async (field) => {
    const org = await createOrganisation();
    const { path, auth_token: _, ...carrier } = await create(org, twilio());
    const response = await patch(path, org.apiKey, { name: "X", [field]: carrier[field as "kind"] });
    expect(await problemOf(response)).toMatchObject({ status: 422, errors: [{ path: field }] });
    expect(await (await request(path, org.apiKey)).json()).toEqual(carrier);
  });

  test("a change to no token", async () => {
    const org = await createOrganisation();
    const { path } = await create(org, twilio());
    expect((await patch(path, org.apiKey, { auth_token: null })).status).toBe(422);
  });
});

describe("what is in use stays", () => {
  test("a number that a campaign has", async () => {
    const org = await createOrganisation();
    const { path, ...made } = await create(org, twilio());
    const { auth_token: _, ...carrier } = made;
    const campaignId = await addCampaign(org, { carrierId: made.uuid, phoneNumber: NUMBERS[0] ?? "" });
    const change = { name: "B", numbers: ["+14155550101"], auth_token: "new" };
    const response = await patch(path, org.apiKey, change);
    expect(await problemOf(response)).toMatchObject({ status: 409, code: "in_use" });
    expect(await (await request(path, org.apiKey)).json()).toEqual(carrier);
    expect(await storedToken(made.uuid)).toBe(TOKEN);

    const kept = [NUMBERS[0] ?? "", "+14155550101"];
    expect(await (await patch(path, org.apiKey, { numbers: kept })).json()).toMatchObject({ numbers: kept });
    await dropCampaign(campaignId);
    expect((await patch(path, org.apiKey, { numbers: [] })).status).toBe(200);
    expect(await numbersOf(made.uuid)).toEqual([]);
  });

  test("a campaign of another account, or with a number that is not the account's, is no hindrance", async () => {
    const org = await createOrganisation();
    const { path, uuid } = await create(org, twilio({ numbers: [FROM] }));
    await addCampaign(org, { carrierId: uuid, phoneNumber: "+14155550177" });
    expect((await patch(path, org.apiKey, { numbers: [] })).status).toBe(200);
  });

  test("an account that a campaign has", async () => {
    const org = await createOrganisation();
    const path = `/v1/carriers/${org.carrierId}`;
    const before = await (await request(path, org.apiKey)).text();
    const response = await remove(path, org.apiKey);
    expect(await problemOf(response)).toMatchObject({ status: 409, code: "in_use" });
    expect(await (await request(path, org.apiKey)).text()).toBe(before);
    expect(await storedToken(org.carrierId)).toBe(org.authToken);
    await dropCampaign(org.campaignId);
    expect((await remove(path, org.apiKey)).status).toBe(204);
  });

  test("an account with a call that lives", async () => {
    const org = await createOrganisation();
    await dropCampaign(org.campaignId);
    const path = `/v1/carriers/${org.carrierId}`;
    const callId = newId("call");
    const { orgId, campaignId, carrierId } = org;
    await db.insert(tables.calls).values({
      id: callId,
      orgId,
      campaignId,
      carrierId,
      callType: "outbound",
      fromNumber: FROM,
      toNumber: "+14155550192",
      status: "in_progress",
      startedAt: 1,
    });
    expect(await problemOf(await remove(path, org.apiKey))).toMatchObject({ status: 409, code: "in_use" });
    expect(await numbersOf(carrierId)).toHaveLength(1);
    const ended = { status: "ended", outcome: "failed", endedReason: "platform_error", endedAt: 2 } as const;
    await db.update(tables.calls).set(ended).where(eq(tables.calls.id, callId));
    const both = await Promise.all([remove(path, org.apiKey), remove(path, org.apiKey)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([204, 404]);
  });
});

test("changes at the same time are all kept, and the numbers are one of the lists", async () => {
  const org = await createOrganisation();
  const { path, uuid } = await create(org, twilio());
  const lists = [["+14155550101", "+14155550102"], ["+14155550103"]];
  const answers = await Promise.all([
    patch(path, org.apiKey, { name: "B" }),
    patch(path, org.apiKey, { calls_per_second: 7 }),
    patch(path, org.apiKey, { max_concurrent: 8 }),
    patch(path, org.apiKey, { auth_token: "new" }),
    ...lists.map((numbers) => patch(path, org.apiKey, { numbers })),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  const carrier = carrierSchema.parse(await (await request(path, org.apiKey)).json());
  expect(carrier).toMatchObject({ name: "B", calls_per_second: 7, max_concurrent: 8 });
  expect(lists).toContainEqual(carrier.numbers);
  expect(await storedToken(uuid)).toBe("new");
});

test("another organisation's account, and what is no account, are not there", async () => {
  const [org, other] = await Promise.all([createOrganisation(), createOrganisation()]);
  await dropCampaign(other.campaignId);
  for (const id of [other.carrierId, newId("carrier"), newId("call"), "x", "%00"]) {
    const path = `/v1/carriers/${id}`;
    const answers = [
      await request(path, org.apiKey),
      await patch(path, org.apiKey, { name: "Mine", numbers: [] }),
      await patch(path, org.apiKey, { wrong: 1 }),
      await remove(path, org.apiKey),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  }
  const list = await request("/v1/carriers", org.apiKey);
  expect(await list.text()).not.toContain(other.carrierId);
  const theirs = await request(`/v1/carriers/${other.carrierId}`, other.apiKey);
  expect(await theirs.json()).toMatchObject({ name: "Sandbox", numbers: [FROM] });
});

test("only an administrator may, and creates have a bucket of their own", async () => {
  const org = await createOrganisation();
  const key = await createKey(org.orgId, ["voice:campaigns:read", "voice:campaigns:write"]);
  const path = `/v1/carriers/${org.carrierId}`;
  const answers = [
    await post("/v1/carriers", key, twilio()),
    await request("/v1/carriers", key),
    await request(path, key),
    await patch(path, key, { name: "X" }),
    await remove(path, key),
  ];
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 403));
  const admin = await createKey(org.orgId, ["voice:admin"]);
  const created = await post("/v1/carriers", admin, twilio());
  expect(created.headers.get("ratelimit-policy")).toBe('"create_carrier";q=20;w=60');
});

test("each route makes at most two trips to the database", async () => {
  const org = await createOrganisation();
  const { path } = await create(org, twilio());
  const log: string[] = [];
  const counted = { ...env, DB: countTrips(env.DB, log) };
  const trips = async (method: string, where: string, body?: unknown) => {
    log.length = 0;
    const { status } = await ask(counted, method, where, org, body);
    return [status, ...log];
  };
  expect(await trips("POST", "/v1/carriers", twilio())).toEqual([201, "batch"]);
  expect(await trips("GET", "/v1/carriers")).toEqual([200, "batch"]);
  expect(await trips("GET", path)).toEqual([200, "query"]);
  expect(await trips("PATCH", path, { name: "B" })).toEqual([200, "query", "batch"]);
  expect(await trips("PATCH", path, { numbers: [], auth_token: "new" })).toEqual([200, "query", "batch"]);
  expect(await trips("DELETE", path)).toEqual([204, "query", "batch"]);
});
