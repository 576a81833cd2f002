// What was sent to a webhook, as clients see it: tests, the log, replays.

import { env } from "cloudflare:workers";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, test, vi } from "vitest";
import { callEventSchema } from "../../src/contract/call-events.ts";
import {
  deliveryListSchema,
  deliverySchema,
  deliveryWithPayloadSchema,
} from "../../src/contract/webhook-logs.ts";
import { CALL_EVENTS } from "../../src/domain/webhook.ts";
import { newId } from "../../src/lib/ids.ts";
import { WebhookEndpoint } from "../../src/objects/webhook-endpoint/webhook-endpoint.ts";
import { webhookEndpointOf } from "../../src/stubs/stubs.ts";
import { post, request } from "../support/api.ts";
import { patch, problemOf } from "../support/carrier-accounts.ts";
import { createOrganisation, type Organisation } from "../support/organisation.ts";
import { Receiver } from "../support/receivers.ts";
import type { ReceiverAnswer } from "../support/receiver-answers.ts";
import { until } from "../support/wait.ts";
import { newDelivery } from "../support/webhook.ts";
import { createWebhook } from "../support/webhooks-by-api.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

async function open(answers: ReceiverAnswer[] = [], changes: Record<string, unknown> = {}) {
  const [org, receiver] = [await createOrganisation(), await Receiver.listen(...answers)];
  const { path, secret, shown } = await createWebhook(org, { url: receiver.url, ...changes });
  return { org, receiver, path, secret, endpoint: webhookEndpointOf(env, shown.uuid) };
}

async function logsOf(org: Organisation, path: string, query = "") {
  const response = await request(`${path}/logs${query}`, org.apiKey);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return deliveryListSchema.parse(await response.json());
}

/** The log once nothing waits for its first try. */
const settledLogs = (org: Organisation, path: string, query = "") =>
  until(
    () => logsOf(org, path, query),
    ({ logs }) => logs.every(({ status, attempt_count }) => status !== "pending" || attempt_count > 0),
  );

describe("a test", () => {
  test.for(CALL_EVENTS)("of %s is signed, of the shape of every event, and marked", async (event) => {
    const { org, receiver, path, secret } = await open([], { headers: { "X-Tenant": "7" } });
    const response = await post(`${path}/test`, org.apiKey, { event });
    expect(response.status).toBe(200);
    const delivery = deliverySchema.parse(await response.json());
    expect(delivery).toMatchObject({
      event,
      event_uuid: expect.stringMatching(/^evt_/),
      call_uuid: null,
      status: "delivered",
      attempts: [{ status_code: 200, error: null, at: expect.stringMatching(/Z$/) }],
      attempt_count: 1,
      next_attempt_at: null,
    });
    const [got] = await receiver.requests();
    expect(got?.headers).toMatchObject({ "webhook-id": delivery.event_uuid, "x-tenant": "7" });
    const sent = new Webhook(secret).verify(got?.body ?? "", got?.headers ?? {});
    expect(callEventSchema.parse(sent)).toEqual(sent);
    expect(sent).toMatchObject({ event, test: true, organisation_uuid: org.orgId });
    expect(
      JSON.stringify(sent)
        .match(/\+\d+/g)
        ?.every((phone) => phone.startsWith("+1415555")),
    ).toBe(true);
  });

  test("is of the first event that the webhook wants, if none is named, also while it is paused", async () => {
    const { org, receiver, path } = await open([], { events: ["call.analyzed"], status: "paused" });
    const delivery = deliverySchema.parse(await (await post(`${path}/test`, org.apiKey, {})).json());
    expect(delivery).toMatchObject({ event: "call.analyzed", status: "delivered" });
    expect(await receiver.requests()).toHaveLength(1);
  });

  test("tells what the receiver answered", async () => {
    const { org, path } = await open([{ status: 500, body: "Out of ink" }]);
    const delivery = deliverySchema.parse(await (await post(`${path}/test`, org.apiKey, {})).json());
    expect(delivery).toMatchObject({
      status: "failed",
      attempts: [{ status_code: 500, error: null, response: "Out of ink" }],
    });
    expect((await logsOf(org, path)).logs).toEqual([delivery]);
  });

  test("of what is no event is refused, and nothing is sent", async () => {
    const { org, receiver, path } = await open();
    for (const body of [{ event: "call.paused" }, { event: null }, { payload: {} }]) {
      expect((await post(`${path}/test`, org.apiKey, body)).status).toBe(422);
    }
    expect(await receiver.requests()).toEqual([]);
  });

  test("that can't be sent now, or any more, says so", async () => {
    const { org, path } = await open();
    const sends = vi.spyOn(WebhookEndpoint.prototype, "sendTest");
    sends.mockResolvedValueOnce({ ok: false, error: "unavailable" });
    const unavailable = await post(`${path}/test`, org.apiKey, {});
    expect([unavailable.status, unavailable.headers.get("retry-after")]).toEqual([503, "5"]);
    sends.mockResolvedValueOnce({ ok: false, error: "deleted" });
    expect((await post(`${path}/test`, org.apiKey, {})).status).toBe(404);
  });
});

describe("the log", () => {
  test("lists newest first, in pages, by status, event, call and time, and one with what was sent", async () => {
    const { org, path, endpoint } = await open();
    const deliveries = CALL_EVENTS.map((event) => newDelivery({ event }));
    const [first, second] = deliveries;
    for (const delivery of deliveries) await endpoint.accept([delivery]);
    const { logs, total } = await settledLogs(org, path);
    expect(total).toBe(CALL_EVENTS.length);
    expect(logs.map(({ event_uuid }) => event_uuid)).toEqual(
      deliveries.map(({ eventId }) => eventId).toReversed(),
    );
    const oldest = logs.at(-1);
    expect(await logsOf(org, path, "?limit=2&offset=5")).toEqual({ logs: logs.slice(5), total });
    expect(await logsOf(org, path, `?call_uuid=${first?.callId}`)).toEqual({ logs: [oldest], total: 1 });
    expect(await logsOf(org, path, "?event=call.started")).toEqual({ logs: [oldest], total: 1 });
    expect(await logsOf(org, path, "?status=delivered&limit=1")).toMatchObject({ total });
    for (const query of [
      "?status=failed",
      `?call_uuid=${newId("call")}`,
      `?event=call.started&call_uuid=${second?.callId}`,
      "?date_from=2999-01-01",
      "?date_to=2020-01-01",
    ]) {
      expect([query, await logsOf(org, path, query)]).toEqual([query, { logs: [], total: 0 }]);
    }
    // By when they were fired, which may be the second before that in which they came here.
    const fired = new Date(first?.firedAtMs ?? 0).toISOString().replace(/\.\d+/, "");
    const span = `?date_from=${fired}&date_to=${new Date().toISOString()}`;
    expect(await logsOf(org, path, span)).toMatchObject({ total });

    const one = await request(`${path}/logs/${oldest?.uuid}`, org.apiKey);
    expect(deliveryWithPayloadSchema.parse(await one.json())).toEqual({
      ...oldest,
      payload: JSON.parse(first?.body ?? ""),
    });
  });

  test("is of one webhook alone", async () => {
    const { org, path, endpoint } = await open();
    const { path: another } = await createWebhook(org);
    await endpoint.accept([newDelivery()]);
    const [delivery] = (await settledLogs(org, path)).logs;
    expect(await logsOf(org, another)).toEqual({ logs: [], total: 0 });
    for (const method of ["GET", "POST"]) {
      const tail = method === "POST" ? "/replay" : "";
      const response = await request(`${another}/logs/${delivery?.uuid}${tail}`, org.apiKey, { method });
      expect([method, response.status]).toEqual([method, 404]);
    }
  });

  test.for([
    "status=lost",
    "event=call.paused",
    "call_uuid=cal_x",
    "date_from=yesterday",
    "limit=101",
    "offset=-1",
  ])("is not asked for %s", async (query) => {
    const { org, path } = await open();
    const response = await request(`${path}/logs?${query}`, org.apiKey);
    expect(await problemOf(response)).toMatchObject({
      status: 422,
      errors: [{ path: query.split("=")[0] }],
    });
  });
});

describe("a replay", () => {
  test("sends one again, with the same id, whatever came of it before", async () => {
    const { org, receiver, path, secret, endpoint } = await open();
    await endpoint.accept([newDelivery()]);
    const [sent] = (await settledLogs(org, path)).logs;
    const response = await request(`${path}/logs/${sent?.uuid}/replay`, org.apiKey, { method: "POST" });
    expect(response.status).toBe(202);
    expect(deliverySchema.parse(await response.json())).toMatchObject({
      uuid: sent?.uuid,
      event_uuid: sent?.event_uuid,
    });
    const [one, again] = await receiver.got(2);
    expect(again?.headers["webhook-id"]).toBe(one?.headers["webhook-id"]);
    expect(again?.body).toBe(one?.body);
    new Webhook(secret).verify(again?.body ?? "", again?.headers ?? {});
    await until(
      () => logsOf(org, path),
      ({ logs: [log] }) => log?.status === "delivered" && log.attempt_count === 2,
    );
  });

  test("of a span sends what was missed while the webhook was paused, once it is active; not before", async () => {
    const { org, receiver, path, endpoint } = await open([], { status: "paused" });
    const missed = [newDelivery(), newDelivery({ event: "call.analyzed" }), newDelivery()];
    await endpoint.accept(missed);
    const { logs } = await until(
      () => logsOf(org, path, "?status=skipped"),
      ({ total }) => total === 3,
    );
    const span = { date_from: "2020-01-01" };
    for (const refused of [
      await post(`${path}/replay`, org.apiKey, span),
      await request(`${path}/logs/${logs[0]?.uuid}/replay`, org.apiKey, { method: "POST" }),
    ]) {
      expect(await problemOf(refused)).toMatchObject({ status: 409, code: "webhook_paused" });
    }
    expect((await patch(path, org.apiKey, { status: "active" })).status).toBe(200);
    expect(await logsOf(org, path, "?status=skipped")).toMatchObject({ total: 3 });

    const replay = async (body: object) => {
      const response = await post(`${path}/replay`, org.apiKey, body);
      return [response.status, await response.json()];
    };
    expect(await replay({ date_from: "2999-01-01" })).toEqual([202, { replayed: 0 }]);
    expect(await replay({ ...span, date_to: "2020-01-02" })).toEqual([202, { replayed: 0 }]);
    expect(await replay({ ...span, status: "failed" })).toEqual([202, { replayed: 0 }]);
    expect(await replay({ ...span, event: "call.analyzed" })).toEqual([202, { replayed: 1 }]);
    expect(await replay(span)).toEqual([202, { replayed: 2 }]);
    const got = (await receiver.got(3)).map(({ headers }) => headers["webhook-id"]);
    expect(got.toSorted()).toEqual(missed.map(({ eventId }) => eventId).toSorted());
    await until(
      () => logsOf(org, path, "?status=delivered"),
      ({ total }) => total === 3,
    );
    expect(await replay(span)).toEqual([202, { replayed: 0 }]);
    expect(await replay({ ...span, status: "delivered" })).toEqual([202, { replayed: 3 }]);
    await receiver.got(6);
  });

  test.for([
    [{}, "date_from"],
    [{ date_from: "yesterday" }, "date_from"],
    [{ date_from: "2026-05-12", status: "pending" }, "status"],
    [{ date_from: "2026-05-12", event: "call.paused" }, "event"],
    [{ date_from: "2026-05-12", call_uuid: "x" }, "call_uuid"],
  ] as const)("of %j is refused", async ([body, path]) => {
    const webhook = await open();
    expect(await problemOf(await post(`${webhook.path}/replay`, webhook.org.apiKey, body))).toMatchObject({
      status: 422,
      errors: [{ path }],
    });
  });
});
