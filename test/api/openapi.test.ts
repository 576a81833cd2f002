// The published contract says what there is, all of it, and the page that shows it asks nobody else.

import { exports } from "cloudflare:workers";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { PROBLEM_CODES, PROBLEMS } from "../../src/contract/problems.ts";
import { CALL_EVENTS } from "../../src/domain/webhook.ts";
import { app } from "../../src/http/app.ts";
import { once } from "../../src/http/routes/documents.ts";
import { BASE_URL, post, readDocument, request } from "../support/api.ts";
import { readContract, type ContractDocument, type Operation } from "../support/contract.ts";
import { createOrganisation } from "../support/organisation.ts";

let document: ContractDocument;
let operations: { name: string; method: string; operation: Operation }[] = [];

beforeAll(async () => {
  document = await readDocument();
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ name: `${method} ${path}`, method, operation })),
  );
});

describe("the contract", () => {
  test("has each route of the API, and no other", () => {
    // The desk is no part of the API, but one of its clients.
    const routes = app.routes
      .filter(
        ({ method, path }) =>
          method !== "ALL" && !/^\/(sandbox|carriers)\/|^\/docs\/|^\/desk(\/|$)/.test(path),
      )
      .map(({ method, path }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
    expect(operations.map(({ name }) => name).toSorted()).toEqual([...new Set(routes)].toSorted());
  });

  test("names each operation once, and says what it is", () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const described = new Set(
      document.tags.flatMap(({ name, description }) => (description === undefined ? [] : [name])),
    );
    const lacking = operations.filter(
      ({ operation: { operationId, summary, tags = [], security } }) =>
        !operationId || !summary || !described.has(tags[0] ?? "") || security === undefined,
    );
    expect(lacking.map(({ name }) => name)).toEqual([]);
  });

  test("says of each operation that needs a key how it is refused, and how often it may be asked", () => {
    const keyed = operations.filter(({ operation }) => operation.security?.length !== 0);
    expect(keyed.length).toBeGreaterThan(10);
    for (const { name, method, operation } of keyed) {
      const statuses = Object.keys(operation.responses);
      const expected = ["401", "403", "429", "500", "503", ...(method === "post" ? ["409", "422"] : [])];
      expect({ name, lacks: expected.filter((status) => !statuses.includes(status)) }).toEqual({
        name,
        lacks: [],
      });
      expect(operation).toMatchObject({
        "x-rate-limit": { bucket: expect.any(String), requests_per_minute: expect.any(Number) },
        security: expect.arrayContaining([{ apiKey: [expect.stringMatching(/^voice:/)] }]),
      });
    }
  });

  test("refers to nothing that it lacks", () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g)];
    expect(refs.length).toBeGreaterThan(50);
    const lacking = refs.filter(
      ([, kind = "", name = ""]) => document.components[kind]?.[name] === undefined,
    );
    expect(lacking.map(([ref]) => ref)).toEqual([]);
  });

  test("has each event that webhooks are sent, with its headers and its shape", () => {
    const { webhooks = {} } = document;
    expect(Object.keys(webhooks).toSorted()).toEqual(CALL_EVENTS.toSorted());
    for (const [name, { post: operation }] of Object.entries(webhooks)) {
      expect(operation).toMatchObject({
        summary: expect.any(String),
        tags: ["Webhooks"],
        security: [],
        parameters: ["webhook-id", "webhook-timestamp", "webhook-signature", "Trunkline-Bookmark"].map(
          (header) => ({ in: "header", name: header, required: header.startsWith("webhook") }),
        ),
      });
      const schema = operation?.requestBody?.content["application/json"]?.schema;
      expect(schema).toEqual({
        allOf: [
          { $ref: "#/components/schemas/CallEvent" },
          { type: "object", properties: { event: { const: name } } },
        ],
      });
    }
  });

  test("is not sent again to who has it", async () => {
    const etag = (await request("/openapi.json", null)).headers.get("etag") ?? "";
    expect((await request("/openapi.json", null, { headers: { "if-none-match": etag } })).status).toBe(304);
    expect((await request("/openapi.json", null, { headers: { "if-none-match": '"x"' } })).status).toBe(200);
  });
});

describe("an answer is held against it", () => {
  const call = { call_uuid: "cal_x", status: "dialing", to: "+14155550192", campaign_id: "flw_x" };
  const limits = { "ratelimit-policy": '"x";q=1;w=60', ratelimit: '"x";r=1;t=1' };
  const headers = {
    "content-type": "application/json",
    "x-request-id": "x",
    location: "/v1/calls/cal_x",
    ...limits,
    "cache-control": "no-store",
  };
  const refusal = {
    type: `${BASE_URL}/problems/in_use`,
    title: "It is in use",
    status: 409,
    detail: "It is.",
    code: "in_use",
    request_id: "x",
  };
  const asProblem = { ...headers, "content-type": "application/problem+json" };
  const sent = JSON.stringify({ to: "+14155550192", campaign_id: "flw_01k4v4n5r7f0a9d8c3b2e1h6jm" });

  test.for([
    ["as it says", 201, call, headers, sent, null],
    ["with a field too many", 201, { ...call, more: 1 }, headers, sent, /more/],
    ["with a field too few", 201, { ...call, to: undefined }, headers, sent, /required property "to"/],
    ["with another value", 201, { ...call, status: "ended" }, headers, sent, /status/],
    ["of another media type", 201, call, asProblem, sent, /media type/],
    ["of another status", 200, call, headers, sent, /status 200/],
    ["without Location", 201, call, { ...headers, location: null }, sent, /Location/],
    ["without a request id", 201, call, { ...headers, "x-request-id": null }, sent, /X-Request-Id/],
    [
      "without a word on who may keep it",
      201,
      call,
      { ...headers, "cache-control": null },
      sent,
      /Cache-Control/,
    ],
    ["without the rate limit", 201, call, { ...headers, ratelimit: null }, sent, /RateLimit/],
    [
      "to a body that it does not take",
      201,
      call,
      headers,
      JSON.stringify({ to: "x" }),
      /body that was taken/,
    ],
    ["a code of another operation", 409, refusal, asProblem, sent, /code/],
    ["a code of this one", 409, { ...refusal, code: "number_in_call" }, asProblem, sent, null],
    ["a refusal with more in it", 409, { ...refusal, code: "number_in_call", x: 1 }, asProblem, sent, /x/],
    [
      "a 429 that does not say when",
      429,
      { ...refusal, status: 429, code: "rate_limited" },
      asProblem,
      sent,
      /Retry-After/,
    ],
  ] as const)("%s", async ([, status, body, given, asked, fault]) => {
    const answer = new Headers(
      Object.entries(given).filter(([, value]) => value !== null) as [string, string][],
    );
    const faults = await readContract(document).faultsOf(
      { method: "POST", path: "/v1/calls", body: asked },
      { status, headers: answer, text: () => Promise.resolve(JSON.stringify(body)) },
    );
    if (fault === null) expect(faults).toEqual([]);
    else expect(faults.join()).toMatch(fault);
  });

  test("nothing is answered where nothing is published", async () => {
    const text = () => Promise.resolve("{}");
    const answer = { status: 200, headers: new Headers({ "content-type": "application/json" }), text };
    const contract = readContract(document);
    expect(await contract.faultsOf({ method: "GET", path: "/v1/nothing" }, answer)).not.toEqual([]);
    expect(await contract.faultsOf({ method: "PUT", path: "/v1/calls" }, answer)).not.toEqual([]);
  });
});

describe("the page", () => {
  test("runs our own files alone, and they are there", async () => {
    const response = await request("/docs", null);
    const policy = response.headers.get("content-security-policy")?.split("; ");
    expect(policy).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      `connect-src 'self' ${BASE_URL}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    const page = await response.text();
    expect(page).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/i);
    const links = [...page.matchAll(/\s(?:src|href)="([^"]*)"/g)].map(([, link = ""]) => link);
    expect(links.filter((link) => !/^\/[^/]|^data:,$/.test(link))).toEqual([]);
    const files = links.filter((link) => link.startsWith("/docs/"));
    expect(files).toHaveLength(3);
    for (const file of files) {
      const { status, headers } = await exports.default.fetch(`${BASE_URL}${file}`);
      expect([file, status, headers.get("content-type")?.split(";")[0]]).toEqual([
        file,
        200,
        file.endsWith(".css") ? "text/css" : "text/javascript",
      ]);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
  });

  test("has no file that is not its own", async () => {
    for (const path of ["/docs/nothing.js", "/docs/..%2fpackage.json"]) {
      const response = await exports.default.fetch(`${BASE_URL}${path}`);
      expect([path, response.status]).toEqual([path, 404]);
      expect(await response.json()).toMatchObject({ code: "not_found" });
    }
  });
});

test("what could not be made is made anew for who asks next, and only then kept", async () => {
  const make = vi.fn((of: string) => Promise.resolve(of));
  make.mockRejectedValueOnce(new Error("Not now"));
  const made = once(make);
  await expect(made("a")).rejects.toThrow("Not now");
  expect([await made("a"), await made("a")]).toEqual(["a", "a"]);
  expect(make).toHaveBeenCalledTimes(2);
});

describe("a refusal's page", () => {
  test("is where its type says, and tells what to do", async () => {
    const org = await createOrganisation();
    const refused = await post("/v1/calls", org.apiKey, {});
    const { type }: { type: string } = await refused.json();
    expect(type).toBe(`${BASE_URL}/problems/validation_failed`);
    expect(await (await request(new URL(type).pathname, null)).json()).toEqual({
      code: "validation_failed",
      title: "The request is invalid",
      status: 422,
      advice: expect.any(String),
    });
  });

  test("is there for each code, and for nothing else", async () => {
    for (const code of PROBLEM_CODES) {
      const response = await request(`/problems/${code}`, null);
      expect(await response.json()).toMatchObject({ code, status: PROBLEMS[code].status });
    }
    for (const code of ["nothing", "toString", "__proto__"]) {
      expect((await request(`/problems/${code}`, null)).status).toBe(404);
    }
  });
});
