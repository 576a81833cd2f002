// Webhooks as they are kept: created, read, changed, paused, deleted.

import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { webhookSchema } from "../../src/contract/webhooks.ts";
import { pauseEndpoint } from "../../src/db/webhook-endpoints.ts";
import { openDb } from "../../src/db/client.ts";
import { CALL_EVENTS } from "../../src/domain/webhook.ts";
import { WebhookEndpoint } from "../../src/objects/webhook-endpoint/webhook-endpoint.ts";
import { webhookEndpointOf } from "../../src/stubs/stubs.ts";
import { post, request } from "../support/api.ts";
import { patch, problemOf, remove } from "../support/carrier-accounts.ts";
import { Receiver } from "../support/receivers.ts";
import { createKey, createOrganisation, type Organisation } from "../support/organisation.ts";
import { askWhile } from "../support/overtaken.ts";
import { until } from "../support/wait.ts";
import { changeWebhook, newDelivery } from "../support/webhook.ts";
import { createWebhook, storedWebhook, webhook } from "../support/webhooks-by-api.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const read = async (path: string, { apiKey }: Organisation) =>
  webhookSchema.parse(await (await request(path, apiKey)).json());

async function changed(path: string, org: Organisation, body: object) {
  const response = await patch(path, org.apiKey, body);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return webhookSchema.parse(await response.json());
}

test("is created, read, listed, changed field by field, and deleted", async () => {
  const org = await createOrganisation();
  const response = await post("/v1/webhooks", org.apiKey, {
    name: " CRM ",
    url: "HTTPS://Crm.Example:443/a/../hooks?token=of-the-customer",
    events: ["call.ended", "call.analyzed"],
    headers: { Authorization: "Bearer b", "X-Tenant": "7" },
  });
  expect(response.status).toBe(201);
  const { secret, ...shown }: { uuid: string; secret: string } = await response.json();
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const first = {
    uuid: expect.stringMatching(/^wbh_/),
    name: "CRM",
    url: "https://crm.example/hooks?token=of-the-customer",
    events: ["call.ended", "call.analyzed"],
    header_names: ["authorization", "x-tenant"],
    status: "active",
    paused_reason: null,
    paused_at: null,
    previous_secret_expires_at: null,
    created_at: expect.stringMatching(/Z$/),
  };
  expect(shown).toEqual(first);
  const path = `/v1/webhooks/${shown.uuid}`;
  expect(response.headers.get("location")).toBe(path);
  expect(await read(path, org)).toEqual(shown);

  const now = { ...shown, name: "ERP", events: [...CALL_EVENTS], url: "https://crm.example/new" };
  expect(await changed(path, org, { name: "ERP" })).toEqual({ ...shown, name: "ERP" });
  expect(await changed(path, org, { events: CALL_EVENTS, url: "https://crm.example/new" })).toEqual(now);
  expect(await changed(path, org, {})).toEqual(now);
  const second = await createWebhook(org);
  const list = await (await request("/v1/webhooks?limit=1&offset=1", org.apiKey)).json();
  expect(list).toEqual({ webhooks: [now], total: 2 });
  expect(await (await request("/v1/webhooks", org.apiKey)).json()).toEqual({
    webhooks: [second.shown, now],
    total: 2,
  });

  expect((await remove(path, org.apiKey)).status).toBe(204);
  expect((await request(path, org.apiKey)).status).toBe(404);
  expect(await storedWebhook(shown.uuid)).toBeNull();
  expect(await (await request("/v1/webhooks", org.apiKey)).json()).toMatchObject({ total: 1 });
});

test("is read without the events that this version does not know", async () => {
  const org = await createOrganisation();
  const { path, shown } = await createWebhook(org);
  await changeWebhook(shown.uuid, { events: '["call.ended","call.unheard_of"]' });
  expect(await read(path, org)).toEqual({ ...shown, events: ["call.ended"] });
  expect((await request("/v1/webhooks", org.apiKey)).status).toBe(200);
});

describe("is refused", () => {
  const BAD: [what: string, body: Record<string, unknown>, path: string][] = [
    ["no name", { name: undefined }, "name"],
    ["a name of two lines", { name: "a\nb" }, "name"],
    ["no url", { url: undefined }, "url"],
    ["a url that may not be asked", { url: "https://10.0.0.1" }, "url"],
    ["no event", { events: [] }, "events"],
    ["an event twice", { events: ["call.ended", "call.ended"] }, "events"],
    ["an event that is none", { events: ["call.started", "call.paused"] }, "events.1"],
    ["a status that is none", { status: "gone" }, "status"],
    ["a secret of one's own", { secret: "whsec_x" }, "secret"],
    ["headers in a list", { headers: ["a"] }, "headers"],
    ["a header without a value", { headers: { "x-a": null } }, "headers.x-a"],
    ["a header of nothing", { headers: { "x-a": "" } }, "headers.x-a"],
    ["a header of two lines", { headers: { "x-a": "a\r\nx-b: c" } }, "headers.x-a"],
    ["a header beyond ASCII", { headers: { "x-a": "ü" } }, "headers.x-a"],
    ["a header with spaces around it", { headers: { "x-a": " a" } }, "headers.x-a"],
    ["a header of more than 1 KiB", { headers: { "x-a": "a".repeat(1_025) } }, "headers.x-a"],
    ["a header's name with a space", { headers: { "x a": "a" } }, "headers.x a"],
    ["a header's name with a colon", { headers: { "x-a:": "a" } }, "headers.x-a:"],
    ["a header without a name", { headers: { "": "a" } }, "headers."],
    ["a header's name that is too long", { headers: { ["x".repeat(101)]: "a" } }, "headers.xxx"],
    ["a header twice, spelled otherwise", { headers: { "X-A": "a", "x-a": "b" } }, "headers.x-a"],
    [
      "21 headers",
      { headers: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`x-${i}`, "a"])) },
      "headers",
    ],
    ["our own header", { headers: { "Webhook-Signature": "v1,x" } }, "headers.webhook-signature"],
    ["… and another", { headers: { "webhook-anything": "x" } }, "headers.webhook-anything"],
    ["the host", { headers: { Host: "x" } }, "headers.host"],
    ["the length", { headers: { "content-length": "1" } }, "headers.content-length"],
    ["the type", { headers: { "content-type": "text/plain" } }, "headers.content-type"],
    ["a transfer encoding", { headers: { "transfer-encoding": "chunked" } }, "headers.transfer-encoding"],
    ["a proxy's key", { headers: { "proxy-authorization": "x" } }, "headers.proxy-authorization"],
    ["who we are", { headers: { "user-agent": "x" } }, "headers.user-agent"],
    ...["connection", "keep-alive", "te", "trailer", "upgrade", "expect", "cdn-loop"].map(
      (name): [string, Record<string, unknown>, string] => [
        name,
        { headers: { [name]: "x" } },
        `headers.${name}`,
      ],
    ),
  ];
  test.for(BAD)("%s", async ([, body, path]) => {
    const org = await createOrganisation();
    const { status, errors = [] } = await problemOf(await post("/v1/webhooks", org.apiKey, webhook(body)));
    expect(status).toBe(422);
    expect(errors.map((error) => error.path).join()).toContain(path);
    expect(await (await request("/v1/webhooks", org.apiKey)).json()).toMatchObject({ total: 0 });
  });

  test("a header named __proto__, which no record would show", async () => {
    const org = await createOrganisation();
    const body = JSON.stringify(webhook()).replace(/}$/, ',"headers":{"__proto__":"x"}}');
    const response = await request("/v1/webhooks", org.apiKey, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    expect(await problemOf(response)).toMatchObject({ status: 422, errors: [{ path: "headers.__proto__" }] });
  });

  test("a 21st webhook, however many come at once, and not that of another organisation", async () => {
    const [org, other] = [await createOrganisation(), await createOrganisation()];
    const answers = await Promise.all(
      Array.from({ length: 25 }, () => post("/v1/webhooks", org.apiKey, webhook())),
    );
    const statuses = answers.map(({ status }) => status).toSorted();
    expect(statuses).toEqual([...Array<number>(20).fill(201), ...Array<number>(5).fill(409)]);
    const refused = answers.find(({ status }) => status === 409) ?? new Response();
    expect(await problemOf(refused)).toMatchObject({ code: "limit_reached" });
    const { total, webhooks }: { total: number; webhooks: { uuid: string }[] } = await (
      await request("/v1/webhooks", org.apiKey)
    ).json();
    expect(total).toBe(20);
    await createWebhook(other);
    await remove(`/v1/webhooks/${webhooks[0]?.uuid}`, org.apiKey);
    await createWebhook(org);
  });
});

describe("headers", () => {
  const HEADERS = { authorization: "Bearer b", "x-tenant": "7" };

  test("are merged name by name, in whatever spelling, and null takes them back", async () => {
    const org = await createOrganisation();
    const { path, shown } = await createWebhook(org, { headers: HEADERS });
    const after = async (headers: object | null) => {
      const { header_names } = await changed(path, org, { headers });
      const stored = (await storedWebhook(shown.uuid))?.headers ?? {};
      expect(Object.keys(stored).toSorted()).toEqual(header_names);
      return stored;
    };
    expect(await after({})).toEqual(HEADERS);
    expect(await after({ "X-Tenant": "8", "x-new": "n" })).toEqual({
      ...HEADERS,
      "x-tenant": "8",
      "x-new": "n",
    });
    expect(await after({ AUTHORIZATION: null, "x-none": null })).toEqual({ "x-tenant": "8", "x-new": "n" });
    expect(await after(null)).toEqual({});
    expect((await storedWebhook(shown.uuid))?.row.headersEncrypted).toBeNull();
  });

  test("are all kept that come at the same time, and never more than 20", async () => {
    const org = await createOrganisation();
    const { path, shown } = await createWebhook(org);
    const names = Array.from({ length: 8 }, (_, index) => `x-${index}`);
    await Promise.all(names.map((name) => changed(path, org, { headers: { [name]: name } })));
    const stored = (await storedWebhook(shown.uuid))?.headers;
    expect(stored).toEqual(Object.fromEntries(names.map((name) => [name, name])));
    const more = Object.fromEntries(Array.from({ length: 13 }, (_, index) => [`y-${index}`, "a"]));
    expect(await problemOf(await patch(path, org.apiKey, { name: "X", headers: more }))).toMatchObject({
      status: 422,
      errors: [{ path: "headers" }],
    });
    expect(await read(path, org)).toMatchObject({ name: "CRM", header_names: names });
  });

  test("do not follow to another host: who can't read them could have them sent there", async () => {
    const org = await createOrganisation();
    const { path, shown } = await createWebhook(org, { headers: HEADERS });
    const elsewhere = { url: "https://thief.example/" };
    for (const headers of [undefined, {}, { authorization: "Bearer new" }, { "x-new": "n" }]) {
      expect(await problemOf(await patch(path, org.apiKey, { ...elsewhere, headers }))).toMatchObject({
        status: 422,
        code: "validation_failed",
        errors: expect.arrayContaining([{ path: "headers.x-tenant", message: expect.any(String) }]),
      });
    }
    expect(await read(path, org)).toEqual(shown);
    expect(await changed(path, org, { url: "https://crm.example/same-host" })).toMatchObject({
      header_names: ["authorization", "x-tenant"],
    });
    const anew = { ...elsewhere, headers: { authorization: "Bearer new", "x-tenant": null } };
    expect(await changed(path, org, anew)).toMatchObject({ ...elsewhere, header_names: ["authorization"] });
    expect((await storedWebhook(shown.uuid))?.headers).toEqual({ authorization: "Bearer new" });
  });

  test("… nor those that come while it moves", async () => {
    const org = await createOrganisation();
    const { path, shown } = await createWebhook(org);
    const moved = await askWhile(org, "PATCH", path, { url: "https://thief.example/" }, async () => {
      await changed(path, org, { headers: HEADERS });
    });
    expect(await problemOf(moved)).toMatchObject({ status: 422 });
    expect(await read(path, org)).toEqual({ ...shown, header_names: Object.keys(HEADERS) });
  });

  test("… and a webhook that is deleted meanwhile is gone", async () => {
    const org = await createOrganisation();
    const { path } = await createWebhook(org);
    const late = await askWhile(org, "PATCH", path, { headers: HEADERS }, async () => {
      await remove(path, org.apiKey);
    });
    expect(await problemOf(late)).toMatchObject({ status: 404, code: "not_found" });
  });
});

describe("is paused and made active again", () => {
  test("by a client, at once or later, and its object hears of it", async () => {
    const heard: boolean[] = [];
    vi.spyOn(WebhookEndpoint.prototype, "readAnew").mockImplementation(
      async (isMadeActive) => void heard.push(isMadeActive),
    );
    const org = await createOrganisation();
    const paused = { status: "paused", paused_reason: "requested", paused_at: expect.stringMatching(/Z$/) };
    const active = { status: "active", paused_reason: null, paused_at: null };
    const { path, shown } = await createWebhook(org, { status: "paused" });
    expect(shown).toMatchObject(paused);
    expect(await changed(path, org, { status: "active" })).toEqual({ ...shown, ...active });
    expect(await changed(path, org, { status: "paused" })).toEqual({ ...shown, ...paused });
    expect(await changed(path, org, { name: "X" })).toMatchObject(paused);
    expect(heard).toEqual([true, false]);
  });

  test("… and one that is paused already keeps since when, and why", async () => {
    const org = await createOrganisation();
    const { path, shown } = await createWebhook(org);
    await pauseEndpoint(openDb(env.DB), { id: shown.uuid, url: shown.url }, "gone", 1_780_000_000);
    const gone = { status: "paused", paused_reason: "gone", paused_at: "2026-05-28T20:26:40Z" };
    expect(await read(path, org)).toMatchObject(gone);
    expect(await changed(path, org, { status: "paused", name: "X" })).toMatchObject(gone);
    expect(await changed(path, org, { status: "active" })).toMatchObject({ paused_reason: null });
  });

  test("even if its object can't be told that it is paused: it sees that by itself", async () => {
    const org = await createOrganisation();
    const { path } = await createWebhook(org);
    const told = vi.spyOn(WebhookEndpoint.prototype, "readAnew").mockRejectedValue(new Error("Away"));
    expect(await changed(path, org, { status: "paused" })).toMatchObject({ paused_reason: "requested" });
    expect(told).toHaveBeenCalledTimes(2);
  });

  test("asked again, if its object could not be told", async () => {
    const org = await createOrganisation();
    const { path } = await createWebhook(org, { status: "paused" });
    const away = vi.spyOn(WebhookEndpoint.prototype, "readAnew").mockRejectedValue(new Error("Away"));
    expect((await patch(path, org.apiKey, { status: "active" })).status).toBe(500);
    away.mockRestore();
    const told = vi.spyOn(WebhookEndpoint.prototype, "readAnew");
    expect(await changed(path, org, { status: "active" })).toMatchObject({ status: "active" });
    expect(told).toHaveBeenCalledTimes(1);
  });
});

test("a change of where or how it is sent holds at once, and no other is told of", async () => {
  const [org, old, now] = [await createOrganisation(), await Receiver.listen(), await Receiver.listen()];
  const { path, shown } = await createWebhook(org, { url: old.url });
  const endpoint = webhookEndpointOf(env, shown.uuid);
  await endpoint.accept([newDelivery()]);
  await old.got(1);
  await changed(path, org, { url: now.url, headers: { "x-a": "1" } });
  await endpoint.accept([newDelivery()]);
  await now.got(1);
  await changed(path, org, { headers: { "x-a": "2" } });
  await endpoint.accept([newDelivery()]);
  expect((await now.got(2)).map(({ headers }) => headers["x-a"])).toEqual(["1", "2"]);
  expect(await old.requests()).toHaveLength(1);
  const told = vi.spyOn(WebhookEndpoint.prototype, "readAnew");
  await changed(path, org, { name: "X", events: ["call.ended"] });
  expect(told).not.toHaveBeenCalled();
});

test("one whose headers don't open is listed with none of them, and they can be taken back", async () => {
  const org = await createOrganisation();
  const { path, shown } = await createWebhook(org, { headers: { "x-a": "1" } });
  const { shown: other } = await createWebhook(org, { headers: { "x-b": "1" } });
  await changeWebhook(shown.uuid, { headersEncrypted: "other.key.made-it" });
  const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const list = await request("/v1/webhooks", org.apiKey);
  expect(await list.json()).toEqual({ webhooks: [other, { ...shown, header_names: [] }], total: 2 });
  expect(logged.mock.calls.flat().join()).toContain("webhook_headers_unreadable");
  await changed(path, org, { headers: null });
  expect((await storedWebhook(shown.uuid))?.row.headersEncrypted).toBeNull();
});

test("one that is deleted is sent nothing, even if its object was not told", async () => {
  const [org, receiver] = [await createOrganisation(), await Receiver.listen()];
  const { path, shown } = await createWebhook(org, { url: receiver.url });
  vi.spyOn(WebhookEndpoint.prototype, "forget")
    .mockRejectedValueOnce(new Error("Away"))
    .mockRejectedValueOnce(new Error("Away"));
  expect((await remove(path, org.apiKey)).status).toBe(204);
  const endpoint = webhookEndpointOf(env, shown.uuid);
  await endpoint.accept([newDelivery()]);
  await until(
    () => endpoint.list({}, { limit: 1, offset: 0 }),
    ({ total }) => total === 0,
  );
  expect(await receiver.requests()).toEqual([]);
});

test("webhooks draw on buckets of their own when they are created or tested", async () => {
  const org = await createOrganisation();
  const key = await createKey(org.orgId, ["voice:webhooks:write"]);
  const created = await post("/v1/webhooks", key, webhook({ url: (await Receiver.listen()).url }));
  expect(created.headers.get("ratelimit")).toMatch(/^"create_webhook";r=19;/);
  const { uuid }: { uuid: string } = await created.json();
  const tested = await post(`/v1/webhooks/${uuid}/test`, key, {});
  expect([tested.status, tested.headers.get("ratelimit")]).toEqual([
    200,
    expect.stringMatching(/^"test_webhook";r=19;/),
  ]);
});
