import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { SCOPES } from "../../src/domain/scopes.ts";
import { sha256Hex } from "../../src/lib/crypto.ts";
import { newId } from "../../src/lib/ids.ts";
import { post, request } from "../support/api.ts";
import { createKey, createOrganisation, type Organisation } from "../support/organisation.ts";
import { inD1 } from "../support/in-d1.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

type Created = { uuid: string; key: string };

const patch = (path: string, apiKey: string, body: unknown) =>
  request(path, apiKey, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const remove = (path: string, apiKey: string) => request(path, apiKey, { method: "DELETE" });

async function create(org: Organisation, body: object = {}): Promise<Created> {
  const all = { name: "Dashboard", scopes: ["voice:calls:read"], ...body };
  const response = await post("/v1/keys", org.apiKey, all);
  if (response.status !== 201) throw new Error(`Not created: ${response.status} ${await response.text()}`);
  return response.json();
}

/** What a request with the key is answered that any key with `voice:calls:read` may make. */
const statusOf = async (apiKey: string) => (await request("/api/voice/calls/live", apiKey)).status;

test("a key is created and works at once, and is read, listed and changed without its secret", async () => {
  const org = await createOrganisation();
  const response = await post("/v1/keys", org.apiKey, {
    name: " Dashboard ",
    scopes: ["voice:contacts:read", "voice:calls:read"],
    expires_at: "2099-05-12T16:32:01.5+02:00",
    limits: { default: 1200, place_call: 60 },
  });
  expect(response.status).toBe(201);
  expect(response.headers.get("cache-control")).toBe("no-store");
  const { key, ...shown }: Created = await response.json();
  expect(key).toMatch(/^tl_k_[0-9A-Za-z]{43}$/);
  expect(shown).toEqual({
    uuid: expect.stringMatching(/^key_/),
    name: "Dashboard",
    scopes: ["voice:calls:read", "voice:contacts:read"],
    limits: { default: 1200, place_call: 60 },
    expires_at: "2099-05-12T14:32:01Z",
    revoked_at: null,
    created_at: expect.stringMatching(/Z$/),
  });
  const path = `/v1/keys/${shown.uuid}`;
  expect(response.headers.get("location")).toBe(path);
  expect(await statusOf(key)).toBe(200);

  expect(await (await request(path, org.apiKey)).json()).toEqual(shown);
  const changed = await patch(path, org.apiKey, {
    name: "Wallboard",
    expires_at: null,
    limits: { default: null, end_call: 20 },
  });
  const now = { ...shown, name: "Wallboard", expires_at: null, limits: { place_call: 60, end_call: 20 } };
  expect([changed.status, await changed.json()]).toEqual([200, now]);
  expect(await (await patch(path, org.apiKey, {})).json()).toEqual(now);
  expect(await (await patch(path, org.apiKey, { limits: null })).json()).toEqual({ ...now, limits: {} });

  const list: { keys: object[]; total: number } = await (
    await request("/v1/keys?limit=1", org.apiKey)
  ).json();
  expect(list).toEqual({ keys: [{ ...now, limits: {} }], total: 2 });
});

test("only the key's hash is stored, whatever is kept of the answer, and no log shows it", async () => {
  const lines: unknown[] = [];
  for (const stream of ["log", "error", "warn", "info"] as const) {
    vi.spyOn(console, stream).mockImplementation((...line: unknown[]) => void lines.push(line));
  }
  const org = await createOrganisation();
  const send = () =>
    request("/v1/keys", org.apiKey, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": "a-key-once" },
      body: JSON.stringify({ name: "Once", scopes: ["voice:calls:read"] }),
    });
  const first: Created = await (await send()).json();
  const replay = await send();
  expect(replay.headers.get("idempotent-replayed")).toBe("true");
  expect(await replay.json()).toEqual({ ...first, key: null });
  await request("/api/voice/calls/live", first.key);
  await request(`/api/voice/calls/live?token=${first.key}`, null);
  for (const table of ["api_keys", "idempotency_keys"]) {
    const { results } = await env.DB.prepare(`SELECT * FROM ${table}`).all();
    expect(JSON.stringify(results)).not.toContain(first.key);
  }
  expect(JSON.stringify(lines)).not.toContain(first.key);
  const rows = await inD1.apiKeys.findMany();
  expect(rows.map(({ keyHash }) => keyHash)).toContain(await sha256Hex(first.key));
});

describe("is refused", () => {
  const BAD: [what: string, body: object, path: string][] = [
    ["no name", { name: undefined }, "name"],
    ["a name of two lines", { name: "a\nb" }, "name"],
    ["a name with U+0000", { name: "a\u0000b" }, "name"],
    ["no scope", { scopes: [] }, "scopes"],
    ["a scope twice", { scopes: ["voice:admin", "voice:admin"] }, "scopes"],
    ["a scope that is none", { scopes: ["voice:all"] }, "scopes.0"],
    ["an expiry that has passed", { expires_at: "2020-01-01T00:00:00Z" }, "expires_at"],
    ["an expiry in the year 10000 of UTC", { expires_at: "9999-12-31T23:59:59-00:01" }, "expires_at"],
    ["an expiry without a zone", { expires_at: "2099-01-01T00:00:00" }, "expires_at"],
    ["an expiry that is no day", { expires_at: "2099-02-30T00:00:00Z" }, "expires_at"],
    ["a limit of a bucket that is none", { limits: { everything: 5 } }, "limits"],
    ["a limit of nothing", { limits: { default: 0 } }, "limits.default"],
    ["half a request", { limits: { default: 1.5 } }, "limits.default"],
    ["a limit above the ceiling", { limits: { default: 60_001 } }, "limits.default"],
    ["a field that is none", { secret: "x" }, "secret"],
  ];
  test.each(BAD)("%s", async (_, body, path) => {
    const org = await createOrganisation();
    const all = { name: "X", scopes: ["voice:calls:read"], ...body };
    const response = await post("/v1/keys", org.apiKey, all);
    expect(response.status).toBe(422);
    const problem: { errors: { path: string }[] } = await response.json();
    expect(problem.errors.map((error) => error.path).join()).toContain(path);
    expect(await (await request("/v1/keys", org.apiKey)).json()).toMatchObject({ total: 1 });
  });

  test("a change above the ceiling, or of what a key may do, and nothing of it is done", async () => {
    const org = await createOrganisation();
    const { uuid } = await create(org);
    const path = `/v1/keys/${uuid}`;
    const before = await (await request(path, org.apiKey)).json();
    const changes = [
      { name: "X", limits: { default: 60_001 } },
      { name: "X", scopes: ["voice:admin"] },
      { name: "X", revoked_at: null },
      { expires_at: "2020-01-01T00:00:00Z" },
    ];
    for (const change of changes) expect((await patch(path, org.apiKey, change)).status).toBe(422);
    expect(await (await request(path, org.apiKey)).json()).toEqual(before);
  });

  test("to keys without voice:admin, to strangers, and for keys of others", async () => {
    const [org, other] = await Promise.all([createOrganisation(), createOrganisation()]);
    const plain = await createKey(
      org.orgId,
      SCOPES.filter((scope) => scope !== "voice:admin"),
    );
    const { uuid } = await create(org);
    const ways = (apiKey: string | null, id = uuid) =>
      Promise.all([
        request(`/v1/keys/${id}`, apiKey),
        request(`/v1/keys/${id}`, apiKey, { method: "DELETE" }),
        request(`/v1/keys/${id}`, apiKey, { method: "PATCH", body: "{}" }),
      ]).then((answers) => answers.map(({ status }) => status));
    expect(await ways(plain)).toEqual([403, 403, 403]);
    expect(await ways(null)).toEqual([401, 401, 401]);
    expect(await ways(other.apiKey)).toEqual([404, 404, 404]);
    expect(await ways(org.apiKey, newId("key"))).toEqual([404, 404, 404]);
    expect(await ways(org.apiKey, newId("call"))).toEqual([404, 404, 404]);
    expect(await ways(org.apiKey, "nonsense")).toEqual([404, 404, 404]);
    expect((await post("/v1/keys", plain, { name: "X", scopes: ["voice:admin"] })).status).toBe(403);
    expect((await request("/v1/keys", plain)).status).toBe(403);
    expect(await (await request(`/v1/keys/${uuid}`, org.apiKey)).json()).toMatchObject({ revoked_at: null });
  });
});

describe("a key that is revoked", () => {
  test("here is refused at once, and stays what it was; again it is no error", async () => {
    const org = await createOrganisation();
    const { uuid, key } = await create(org);
    expect(await statusOf(key)).toBe(200);
    expect((await remove(`/v1/keys/${uuid}`, org.apiKey)).status).toBe(204);
    expect(await statusOf(key)).toBe(401);
    const revoked: { revoked_at: string } = await (await request(`/v1/keys/${uuid}`, org.apiKey)).json();
    expect(revoked.revoked_at).toMatch(/Z$/);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 10_000 });
    expect((await remove(`/v1/keys/${uuid}`, org.apiKey)).status).toBe(204);
    expect(await (await request(`/v1/keys/${uuid}`, org.apiKey)).json()).toEqual(revoked);
    expect(await (await request("/v1/keys", org.apiKey)).json()).toMatchObject({ total: 2 });
  });

  test("elsewhere is refused here once 60 seconds have passed", async () => {
    const org = await createOrganisation();
    const { uuid, key } = await create(org);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    expect(await statusOf(key)).toBe(200);
    await env.DB.prepare("UPDATE api_keys SET revoked_at = 1 WHERE id = ?").bind(uuid).run();
    vi.setSystemTime(Date.now() + 59_000);
    expect(await statusOf(key)).toBe(200);
    vi.setSystemTime(Date.now() + 1_000);
    expect(await statusOf(key)).toBe(401);
  });

  test("can be the one that asks for it", async () => {
    const org = await createOrganisation();
    const own: { keys: { uuid: string }[] } = await (await request("/v1/keys", org.apiKey)).json();
    expect((await remove(`/v1/keys/${own.keys[0]?.uuid}`, org.apiKey)).status).toBe(204);
    expect((await request("/v1/keys", org.apiKey)).status).toBe(401);
  });
});

test("a key that has expired is refused from that second on, known or not", async () => {
  const org = await createOrganisation();
  const expiresAtMs = Math.ceil(Date.now() / 1000) * 1000 + 30_000;
  const expires_at = new Date(expiresAtMs).toISOString();
  const [known, unknown] = await Promise.all([create(org, { expires_at }), create(org, { expires_at })]);
  vi.useFakeTimers({ toFake: ["Date"], now: expiresAtMs - 1 });
  expect(await statusOf(known.key)).toBe(200);
  vi.setSystemTime(expiresAtMs);
  expect(await Promise.all([known, unknown].map(({ key }) => statusOf(key)))).toEqual([401, 401]);
});

test("changed limits are in force at once here", async () => {
  const org = await createOrganisation();
  const { uuid, key } = await create(org, { limits: { default: 2 } });
  const policyOf = async () => (await request("/api/voice/calls/live", key)).headers.get("ratelimit-policy");
  expect(await policyOf()).toBe('"default";q=2;w=60');
  await patch(`/v1/keys/${uuid}`, org.apiKey, { limits: { default: 5 } });
  expect(await policyOf()).toBe('"default";q=5;w=60');
});

test("a limit from before the ceiling was lowered is the ceiling", async () => {
  const org = await createOrganisation();
  const key = await createKey(org.orgId, ["voice:calls:read"], {
    limits: JSON.stringify({ default: 900_000 }),
  });
  const { headers } = await request("/v1/calls", key);
  expect(headers.get("ratelimit-policy")).toBe('"default";q=60000;w=60');
  expect(headers.get("ratelimit")).toContain(";r=59999;");
});

test("changes of limits at the same time are all kept", async () => {
  const org = await createOrganisation();
  const { uuid } = await create(org);
  const parts = [{ default: 7 }, { place_call: 8 }, { end_call: 9 }];
  await Promise.all(parts.map((limits) => patch(`/v1/keys/${uuid}`, org.apiKey, { limits })));
  const { limits }: { limits: object } = await (await request(`/v1/keys/${uuid}`, org.apiKey)).json();
  expect(limits).toEqual({ default: 7, place_call: 8, end_call: 9 });
});

test("scopes and limits that this version does not know count for nothing", async () => {
  const org = await createOrganisation();
  const id = newId("key");
  const stored = { id, scopes: '["voice:calls:read","voice:everything"]', limits: '{"all":9,"default":8}' };
  const key = await createKey(org.orgId, [], stored);
  const response = await request("/api/voice/calls/live", key);
  expect([response.status, response.headers.get("ratelimit-policy")]).toEqual([200, '"default";q=8;w=60']);
  expect(await (await request(`/v1/keys/${id}`, org.apiKey)).json()).toMatchObject({
    scopes: ["voice:calls:read"],
    limits: { default: 8 },
  });
});

test("keys draw on their own bucket when they are created", async () => {
  const org = await createOrganisation();
  const admin = await createKey(org.orgId, ["voice:admin"]);
  const response = await post("/v1/keys", admin, { name: "X", scopes: ["voice:admin"] });
  expect(response.headers.get("ratelimit")).toMatch(/^"create_key";r=19;/);
});
