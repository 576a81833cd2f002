// What every operation of the API must hold, whoever asks: who may ask at all, how often, and that nobody learns of, or
// touches, what another organisation has.

import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { openDb } from "../../src/db/client.ts";
import { apiKeys } from "../../src/db/schema.ts";
import { SCOPES } from "../../src/domain/scopes.ts";
import { app } from "../../src/http/app.ts";
import { newId } from "../../src/lib/ids.ts";
import { readProblem } from "../support/answers.ts";
import { request } from "../support/api.ts";
import { expectCommonHeaders, pathOf, requestOf, send, unknownOf } from "../support/operations.ts";
import { createKey, createOrganisation, HIGH_LIMITS, type Organisation } from "../support/organisation.ts";
import { orgRows } from "../support/org-rows.ts";
import type { Names } from "../support/path-objects.ts";
import { OPERATIONS, type Operation } from "./operations.ts";
import { QUOTAS } from "./quotas.ts";

const CASES = OPERATIONS.map((operation) => [`${operation.method} ${operation.path}`, operation] as const);
const POLICY = /^"[a-z_]+";q=\d+;w=60$/;
const RATE_LIMIT_HEADERS = ["ratelimit", "ratelimit-policy"];

afterEach(() => {
  vi.useRealTimers();
});

test("the table has every operation that the app has, and no other", () => {
  const routes = app.routes
    .filter(({ method, path }) => method !== "ALL" && /^\/(v1|api|ws)\//.test(path))
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
  expect(CASES.map(([name]) => name).toSorted()).toEqual([...new Set(routes)].toSorted());
});

describe.for(CASES)("%s", ([, operation]) => {
  const { scope } = operation;
  const bucket = operation.bucket ?? "default";
  let org: Organisation;
  let names: Names;
  /** Wrong in all else: what is looked at first must be told first. */
  const wrong = () => ({ ...requestOf(operation, org), ...(operation.body === undefined ? {} : BAD_BODY) });

  beforeAll(async () => {
    org = await createOrganisation();
    names = (await operation.names?.(org)) ?? {};
  });

  test("wants a key that is one, and of today: 401", async () => {
    const keys = {
      expired: await createKey(org.orgId, SCOPES, { expiresAt: 1 }),
      revoked: await createKey(org.orgId, SCOPES, { revokedAt: 1 }),
      unknown: `tl_k_${"0".repeat(43)}`,
      short: "tl_k_abc",
      long: `${org.apiKey}0`,
      token: "tl_t_e30.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    };
    const schemes = [
      ...Object.values(keys).map((key) => `Bearer ${key}`),
      "Bearer",
      "Bearer  ",
      "Bearer a b",
    ];
    const authorizations = [...schemes, `Basic ${btoa(`:${org.apiKey}`)}`, org.apiKey, ""];
    const target = pathOf(operation, unknownOf(names));
    const rows = await orgRows(org.orgId);
    const answers = [request(target, null, wrong()), request(pathOf(operation, names), null, wrong())];
    for (const authorization of authorizations) {
      const { headers, ...init } = wrong();
      answers.push(request(target, null, { ...init, headers: { ...headers, authorization } }));
    }
    const also = operation.takesToken === true ? Object.values(keys) : [org.apiKey];
    for (const key of also) answers.push(request(`${target}?token=${key}`, null, wrong()));
    for (const response of await Promise.all(answers)) {
      expect(response.status).toBe(401);
      expectCommonHeaders(response, operation.path);
      expect(response.headers.get("www-authenticate")).toBe("Bearer");
      expect(RATE_LIMIT_HEADERS.filter((name) => response.headers.has(name))).toEqual([]);
      expect(await readProblem(response)).toMatchObject({ code: "unauthorized" });
    }
    expect(await orgRows(org.orgId)).toEqual(rows);
  });

  test("wants its scope, and names it: 403 before all else, and no other scope will do", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const others = SCOPES.filter((other) => other !== scope);
    const key = await createKey(org.orgId, others, { limits: JSON.stringify({ [bucket]: 2 }) });
    const rows = await orgRows(org.orgId);
    // The third is over the limit too, and so is told of both.
    for (const [init, target, left] of [
      [requestOf(operation, org), pathOf(operation, names), 1],
      [wrong(), pathOf(operation, unknownOf(names)), 0],
      [wrong(), pathOf(operation, unknownOf(names)), 0],
    ] as const) {
      const response = await request(target, key, init);
      expect(response.status).toBe(403);
      expectCommonHeaders(response, operation.path);
      expect(response.headers.get("ratelimit-policy")).toBe(`"${bucket}";q=2;w=60`);
      expect(response.headers.get("ratelimit")).toMatch(new RegExp(`^"${bucket}";r=${left};t=\\d+$`));
      const problem = await readProblem(response);
      expect(problem).toMatchObject({ code: "insufficient_scope" });
      expect(problem.detail).toContain(scope);
    }
    expect(await orgRows(org.orgId)).toEqual(rows);
  });

  test("draws one from its bucket with each answer but a 429, which comes before 404 and 422", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const key = await createKey(org.orgId, [scope], { limits: JSON.stringify({ [bucket]: 2 }) });
    const ask = (target: string) => request(target, key, wrong());
    const drawn = [
      await ask(pathOf(operation, unknownOf(names))),
      await ask(pathOf(operation, unknownOf(names))),
    ];
    for (const [index, response] of drawn.entries()) {
      expect([200, 101, 404, 415, 422]).toContain(response.status);
      expect(response.headers.get("retry-after")).toBeNull();
      // An opened socket's headers are its object's.
      if (response.webSocket !== null) response.webSocket.accept();
      expect(response.headers.get("ratelimit-policy")).toBe(`"${bucket}";q=2;w=60`);
      expect(response.headers.get("ratelimit")).toBe(`"${bucket}";r=${1 - index};t=30`);
    }
    const rows = await orgRows(org.orgId);
    for (const target of [pathOf(operation, unknownOf(names)), pathOf(operation, names)]) {
      const response = await ask(target);
      expect(response.status).toBe(429);
      expectCommonHeaders(response, operation.path);
      expect(response.headers.get("ratelimit-policy")).toBe(`"${bucket}";q=2;w=60`);
      expect(response.headers.get("ratelimit")).toBe(`"${bucket}";r=0;t=30`);
      expect(response.headers.get("retry-after")).toBe("30");
      expect(await readProblem(response)).toMatchObject({ code: "rate_limited" });
    }
    expect(await orgRows(org.orgId)).toEqual(rows);
    // Half a minute later there is one again: the refusals drew none.
    vi.setSystemTime(Date.now() + 30_000);
    expect((await ask(pathOf(operation, unknownOf(names)))).status).toBe(drawn[0]?.status);
    expect((await ask(pathOf(operation, unknownOf(names)))).status).toBe(429);
  });

  test("has the quota that the contract gives it, and draws on no other bucket", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const key = await createKey(org.orgId, [scope]);
    const response = await request(pathOf(operation, unknownOf(names)), key, wrong());
    response.webSocket?.accept();
    const quota = QUOTAS[bucket];
    expect(response.headers.get("ratelimit-policy")).toBe(`"${bucket}";q=${quota};w=60`);
    expect(response.headers.get("ratelimit")).toMatch(new RegExp(`^"${bucket}";r=${quota - 1};t=\\d+$`));
    const rests = Object.fromEntries(Object.keys(QUOTAS).map((name) => [name, name === bucket ? 5 : 1]));
    const roomy = await createKey(org.orgId, [scope], { limits: JSON.stringify(rests) });
    for (let left = 4; left >= 0; left -= 1) {
      const answer = await request(pathOf(operation, unknownOf(names)), roomy, wrong());
      answer.webSocket?.accept();
      expect(answer.headers.get("ratelimit")).toMatch(new RegExp(`^"${bucket}";r=${left};`));
    }
  });

  test("does what it is for with no more than its scope", async () => {
    const own = await createOrganisation();
    const made = (await (operation.livingNames ?? operation.names)?.(own)) ?? {};
    const key = await createKey(own.orgId, [scope]);
    const response = await request(pathOf(operation, made), key, requestOf(operation, own));
    expect([response.status, response.ok || response.status === 101]).toEqual([operation.success, true]);
    response.webSocket?.accept();
    expectCommonHeaders(response, operation.path);
    expect(response.headers.get("ratelimit-policy")).toMatch(POLICY);
  });

  const named = Object.keys(unknownOf(operation.path));

  test.runIf(named.length > 0)("says of another organisation's what it says of nothing: 404", async () => {
    const owner = await createOrganisation();
    const made = (await operation.names?.(owner)) ?? {};
    // Queues may be of one name in both; theirs has one of its own here.
    await send(owner, "POST", "/v1/queues", { name: "their_queue" });
    const theirs = named.includes("name") ? { ...made, name: "their_queue" } : made;
    const rows = [await orgRows(owner.orgId), await orgRows(org.orgId)];
    const none = unknownOf(names);
    const mix = (each: string, whose: Names): Names => ({ ...names, [each]: whose[each] ?? "" });
    const mixed = named.map((each) => [mix(each, none), mix(each, theirs)]);
    for (const [nobodys, anothers] of [...mixed, [none, theirs]]) {
      for (const init of [requestOf(operation, org), wrong()]) {
        const ask = (whose: Names = {}) => request(pathOf(operation, whose), org.apiKey, init);
        const answers = [await ask(nobodys), await ask(anothers)];
        expect(answers.map(({ status }) => status)).toEqual([404, 404]);
        for (const response of answers) {
          expectCommonHeaders(response, operation.path);
          expect(response.headers.get("ratelimit-policy")).toMatch(POLICY);
        }
        const [said, ofTheirs] = await Promise.all(answers.map(readProblem));
        expect({ ...ofTheirs, request_id: "" }).toEqual({ ...said, request_id: "" });
      }
    }
    expect([await orgRows(owner.orgId), await orgRows(org.orgId)]).toEqual(rows);
  });

  test.runIf(named.length > 0)("finds nothing under a name of another kind or form: 404", async () => {
    const rows = await orgRows(org.orgId);
    for (const parameter of named) {
      const own = names[parameter] ?? "";
      for (const segment of [...BAD_SEGMENTS, ...badSpellings(own)]) {
        for (const init of [requestOf(operation, org), wrong()]) {
          const target = pathOf(operation, { ...names, [parameter]: segment }, parameter);
          if (isAnothers(operation, target)) continue;
          const response = await request(target, org.apiKey, init);
          expect([segment.slice(0, 50), response.status]).toEqual([segment.slice(0, 50), 404]);
          expectCommonHeaders(response, operation.path);
          await readProblem(response);
        }
      }
    }
    expect(await orgRows(org.orgId)).toEqual(rows);
  });

  test.runIf(operation.body !== undefined)("takes a body of JSON that is not too large", async () => {
    const ask = (body: BodyInit | null, type: string | null, path = pathOf(operation, names)) =>
      request(path, org.apiKey, {
        method: operation.method,
        headers: type === null ? {} : { "content-type": type },
        body,
      });
    const json = "application/json";
    const whole = JSON.stringify(operation.body?.(org));
    const large = new TextEncoder().encode(whole.padEnd(65_537));
    const rows = await orgRows(org.orgId);
    const withoutBody = () =>
      [
        [415, "unsupported_media_type", ask(null, null)],
        [415, "unsupported_media_type", ask(null, "")],
        [400, "unreadable_body", ask("", json)],
        [400, "unreadable_body", ask(null, json)],
      ] as const;
    for (const [status, code, answer] of [
      ...(operation.bodyIsOptional === true ? [] : withoutBody()),
      [413, "payload_too_large", ask(large, json)],
      [413, "payload_too_large", ask(new Blob([large]).stream(), json)],
      [413, "payload_too_large", ask(large, "text/plain")],
      [415, "unsupported_media_type", ask(new TextEncoder().encode(whole), null)],
      [415, "unsupported_media_type", ask(whole, "text/plain")],
      [415, "unsupported_media_type", ask(whole, "application/x-www-form-urlencoded")],
      [415, "unsupported_media_type", ask(whole, "application/jsonp")],
      [415, "unsupported_media_type", ask(whole, "text/json, application/json")],
      [400, "unreadable_body", ask(whole.slice(1), json)],
      [400, "unreadable_body", ask(`${whole}}`, json)],
      [400, "unreadable_body", ask(`{"a":NaN}`, json)],
      [422, "validation_failed", ask("null", json)],
      [422, "validation_failed", ask(`[${whole}]`, json)],
      [422, "validation_failed", ask(JSON.stringify({ ...operation.body?.(org), nonsense: 1 }), json)],
    ] as const) {
      const response = await answer;
      expect([response.status, (await readProblem(response)).code]).toEqual([status, code]);
      expectCommonHeaders(response, operation.path);
      expect(response.headers.get("ratelimit-policy")).toMatch(POLICY);
    }
    expect(await orgRows(org.orgId)).toEqual(rows);
  });

  test.runIf(operation.method === "GET")("answers HEAD as it answers GET, without the body", async () => {
    const init = { ...requestOf(operation, org), headers: {} };
    for (const made of [names, unknownOf(names)]) {
      const get = await request(pathOf(operation, made), org.apiKey, init);
      const head = await request(pathOf(operation, made), org.apiKey, { ...init, method: "HEAD" });
      expect([head.status, head.headers.get("content-type")]).toEqual([
        get.status,
        get.headers.get("content-type"),
      ]);
      expect(await head.text()).toBe("");
      expectCommonHeaders(head, operation.path);
      await get.arrayBuffer();
    }
    const stranger = await request(pathOf(operation, names), null, { ...init, method: "HEAD" });
    expect(stranger.status).toBe(401);
  });
});

const BAD_BODY = { body: '{"nonsense"', headers: { "content-type": "text/plain" } };

/** With `..` in it a path may become another operation's, before it is sent. */
function isAnothers(operation: Operation, target: string): boolean {
  const { pathname } = new URL(target, "http://localhost");
  return OPERATIONS.some(({ method, path }) => {
    const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`);
    return method === operation.method && path !== operation.path && pattern.test(pathname);
  });
}

/** As they stand in a path. */
const BAD_SEGMENTS = [
  newId("transfer"),
  newId("organisation"),
  "x",
  "0",
  "-1",
  "null",
  "__proto__",
  "constructor",
  "*",
  ":id",
  "%7Bid%7D",
  "'%20OR%201=1--",
  "%27;%20DROP%20TABLE%20calls;--",
  "%00",
  "%F0%9F%98%80",
  "%E2%80%AE",
  "e%CC%81",
  "%FF",
  "%ED%A0%80",
  "%E0%A4%A",
  "%",
  "..",
  "..%2F..",
  "%2e%2e",
  "%0D%0ASet-Cookie:%20a=b",
  "+",
  "a".repeat(10_000),
  "%C3%BC".repeat(1_600),
];

/** Almost what is there. */
function badSpellings(own: string): string[] {
  const text = encodeURIComponent(own);
  const upper = own.toUpperCase() === own ? [] : [own.toUpperCase()];
  return [
    `${text}%00`,
    `${text}%20`,
    `%20${text}`,
    `${text}%0A`,
    `${text}%2F`,
    `${text}0`,
    `${text}%2C`,
    ...upper,
  ];
}

test("an administrator's key of one organisation changes nothing of another by naming it in a body or a query", async () => {
  const [org, owner] = [await createOrganisation(), await createOrganisation()];
  const rows = await orgRows(owner.orgId);
  const call = newId("call");
  const bodies = [
    ["/v1/calls", 404, { to: "+15005550001", campaign_id: owner.campaignId }],
    ["/v1/campaigns", 422, { kind: "outbound", name: "X", voice_agent_id: owner.agentId }],
    ["/v1/campaigns", 422, { kind: "outbound", name: "X", carrier_id: owner.carrierId }],
    ["/v1/tokens", 404, { purpose: "recording", call_uuid: call }],
  ] as const;
  for (const [path, status, body] of bodies) {
    expect([path, (await send(org, "POST", path, body)).status]).toEqual([path, status]);
  }
  const lists = await request(`/v1/calls?campaign_id=${owner.campaignId}`, org.apiKey);
  expect(await lists.json()).toMatchObject({ calls: [], total: 0 });
  expect(await orgRows(owner.orgId)).toEqual(rows);
});

test("a key that is revoked through the API is refused, and what it asked last stands", async () => {
  const org = await createOrganisation();
  const key = await createKey(org.orgId, SCOPES, { limits: HIGH_LIMITS });
  expect((await request("/v1/calls", key)).status).toBe(200);
  const id = (await openDb(env.DB).select().from(apiKeys).all()).findLast(
    ({ orgId }) => orgId === org.orgId,
  )?.id;
  expect((await request(`/v1/keys/${id}`, org.apiKey, { method: "DELETE" })).status).toBe(204);
  expect((await request("/v1/calls", key)).status).toBe(401);
});
