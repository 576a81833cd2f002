// What holds at every path, whatever stands there: methods, and what a query may have.

import { describe, expect, test } from "vitest";
import { readProblem } from "../support/answers.ts";
import { request } from "../support/api.ts";
import { expectCommonHeaders, pathOf, unknownOf } from "../support/operations.ts";
import { createOrganisation } from "../support/organisation.ts";
import { OPERATIONS } from "./operations.ts";

describe("any path", () => {
  const paths = [...new Set(OPERATIONS.map(({ path }) => path))].map((path) => [path] as const);

  test.for(paths)("%s refuses other methods and tells which there are: 405", async ([path]) => {
    const org = await createOrganisation();
    const target = pathOf({ path }, unknownOf(path));
    const here = OPERATIONS.filter((operation) => matches(operation.path, target));
    const known = [...new Set(here.map(({ method }) => method))];
    const allow = [...known, ...(known.includes("GET") ? ["HEAD"] : [])].toSorted().join(", ");
    const others = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"].filter(
      (method) => !known.some((each) => each === method),
    );
    for (const method of others) {
      for (const key of [org.apiKey, null]) {
        const response = await request(target, key, { method });
        expect([method, response.status, response.headers.get("allow")]).toEqual([method, 405, allow]);
        expectCommonHeaders(response, target);
        expect(await readProblem(response)).toMatchObject({ code: "method_not_allowed" });
      }
    }
  });

  test("that is none is 404, with a key and without", async () => {
    const { apiKey } = await createOrganisation();
    for (const path of [
      "/v1",
      "/v1/",
      "/v1/nothing",
      "/api/voice",
      "/v1/calls/",
      "/V1/calls",
      "//v1/calls",
    ]) {
      for (const key of [apiKey, null]) {
        const response = await request(path, key);
        expect([path, response.status]).toEqual([path, 404]);
        expectCommonHeaders(response, path);
        expect(await readProblem(response)).toMatchObject({ code: "not_found" });
      }
    }
  });
});

test("a request has an id of our own, whatever its sender calls it", async () => {
  const { apiKey } = await createOrganisation();
  for (const [path, key] of [
    ["/v1/calls", apiKey],
    ["/v1/nothing", null],
  ] as const) {
    const response = await request(path, key, { headers: { "x-request-id": "another-ones" } });
    expectCommonHeaders(response, path);
  }
});

test("nobody in between keeps what is answered to a key, nor that one is refused", async () => {
  const { apiKey } = await createOrganisation();
  for (const key of [apiKey, null]) {
    for (const path of ["/v1/calls", "/v1/carriers", "/v1/contacts/cst_nonsense"]) {
      const { headers } = await request(path, key);
      expect([path, headers.get("cache-control")]).toEqual([path, "no-store"]);
    }
  }
});

function matches(pattern: string, path: string): boolean {
  const [expected, actual] = [pattern.split("/"), path.split("/")];
  if (expected.length !== actual.length) return false;
  return expected.every((part, index) => part.startsWith("{") || part === actual[index]);
}

describe("a query", () => {
  const lists = OPERATIONS.filter(({ method, success }) => method === "GET" && success === 200);

  test.for(lists)("of GET $path may have what nobody knows", async (operation) => {
    const org = await createOrganisation();
    const names = (await operation.names?.(org)) ?? {};
    const path = pathOf(operation, names);
    const join = path.includes("?") ? "&" : "?";
    const plain = await request(path, org.apiKey);
    const unknown = await request(`${path}${join}nonsense=1&__proto__=2&constructor=3`, org.apiKey);
    expect([plain.status, unknown.status]).toEqual([200, 200]);
  });

  test.for(["calls", "contacts", "campaigns", "voice-agents", "queues", "carriers", "keys", "opt-outs"])(
    "of /v1/%s is refused for a page that is none",
    async (kind) => {
      const org = await createOrganisation();
      const pages = ["limit=1&limit=2", "offset=0&offset=1", "limit=0", "limit=101", "limit=-1", "limit=1e1"];
      for (const page of [
        ...pages,
        "limit=",
        "limit=%00",
        "limit=1.0",
        "offset=-1",
        "offset=1e999",
        "limit[]=1x",
      ]) {
        const response = await request(`/v1/${kind}?${page}`, org.apiKey);
        expect([page, response.status]).toEqual([page, page.startsWith("limit[]") ? 200 : 422]);
      }
    },
  );
});
