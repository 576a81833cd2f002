import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { readConfig } from "../../src/config.ts";
import { openDb } from "../../src/db/client.ts";
import { findTokenKey } from "../../src/services/auth/tokens.ts";
import { signText } from "../../src/lib/signed-text.ts";
import { newId } from "../../src/lib/ids.ts";
import { BASE_URL, place, post, request, untilQuiet } from "../support/api.ts";
import { createKey, createOrganisation, type Organisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";

const UPGRADE = { headers: { upgrade: "websocket" } };
const PURPOSES = ["recording", "live", "board"] as const;
type Purpose = (typeof PURPOSES)[number];
type Token = { token: string; expires_at: string; url: string };

let org: Organisation;
/** Two calls of the organisation, both recorded. */
let calls: [string, string];

beforeAll(async () => {
  org = await createOrganisation();
  calls = [await place(org, "+15005550035"), await place(org, "+15015550035")];
  await untilQuiet();
  for (const callId of calls) await recorded(callId);
}, 60_000);

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function recorded(callId: string) {
  const row = env.DB.prepare("SELECT recording_key AS k FROM calls WHERE id = ?").bind(callId);
  return until(
    () => row.first<{ k: string | null }>(),
    (found) => (found?.k ?? null) !== null,
  );
}

const ask = (purpose: Purpose, callId = calls[0], apiKey = org.apiKey) =>
  post("/v1/tokens", apiKey, { purpose, ...(purpose === "board" ? {} : { call_uuid: callId }) });

async function tokenFor(purpose: Purpose, callId = calls[0], apiKey = org.apiKey): Promise<Token> {
  const response = await ask(purpose, callId, apiKey);
  if (response.status !== 201) throw new Error(`No token: ${response.status} ${await response.text()}`);
  return response.json();
}

const pathOf = (purpose: Purpose, callId: string) =>
  ({
    recording: `/api/voice/calls/${callId}/recording`,
    live: `/ws/live/${callId}`,
    board: "/ws/board",
  })[purpose];

async function open(path: string, secret: string, where: "query" | "header" = "query"): Promise<number> {
  const response =
    where === "query"
      ? await request(`${path}?token=${secret}`, null, UPGRADE)
      : await request(path, secret, UPGRADE);
  response.webSocket?.accept();
  response.webSocket?.close();
  await response.arrayBuffer();
  return response.status;
}

describe("a token", () => {
  test.each([
    ["recording", 3_600, (id: string) => `${BASE_URL}/api/voice/calls/${id}/recording`],
    ["live", 300, (id: string) => `ws://localhost:8787/ws/live/${id}`],
    ["board", 300, () => "ws://localhost:8787/ws/board"],
  ] as const)("for %s lives %i seconds, and its address is whole", async (purpose, seconds, addressOf) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Math.floor(Date.now() / 1000) * 1000 });
    const response = await ask(purpose);
    expect(response.status).toBe(201);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("ratelimit-policy")).toContain('"default"');
    const { token, expires_at, url }: Token = await response.json();
    expect(token).toMatch(/^tl_t_[\w-]+\.[\w-]{43}$/);
    expect(Date.parse(expires_at)).toBe(Date.now() + seconds * 1000);
    expect(url).toBe(`${addressOf(calls[0])}?token=${token}`);
    const path = pathOf(purpose, calls[0]);
    const opened = purpose === "recording" ? 200 : 101;
    vi.setSystemTime(Date.parse(expires_at) - 1);
    expect([await open(path, token), await open(path, token, "header")]).toEqual([opened, opened]);
    vi.setSystemTime(Date.parse(expires_at));
    expect([await open(path, token), await open(path, token, "header")]).toEqual([401, 401]);
  });

  test("is good for its one purpose and its one call, in every combination", async () => {
    const opened: string[] = [];
    for (const purpose of PURPOSES) {
      const { token } = await tokenFor(purpose);
      for (const use of PURPOSES) {
        for (const callId of calls) {
          const status = await open(pathOf(use, callId), token);
          if (status !== 401)
            opened.push(`${purpose} opens ${use} of call ${calls.indexOf(callId)}: ${status}`);
        }
      }
    }
    expect(opened).toEqual([
      "recording opens recording of call 0: 200",
      "live opens live of call 0: 101",
      "board opens board of call 0: 101",
      "board opens board of call 1: 101",
    ]);
  });

  test("opens nothing else, in the query or the header, and a key in the query no more", async () => {
    const others = [
      "/v1/calls",
      `/v1/calls/${calls[0]}`,
      "/api/voice/calls/live",
      "/v1/voice-agents",
      "/v1/keys",
    ];
    for (const purpose of PURPOSES) {
      const { token } = await tokenFor(purpose);
      for (const path of others) {
        expect([await open(path, token), await open(path, token, "header")]).toEqual([401, 401]);
      }
      const again = await post("/v1/tokens", token, { purpose: "board" });
      expect(again.status).toBe(401);
    }
    for (const path of others) expect(await open(path, org.apiKey)).toBe(401);
    for (const purpose of PURPOSES) {
      expect(await open(pathOf(purpose, calls[0]), org.apiKey)).toBe(purpose === "recording" ? 200 : 101);
    }
  });

  test("draws on the default bucket of its key", async () => {
    const key = await createKey(org.orgId, ["voice:calls:read"], { limits: '{"default":2}' });
    const { token } = await tokenFor("recording", calls[0], key);
    const path = pathOf("recording", calls[0]);
    const statuses = [await open(path, token), await open(path, token)];
    expect(statuses).toEqual([200, 429]);
  });

  test("that anybody has changed is refused", async () => {
    const { token } = await tokenFor("recording");
    const [body = "", signature = ""] = token.slice("tl_t_".length).split(".");
    const claims = JSON.parse(atob(body.replaceAll("-", "+").replaceAll("_", "/")));
    const encode = (value: object) =>
      btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    const flipped = `${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`;
    const forged = [
      `tl_t_${encode({ ...claims, i: calls[1] })}.${signature}`,
      `tl_t_${encode({ ...claims, x: claims.x + 1 })}.${signature}`,
      `tl_t_${body}.${flipped}`,
      `tl_t_${body}.${signature}=`,
      `tl_t_${body}.`,
      `tl_t_${body}`,
      `tl_t_${body}.${signature}.${signature}`,
      "tl_t_",
    ];
    for (const callId of calls) {
      for (const secret of forged) expect(await open(pathOf("recording", callId), secret)).toBe(401);
    }
    expect(await open(pathOf("recording", calls[0]), token)).toBe(200);
  });

  test("that was signed for another use, or says what no version of us does, is refused", async () => {
    const { token } = await tokenFor("recording");
    const body = token.slice("tl_t_".length).split(".")[0] ?? "";
    const claims = JSON.parse(atob(body.replaceAll("-", "+").replaceAll("_", "/")));
    const sign = async (label: string, value: unknown) =>
      `tl_t_${await signText(readConfig(env).CREDENTIALS_KEY, label, JSON.stringify(value))}`;
    const path = pathOf("recording", calls[0]);
    expect(await open(path, await sign("trunkline token v1", claims))).toBe(200);
    expect(await open(path, await sign("another use", claims))).toBe(401);
    // One that lives longer than any is made.
    for (const x of [null, "9999999999", undefined, 9999999999.5, 9999999999, claims.x + 600]) {
      expect(await open(path, await sign("trunkline token v1", { ...claims, x }))).toBe(401);
    }
    expect(await open(path, await sign("trunkline token v1", { ...claims, o: newId("organisation") }))).toBe(
      401,
    );
    expect(await open(path, await sign("trunkline token v1", { ...claims, k: newId("key") }))).toBe(401);
  });
});

test("a token that was signed with the previous key of the deployment is refused: who learned it makes none", async () => {
  const config = { ...readConfig(env), CREDENTIALS_KEY: btoa("a-new-key-a-new-key-a-new-key-32") };
  const credentialsKeys = [config.CREDENTIALS_KEY, readConfig(env).CREDENTIALS_KEY];
  const context = { env, db: openDb(env.DB), config: { ...config, credentialsKeys } };
  const { token } = await tokenFor("board");
  const find = (known: typeof context) =>
    findTokenKey(known, token, { purpose: "board", objectId: org.orgId }, Date.now());
  expect(await find({ ...context, config: readConfig(env) })).toMatchObject({ orgId: org.orgId });
  expect(await find(context)).toBeNull();
});

describe("a token whose key", () => {
  test("is revoked here is refused at once; elsewhere, once 60 seconds have passed", async () => {
    const path = pathOf("recording", calls[0]);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const made: { uuid: string; key: string } = await (
      await post("/v1/keys", org.apiKey, { name: "X", scopes: ["voice:calls:read"] })
    ).json();
    const { token } = await tokenFor("recording", calls[0], made.key);
    expect(await open(path, token)).toBe(200);
    await request(`/v1/keys/${made.uuid}`, org.apiKey, { method: "DELETE" });
    expect(await open(path, token)).toBe(401);

    const id = newId("key");
    const key = await createKey(org.orgId, ["voice:calls:read"], { id });
    const other = (await tokenFor("recording", calls[0], key)).token;
    await env.DB.prepare("UPDATE api_keys SET revoked_at = 1 WHERE id = ?").bind(id).run();
    vi.setSystemTime(Date.now() + 59_000);
    expect(await open(path, other)).toBe(200);
    vi.setSystemTime(Date.now() + 1_000);
    expect(await open(path, other)).toBe(401);
  });

  test("has expired is refused", async () => {
    const expiresAt = Math.floor(Date.now() / 1000) + 60;
    const key = await createKey(org.orgId, ["voice:calls:read"], { expiresAt });
    const { token } = await tokenFor("recording", calls[0], key);
    vi.useFakeTimers({ toFake: ["Date"], now: expiresAt * 1000 - 1 });
    expect(await open(pathOf("recording", calls[0]), token)).toBe(200);
    vi.setSystemTime(expiresAt * 1000);
    expect(await open(pathOf("recording", calls[0]), token)).toBe(401);
  });
});

test("a token is kept nowhere: a replay has none, and no log and no row show it", async () => {
  const lines: unknown[] = [];
  for (const stream of ["log", "error", "warn", "info"] as const) {
    vi.spyOn(console, stream).mockImplementation((...line: unknown[]) => void lines.push(line));
  }
  const send = () =>
    request("/v1/tokens", org.apiKey, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": "a-token-once" },
      body: JSON.stringify({ purpose: "recording", call_uuid: calls[0] }),
    });
  const first: Token = await (await send()).json();
  const replay = await send();
  expect(replay.headers.get("idempotent-replayed")).toBe("true");
  expect(await replay.json()).toEqual({ token: null, url: null, expires_at: first.expires_at });
  expect(await open(pathOf("recording", calls[0]), first.token)).toBe(200);
  expect(await open(pathOf("live", calls[0]), first.token)).toBe(401);
  const { results } = await env.DB.prepare("SELECT * FROM idempotency_keys").all();
  expect(results.length).toBeGreaterThan(0);
  expect(JSON.stringify([results, lines])).not.toContain(first.token);
});

describe("no token is given", () => {
  test.each([
    ["for a purpose that is none", { purpose: "all" }, "purpose"],
    ["for a recording of no call", { purpose: "recording" }, "call_uuid"],
    ["for the feed of no call", { purpose: "live" }, "call_uuid"],
    ["for a board of a call", { purpose: "board", call_uuid: newId("call") }, "call_uuid"],
    ["for a call that can be none", { purpose: "live", call_uuid: "cal_1" }, "call_uuid"],
    ["with a field that is none", { purpose: "board", expires_in: 5 }, "expires_in"],
  ])("%s: 422", async (_, body, path) => {
    const response = await post("/v1/tokens", org.apiKey, body);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ errors: [{ path }] });
  });

  test("for a call that there is not, or that is another's: 404", async () => {
    const other = await createOrganisation();
    for (const answer of [await ask("recording", newId("call")), await ask("live", calls[0], other.apiKey)]) {
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({ code: "not_found" });
    }
  });

  test("to a key that may not read calls: 403", async () => {
    const key = await createKey(org.orgId, ["voice:calls:write", "voice:admin"]);
    expect((await ask("board", calls[0], key)).status).toBe(403);
  });
});
