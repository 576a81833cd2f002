import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { readConfig } from "../../src/config.ts";
import { organisationSchema } from "../../src/contract/organisation.ts";
import { openDb } from "../../src/db/client.ts";
import { organisations } from "../../src/db/schema.ts";
import { unseal } from "../../src/lib/sealing.ts";
import { place, post, request } from "../support/api.ts";
import { ask, patch, problemOf } from "../support/carrier-accounts.ts";
import { countTrips } from "../support/d1-trips.ts";
import { createKey, createOrganisation, type Organisation } from "../support/organisation.ts";

const PATH = "/v1/organisation";
const KEY = "sk-that-nobody-may-ever-see";
const MODEL = { base_url: "https://models.example/v1", model: "large-1" };

const change = (org: Organisation, body: unknown) => patch(PATH, org.apiKey, body);
const read = async (org: Organisation) =>
  organisationSchema.parse(await (await request(PATH, org.apiKey)).json());

async function changed(org: Organisation, body: unknown) {
  const response = await change(org, body);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return organisationSchema.parse(await response.json());
}

const rowOf = ({ orgId }: Organisation) =>
  openDb(env.DB).select().from(organisations).where(eq(organisations.id, orgId)).get();

/** The key that is stored; null for none. */
async function storedKey(org: Organisation): Promise<string | null> {
  const sealed = (await rowOf(org))?.modelKeyEncrypted ?? null;
  return sealed === null ? null : unseal(readConfig(env).credentialsKeys, sealed, org.orgId);
}

test("is read, changed field by field, and read again", async () => {
  const org = await createOrganisation({ allowedCountries: null });
  const before = await read(org);
  expect(before).toEqual({
    uuid: org.orgId,
    name: "Luminary Home",
    allowed_countries: null,
    model: null,
    recordings_at_carrier: "keep",
    created_at: "2026-05-28T20:26:40Z",
  });
  expect(await changed(org, {})).toEqual(before);
  expect(await changed(org, { name: " Lumen & Söhne " })).toEqual({ ...before, name: "Lumen & Söhne" });
  const now = {
    ...before,
    name: "Lumen & Söhne",
    allowed_countries: ["US", "IN"],
    recordings_at_carrier: "delete" as const,
    model: { ...MODEL, has_api_key: true },
  };
  const { allowed_countries, recordings_at_carrier } = now;
  expect(
    await changed(org, { allowed_countries, recordings_at_carrier, model: { ...MODEL, api_key: KEY } }),
  ).toEqual(now);
  expect(await read(org)).toEqual(now);
  expect(await storedKey(org)).toBe(KEY);
  expect(await changed(org, { allowed_countries: null, model: null })).toEqual({
    ...now,
    allowed_countries: null,
    model: null,
  });
  expect(await rowOf(org)).toMatchObject({ modelBaseUrl: null, modelName: null, modelKeyEncrypted: null });
});

describe("the countries that may be called", () => {
  const to = "+918888888888";
  const CALLS: [countries: string[] | null, status: number][] = [
    [null, 422],
    [["US"], 422],
    [[], 422],
    [["US", "IN"], 201],
    [["*"], 201],
  ];

  test.for(CALLS)("%j: a call to India is answered %i", async ([allowed_countries, status]) => {
    const org = await createOrganisation();
    expect((await changed(org, { allowed_countries })).allowed_countries).toEqual(allowed_countries);
    if (status === 201) await place(org, to);
    else expect((await post("/v1/calls", org.apiKey, { to, campaign_id: org.campaignId })).status).toBe(422);
  });
});

describe("a change that is refused: 422, naming the field, and nothing changes", () => {
  const ROWS: [name: string, body: Record<string, unknown>, ...paths: string[]][] = [
    ["an empty name", { name: " " }, "name"],
    ["no name", { name: null }, "name"],
    ["U+0000", { name: "a\u0000" }, "name"],
    ["a lone surrogate", { name: "a\udc00" }, "name"],
    ["a country in small letters", { allowed_countries: ["us"] }, "allowed_countries.0"],
    ["a country that is none", { allowed_countries: ["US", "XX"] }, "allowed_countries.1"],
    ["a word of every object", { allowed_countries: ["toString"] }, "allowed_countries.0"],
    ["a code without a country", { allowed_countries: ["001"] }, "allowed_countries.0"],
    ["a country twice", { allowed_countries: ["US", "US"] }, "allowed_countries"],
    ["all and one more", { allowed_countries: ["*", "US"] }, "allowed_countries"],
    ["countries as text", { allowed_countries: "US" }, "allowed_countries"],
    ["another fate of recordings", { recordings_at_carrier: "sell" }, "recordings_at_carrier"],
    ["no fate of recordings", { recordings_at_carrier: null }, "recordings_at_carrier"],
    ["an unknown field", { uuid: "org_1" }, "uuid"],
    ["a model without address", { model: { model: "m" } }, "model.base_url"],
    ["a model without name", { model: { base_url: MODEL.base_url } }, "model.model"],
    ["a model of nothing", { model: {} }, "model.base_url", "model.model"],
    ["a model's key alone", { model: { api_key: KEY } }, "model.base_url", "model.model"],
    ["an address taken away", { model: { ...MODEL, base_url: null } }, "model.base_url"],
    ["a name with a line end", { model: { ...MODEL, model: "a\nb" } }, "model.model"],
    ["an empty key", { model: { ...MODEL, api_key: "" } }, "model.api_key"],
    ["a key with a line end", { model: { ...MODEL, api_key: `${KEY}\r\nX: 1` } }, "model.api_key"],
    ["a key too long", { model: { ...MODEL, api_key: "x".repeat(2_049) } }, "model.api_key"],
    ["what is only shown", { model: { ...MODEL, has_api_key: true } }, "model.has_api_key"],
    ...[
      "http://models.example/v1",
      "https://models.example/v1/",
      "https://models.example/v1?key=1",
      "https://me:pw@models.example",
      "https://192.168.1.1",
      "https://0xa9fea9fe/latest",
      "https://[::ffff:a9fe:a9fe]",
      "https://metadata.google.internal",
      "file:///etc/passwd",
      "models.example",
    ].map((base_url): [string, Record<string, unknown>, string] => [
      base_url,
      { model: { ...MODEL, base_url } },
      "model.base_url",
    ]),
  ];

  test.for(ROWS)("%s", async ([, body, ...paths]) => {
    const org = await createOrganisation();
    const before = await rowOf(org);
    const problem = await problemOf(await change(org, { recordings_at_carrier: "delete", ...body }));
    expect(problem).toMatchObject({ status: 422, code: "validation_failed" });
    expect(problem.errors?.map(({ path }) => path)).toEqual(paths);
    expect(JSON.stringify(problem)).not.toContain(KEY);
    expect(await rowOf(org)).toEqual(before);
  });

  test("loopback is for local development alone", async () => {
    const org = await createOrganisation();
    const body = { model: { ...MODEL, base_url: "http://localhost:11434/v1" } };
    expect((await changed(org, body)).model).toMatchObject({ base_url: "http://localhost:11434/v1" });
    const deployed = { ...env, PUBLIC_BASE_URL: "https://calls.example" };
    expect((await ask(deployed, "PATCH", PATH, org, body)).status).toBe(422);
  });
});

describe("the model's key", () => {
  const CHANGES: [name: string, model: Record<string, unknown>, kept: string | null][] = [
    ["another name", { model: "small-1" }, KEY],
    ["the same address", { base_url: MODEL.base_url }, KEY],
    ["another path", { base_url: "https://models.example/v2" }, KEY],
    ["the same host said otherwise", { base_url: "https://MODELS.example.:443/v1" }, KEY],
    ["another host", { base_url: "https://thief.example/v1" }, null],
    ["a host below it", { base_url: "https://eu.models.example/v1" }, null],
    ["another port", { base_url: "https://models.example:8443/v1" }, null],
    ["loopback by http", { base_url: "http://localhost:11434/v1" }, null],
    ["another host with a key", { base_url: "https://other.example", api_key: "sk-2" }, "sk-2"],
    ["another key", { api_key: "sk-2" }, "sk-2"],
    ["null", { api_key: null }, null],
  ];

  test.for(CHANGES)("after %s", async ([, model, kept]) => {
    const org = await createOrganisation();
    await changed(org, { model: { ...MODEL, api_key: KEY } });
    expect((await changed(org, { model })).model?.has_api_key).toBe(kept !== null);
    expect(await storedKey(org)).toBe(kept);
    // Going back does not bring it back.
    await changed(org, { model: MODEL });
    expect(await storedKey(org)).toBe("base_url" in model && model.api_key !== undefined ? null : kept);
  });

  test("is in no answer, no log line and not in its row", async () => {
    const lines: unknown[] = [];
    for (const level of ["log", "info", "warn", "error"] as const) {
      const spy = vi.spyOn(console, level).mockImplementation((...args) => void lines.push(...args));
      onTestFinished(() => spy.mockRestore());
    }
    const org = await createOrganisation();
    const answers = [
      await change(org, { model: { ...MODEL, api_key: KEY } }),
      await request(PATH, org.apiKey),
      await change(org, { model: { api_key: `${KEY}\n` } }),
      await change(org, { model: { [KEY.slice(0, 4)]: KEY } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 422, 422]);
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    const row = JSON.stringify(await rowOf(org));
    expect([...texts, lines.join(), row].filter((text) => text.includes(KEY))).toEqual([]);
    expect(await storedKey(org)).toBe(KEY);
  });

  test("that is set while the model is changed is kept", async () => {
    const org = await createOrganisation();
    for (let round = 0; round < 5; round += 1) {
      await changed(org, { model: { ...MODEL, api_key: "old" } });
      await Promise.all([
        changed(org, { model: { model: "small-1" } }),
        changed(org, { model: { api_key: KEY } }),
        changed(org, { model: { base_url: "https://models.example/v2" } }),
      ]);
      expect([await storedKey(org), (await read(org)).model?.model]).toEqual([KEY, "small-1"]);
    }
  });

  test("of changes at the same time none sends it elsewhere", async () => {
    const org = await createOrganisation();
    await changed(org, { model: { ...MODEL, api_key: KEY } });
    await Promise.all([
      changed(org, { model: { base_url: "https://thief.example/v1" } }),
      changed(org, { model: { model: "small-1" } }),
      changed(org, { model: { base_url: "https://models.example/v3" } }),
    ]);
    expect((await read(org)).model).toMatchObject({ model: "small-1", has_api_key: false });
    expect(await storedKey(org)).toBeNull();
  });
});

test("changes at the same time are all kept", async () => {
  const org = await createOrganisation();
  await changed(org, { model: MODEL });
  await Promise.all([
    changed(org, { name: "B" }),
    changed(org, { allowed_countries: ["FR"] }),
    changed(org, { recordings_at_carrier: "delete" }),
    changed(org, { model: { model: "small-1" } }),
    changed(org, { model: { base_url: "https://models.example/v2" } }),
    changed(org, { model: { api_key: KEY } }),
  ]);
  expect(await read(org)).toMatchObject({
    name: "B",
    allowed_countries: ["FR"],
    recordings_at_carrier: "delete",
    model: { base_url: "https://models.example/v2", model: "small-1", has_api_key: true },
  });
});

test("is that of the key, and only an administrator's to see", async () => {
  const [org, other] = await Promise.all([createOrganisation(), createOrganisation()]);
  await changed(org, { name: "Mine", model: { ...MODEL, api_key: KEY } });
  expect(await read(other)).toMatchObject({ uuid: other.orgId, name: "Luminary Home", model: null });
  const key = await createKey(org.orgId, ["voice:campaigns:write"]);
  expect((await request(PATH, key)).status).toBe(403);
  expect((await patch(PATH, key, { name: "X" })).status).toBe(403);
  expect((await request(PATH, null)).status).toBe(401);
  expect((await request(PATH, org.apiKey, { method: "DELETE" })).status).toBe(405);
});

test("costs one trip to the database, two where the model is merged", async () => {
  const org = await createOrganisation();
  await read(org);
  const log: string[] = [];
  const counted = { ...env, DB: countTrips(env.DB, log) };
  const trips = async (method: string, body?: unknown) => {
    log.length = 0;
    const { status } = await ask(counted, method, PATH, org, body);
    return [status, ...log];
  };
  expect(await trips("GET")).toEqual([200, "query"]);
  expect(await trips("PATCH", { name: "B", allowed_countries: ["*"] })).toEqual([200, "query"]);
  expect(await trips("PATCH", { model: MODEL })).toEqual([200, "query", "query"]);
});
