// Who is signed in at the desk: an API key is exchanged for a cookie, which counts for requests of our own pages alone.

import { createExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, test, vi } from "vitest";
import { openDb, type Db } from "../../src/db/client.ts";
import { deleteDeskSession, findSessionKey } from "../../src/db/desk-sessions.ts";
import { deskSessions } from "../../src/db/schema.ts";
import worker from "../../src/index.ts";
import { sha256Hex } from "../../src/lib/crypto.ts";
import { newId } from "../../src/lib/ids.ts";
import { pruneSessions } from "../../src/services/desk/sessions.ts";
import { BASE_URL, request } from "../support/api.ts";
import { createKey, createOrganisation } from "../support/organisation.ts";

const OURS = { origin: BASE_URL };
const HOURS_13_MS = 13 * 3_600_000;

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return exports.default.fetch(`${BASE_URL}${path}`, init);
}

function signIn(key: string, headers: Record<string, string> = OURS): Promise<Response> {
  return ask("/desk/session", { method: "POST", headers, body: JSON.stringify({ key }) });
}

async function cookieOf(key: string): Promise<string> {
  const response = await signIn(key);
  expect(response.status).toBe(201);
  return (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

test("a key is exchanged for a cookie that scripts can't read and other sites don't send", async () => {
  const { apiKey, orgId } = await createOrganisation();
  const response = await signIn(apiKey);
  const cookie = response.headers.get("set-cookie") ?? "";
  expect(cookie).toMatch(/^trunkline_desk=tl_s_\w{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
  expect(cookie).not.toContain(apiKey);
  const session = await response.json<{ organisation: object; scopes: string[] }>();
  expect(session).toMatchObject({ organisation: { uuid: orgId, name: "Luminary Home" } });
  const asked = await ask("/desk/session", { headers: { cookie } });
  expect(await asked.json()).toEqual(session);
  const stored = await openDb(env.DB).select().from(deskSessions);
  expect(JSON.stringify(stored)).not.toContain("tl_s_");
});

describe("over https", () => {
  const HTTPS = "https://desk.example";

  async function askHttps(path: string, init: RequestInit, at = HTTPS): Promise<Response> {
    const bindings = { ...env, PUBLIC_BASE_URL: HTTPS };
    return worker.fetch(new Request(`${at}${path}`, init), bindings, createExecutionContext());
  }

  async function signInBy(origin: string, at = HTTPS) {
    const body = JSON.stringify({ key: (await createOrganisation()).apiKey });
    return askHttps("/desk/session", { method: "POST", headers: { origin }, body }, at);
  }

  const cookieIn = (response: Response): string =>
    (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";

  test("the cookie is bound to the host, and counts by that name alone", async () => {
    const response = await signInBy(HTTPS);
    expect(response.headers.get("set-cookie")).toMatch(
      /^__Host-trunkline_desk=tl_s_\w{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    const cookie = cookieIn(response);
    const statusOf = async (sent: string): Promise<number> =>
      (await askHttps("/v1/calls", { headers: { cookie: sent } })).status;
    expect(await statusOf(cookie)).toBe(200);
    expect(await statusOf(cookie.replace("__Host-", ""))).toBe(401);
    expect(await statusOf(cookie.replace("__Host-", "__Secure-"))).toBe(401);
    const out = await askHttps("/desk/session", { method: "DELETE", headers: { cookie, origin: HTTPS } });
    expect(out.status).toBe(204);
    expect(out.headers.get("set-cookie")).toMatch(/^__Host-trunkline_desk=; Max-Age=0; Path=\/; Secure$/);
    expect(await statusOf(cookie)).toBe(401);
  });

  test("that ends in front of us, our pages are ours all the same", async () => {
    const inClear = HTTPS.replace("https:", "http:");
    const response = await signInBy(HTTPS, inClear);
    expect(response.status).toBe(201);
    const headers = { cookie: cookieIn(response), origin: HTTPS };
    expect((await askHttps("/desk/session", { method: "DELETE", headers }, inClear)).status).toBe(204);
  });

  test.for([HTTPS, HTTPS.replace("https:", "http:")])(
    "a key that went in clear is not taken: %s",
    async (at) => {
      const response = await signInBy(HTTPS.replace("https:", "http:"), at);
      expect([response.status, response.headers.get("set-cookie")]).toEqual([401, null]);
    },
  );
});

test("the session may what its key may, and draws on its limits", async () => {
  const org = await createOrganisation();
  const readKey = await createKey(org.orgId, ["voice:calls:read"]);
  const headers = { cookie: await cookieOf(readKey), ...OURS };
  const read = await ask("/v1/calls", { headers });
  expect([read.status, read.headers.has("ratelimit")]).toEqual([200, true]);
  const write = await ask("/v1/calls", { method: "POST", headers, body: "{}" });
  expect(write.status).toBe(403);
});

test.for([
  ["another site", { origin: "https://evil.example" }],
  ["another port", { origin: "http://localhost:9999" }],
  ["a page without an origin", { origin: "null" }],
  ["nobody", {}],
] as const)("a change that comes from %s is nobody's", async ([, headers]) => {
  const { apiKey, campaignId } = await createOrganisation();
  const cookie = await cookieOf(apiKey);
  const init = { method: "PATCH", headers: { ...headers, cookie }, body: '{"name":"Taken over"}' };
  expect((await ask(`/v1/campaigns/${campaignId}`, init)).status).toBe(401);
  expect((await signIn(apiKey, headers)).status).toBe(401);
  const signOut = await ask("/desk/session", { method: "DELETE", headers: { ...headers, cookie } });
  expect(signOut.status).toBe(401);
  expect((await ask("/v1/calls", { headers: { cookie } })).status).toBe(200);
});

test("reading from another site is nobody's, if the browser says so", async () => {
  const cookie = await cookieOf((await createOrganisation()).apiKey);
  const statusOf = async (headers: Record<string, string>): Promise<number> =>
    (await ask("/v1/calls", { headers: { cookie, ...headers } })).status;
  expect(await statusOf({ "sec-fetch-site": "cross-site" })).toBe(401);
  expect(await statusOf({ "sec-fetch-site": "same-site" })).toBe(401);
  expect(await statusOf({ origin: "https://evil.example" })).toBe(401);
  expect(await statusOf({ "sec-fetch-site": "same-origin" })).toBe(200);
});

test("a socket opens to our own pages alone", async () => {
  const cookie = await cookieOf((await createOrganisation()).apiKey);
  const open = (headers: Record<string, string>): Promise<Response> =>
    ask("/ws/board", { headers: { upgrade: "websocket", cookie, ...headers } });
  expect((await open({})).status).toBe(401);
  expect((await open({ origin: "https://evil.example" })).status).toBe(401);
  const ours = await open(OURS);
  expect(ours.status).toBe(101);
  ours.webSocket?.accept();
  ours.webSocket?.close();
});

test("a header of its own beats the cookie, and a wrong one is not made good by it", async () => {
  const cookie = await cookieOf((await createOrganisation()).apiKey);
  const wrong = { cookie, authorization: "Bearer tl_k_wrong" };
  expect((await ask("/v1/calls", { headers: wrong })).status).toBe(401);
  expect((await ask("/v1/calls", { headers: { cookie, authorization: "Basic eDp5" } })).status).toBe(401);
});

test("signing out ends the session, and revoking the key all of its sessions", async () => {
  const org = await createOrganisation();
  const admin = await createKey(org.orgId, ["voice:admin"]);
  const [first, second] = [await cookieOf(org.apiKey), await cookieOf(org.apiKey)];
  const statusOf = async (cookie: string): Promise<number> =>
    (await ask("/v1/calls", { headers: { cookie } })).status;
  const out = await ask("/desk/session", { method: "DELETE", headers: { cookie: first, ...OURS } });
  expect([out.status, out.headers.get("set-cookie")]).toEqual([204, expect.stringContaining("Max-Age=0")]);
  expect([await statusOf(first), await statusOf(second)]).toEqual([401, 200]);
  expect((await request(`/v1/keys/${org.keyId}`, admin, { method: "DELETE" })).status).toBe(204);
  expect(await statusOf(second)).toBe(401);
});

/** The database, where the test says what happens around its statements that begin so. */
function dbWhere(beginning: string, around: (run: () => Promise<unknown>) => Promise<unknown>): Db {
  const watched = (statement: D1PreparedStatement): D1PreparedStatement =>
    new Proxy(statement, {
      get(target, name) {
        if (name === "bind") return (...values: unknown[]) => watched(target.bind(...values));
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function"
          ? (...args: unknown[]) => around(async () => value.apply(target, args))
          : value;
      },
    });
  const prepare = (sql: string): D1PreparedStatement =>
    sql.startsWith(beginning) ? watched(env.DB.prepare(sql)) : env.DB.prepare(sql);
  return openDb(
    new Proxy(env.DB, { get: (d1, name) => (name === "prepare" ? prepare : Reflect.get(d1, name)) }),
  );
}

test("who asks while somebody signs out does not bring the session back", async () => {
  const db = openDb(env.DB);
  const nowMs = Date.now();
  const hashOf = async () => {
    const cookie = await cookieOf((await createOrganisation()).apiKey);
    return sha256Hex(cookie.slice("trunkline_desk=".length));
  };
  const inBetween = await hashOf();
  const found: unknown[] = [];
  const asksFirst = dbWhere("delete", async (run) => {
    found.push(await findSessionKey(db, inBetween, nowMs));
    return run();
  });
  await deleteDeskSession(asksFirst, inBetween);
  expect(found).toEqual([expect.objectContaining({ scopes: expect.any(Array) })]);
  expect(await findSessionKey(db, inBetween, nowMs)).toBeNull();

  const answeredLate = await hashOf();
  const readsFirst = dbWhere("select", async (run) => {
    const rows = await run();
    await deleteDeskSession(db, answeredLate);
    return rows;
  });
  expect(await findSessionKey(readsFirst, answeredLate, nowMs)).not.toBeNull();
  expect(await findSessionKey(db, answeredLate, nowMs)).toBeNull();
});

test("signing in again takes the place of the session before it, whosesoever it was", async () => {
  const [org, other] = [await createOrganisation(), await createOrganisation()];
  const former = await cookieOf(other.apiKey);
  const statusOf = async (cookie: string): Promise<number> =>
    (await ask("/v1/calls", { headers: { cookie } })).status;
  expect(await statusOf(former)).toBe(200);
  expect((await signIn("tl_k_wrong", { ...OURS, cookie: former })).status).toBe(401);
  expect(await statusOf(former)).toBe(200);
  const again = await signIn(org.apiKey, { ...OURS, cookie: former });
  expect(again.status).toBe(201);
  expect(await statusOf(former)).toBe(401);
  expect(await statusOf((again.headers.get("set-cookie") ?? "").split(";")[0] ?? "")).toBe(200);
  const rows = await openDb(env.DB).select().from(deskSessions);
  expect(rows.filter(({ keyId }) => keyId === org.keyId)).toHaveLength(1);
  expect(rows.filter(({ keyId }) => keyId === other.keyId)).toEqual([]);
});

test("signing in, and asking who is, draw on what the key may ask: one too many is 429, and writes nothing", async () => {
  const { orgId } = await createOrganisation();
  const id = newId("key");
  const key = await createKey(orgId, ["voice:calls:read"], { id, limits: JSON.stringify({ default: 2 }) });
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  try {
    const cookie = await cookieOf(key);
    expect((await ask("/desk/session", { headers: { cookie } })).status).toBe(200);
    for (const refused of [await ask("/desk/session", { headers: { cookie } }), await signIn(key)]) {
      expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "30"]);
      expect(refused.headers.get("set-cookie")).toBeNull();
    }
    const rows = await openDb(env.DB).select().from(deskSessions).where(eq(deskSessions.keyId, id));
    expect(rows).toHaveLength(1);
  } finally {
    vi.useRealTimers();
  }
});

test("a session ends after twelve hours, and is forgotten", async () => {
  const { apiKey, keyId } = await createOrganisation();
  const cookie = await cookieOf(apiKey);
  const rows = () => openDb(env.DB).select().from(deskSessions).where(eq(deskSessions.keyId, keyId));
  expect(await rows()).toHaveLength(1);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + HOURS_13_MS });
  try {
    expect((await ask("/v1/calls", { headers: { cookie } })).status).toBe(401);
    await pruneSessions({ db: openDb(env.DB) });
    expect(await rows()).toEqual([]);
  } finally {
    vi.useRealTimers();
  }
});

test.for(["", "{}", "[]", '{"key":7}', '{"key":"a","more":1}', "not json"])(
  "what is no key is refused: %s",
  async (body) => {
    const response = await ask("/desk/session", { method: "POST", headers: OURS, body });
    expect([400, 422]).toContain(response.status);
    expect(response.headers.get("set-cookie")).toBeNull();
  },
);

test.for(["/desk", "/desk/calls", "/desk/calls/cal_1", "/desk/nowhere"])(
  "%s is the page, without anything inline",
  async (path) => {
    const response = await ask(path);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-security-policy")).toContain(
      "default-src 'none'; script-src 'self'",
    );
    expect(response.headers.get("content-security-policy")).not.toContain("unsafe");
    expect(response.headers.get("cache-control")).toBe("no-store");
    const page = await response.text();
    expect(page).not.toMatch(/<style|style=|<script(?! type="module" src=)|\son\w+=/);
  },
);
