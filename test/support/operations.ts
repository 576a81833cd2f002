// Requests of the operations that `test/api/operations.ts` lists.

import { expect } from "vitest";
import type { Operation } from "../api/operations.ts";
import { request } from "./api.ts";
import type { Organisation } from "./organisation.ts";
import { UNKNOWN, type Names } from "./path-objects.ts";

/** The path with its names and what its query must have. @param raw the parameter that stands as it is. */
export function pathOf(
  { path, query }: { path: string; query?: string },
  names: Names,
  raw?: string,
): string {
  const target = path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => {
    const name = names[parameter] ?? "";
    return parameter === raw ? name : encodeURIComponent(name);
  });
  return query === undefined ? target : `${target}?${query}`;
}

export function requestOf(operation: Operation, org: Organisation) {
  const { method, body, headers = {} } = operation;
  if (body === undefined) return { method, headers };
  return {
    method,
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body(org)),
  };
}

/** Names of nothing instead of these, or for the parameters of this path. */
export function unknownOf(named: Names | string): Names {
  const parameters =
    typeof named === "string"
      ? [...named.matchAll(/\{(\w+)\}/g)].map(([, parameter = ""]) => parameter)
      : Object.keys(named);
  return Object.fromEntries(parameters.map((parameter) => [parameter, UNKNOWN[parameter]?.() ?? ""]));
}

export function send(org: Organisation, method: string, path: string, body: unknown): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return request(path, org.apiKey, { method, headers, body: JSON.stringify(body) });
}

/** What every answer has, whatever it says. @param path what was asked for: recordings are for pages of other origins. */
export function expectCommonHeaders({ headers, status, webSocket }: Response, path: string): void {
  expect(headers.get("x-request-id")).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
  if (webSocket !== null || status === 101) return;
  expect(Object.fromEntries(FIXED.map(([name]) => [name, headers.get(name)]))).toEqual(
    Object.fromEntries(FIXED),
  );
  expect(headers.get("x-powered-by")).toBeNull();
  const origins = /\/recording(\?|$)/.test(path) ? ["same-origin", "cross-origin"] : ["same-origin"];
  expect(origins).toContain(headers.get("cross-origin-resource-policy"));
}

const FIXED = [
  ["x-content-type-options", "nosniff"],
  ["x-frame-options", "SAMEORIGIN"],
  ["referrer-policy", "no-referrer"],
  ["strict-transport-security", "max-age=15552000; includeSubDomains"],
] as const;
