// Every URL that a user can set goes through the one gate (test/domain/outbound-url.test.ts has all its spellings):
// whatever is hostile is refused by each of them, and nothing of it is stored.

import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { ask, patch, problemOf, twilio } from "../support/carrier-accounts.ts";
import { post } from "../support/api.ts";
import { createOrganisation, type Organisation } from "../support/organisation.ts";
import { orgRows } from "../support/org-rows.ts";
import { aCarrier, aWebhook } from "../support/path-objects.ts";
import { webhook } from "../support/webhooks-by-api.ts";

const HOSTILE = [
  ["plain http", "http://hooks.example"],
  ["another scheme", "ftp://hooks.example"],
  ["loopback", "https://127.0.0.2"],
  ["a private address", "https://10.0.0.1"],
  ["… in octal", "https://012.0.0.01"],
  ["… in hexadecimal", "https://0x0a000001"],
  ["… as a number", "https://167772161"],
  ["… short", "https://10.1"],
  ["… with a dot", "https://10.0.0.1."],
  ["… in wide digits", "https://１０.0.0.1"],
  ["… with ideographic stops", "https://10。0。0。1"],
  ["a cloud's metadata", "https://169.254.169.254"],
  ["mapped into IPv6", "https://[::ffff:10.0.0.1]"],
  ["compatible with IPv6", "https://[::10.0.0.1]"],
  ["translated into IPv6", "https://[64:ff9b::10.0.0.1]"],
  ["unique local", "https://[fd00::1]"],
  ["a single label", "https://metadata"],
  ["a local name", "https://printer.local."],
  ["a local name in circled letters", "https://printer.ⓛocal"],
  ["credentials", "https://me:pw@hooks.example"],
  ["a host that is a user", "https://hooks.example@10.0.0.1"],
  ["another protocol's port", "https://hooks.example:25"],
  ["a fragment", "https://hooks.example/#"],
  ["too long", `https://hooks.example/${"x".repeat(2_048)}`],
  ["no URL", "hooks.example"],
] as const;

type Setting = {
  field: string;
  method: "POST" | "PATCH";
  path: (org: Organisation) => Promise<string>;
  bodyOf: (url: string) => object;
};

const SETTINGS: Record<string, Setting> = {
  "a webhook, created": {
    field: "url",
    method: "POST",
    path: async () => "/v1/webhooks",
    bodyOf: (url) => webhook({ url }),
  },
  "a webhook, changed": {
    field: "url",
    method: "PATCH",
    path: async (org) => `/v1/webhooks/${(await aWebhook(org)).webhook_id}`,
    bodyOf: (url) => ({ url, headers: null }),
  },
  "a carrier account, created": {
    field: "api_base_url",
    method: "POST",
    path: async () => "/v1/carriers",
    bodyOf: (url) => twilio({ api_base_url: url }),
  },
  "a carrier account, changed": {
    field: "api_base_url",
    method: "PATCH",
    path: async (org) => `/v1/carriers/${(await aCarrier(org))["carrier_id"]}`,
    bodyOf: (url) => ({ api_base_url: url, auth_token: "new" }),
  },
  "an organisation's model": {
    field: "model.base_url",
    method: "PATCH",
    path: async () => "/v1/organisation",
    bodyOf: (url) => ({ model: { base_url: url, model: "m-1" } }),
  },
};

describe.for(Object.entries(SETTINGS))("%s", ([, { field, method, path, bodyOf }]) => {
  const send = method === "POST" ? post : patch;

  test("is taken at a public host, and at no other, however that is spelled", async () => {
    const org = await createOrganisation();
    const target = await path(org);
    expect((await send(target, org.apiKey, bodyOf("https://hooks.example"))).ok).toBe(true);
    const rows = await orgRows(org.orgId);
    for (const [what, url] of HOSTILE) {
      const { status, errors = [] } = await problemOf(await send(target, org.apiKey, bodyOf(url)));
      expect([what, status, errors.map((error) => error.path)]).toEqual([what, 422, [field]]);
    }
    expect(await orgRows(org.orgId)).toEqual(rows);
  });

  test("is taken at loopback in local development alone", async () => {
    const org = await createOrganisation();
    const target = await path(org);
    const deployed = { ...env, PUBLIC_BASE_URL: "https://calls.example" };
    for (const url of ["http://localhost:9999", "https://localhost:9999"]) {
      const problem = await problemOf(await ask(deployed, method, target, org, bodyOf(url)));
      expect(problem).toMatchObject({ status: 422, errors: [{ path: field }] });
    }
    expect((await send(target, org.apiKey, bodyOf("http://localhost:9999"))).ok).toBe(true);
  });
});
