// A webhook's object and a receiver that takes what it is sent, or doesn't.

import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, test } from "vitest";
import { newWebhookSecret } from "../../src/webhooks/signature.ts";
import { until } from "../support/wait.ts";
import { LiveWebhook } from "../support/live-webhook.ts";
import { changeWebhook, newDelivery, webhookRow } from "../support/webhook.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let webhook: LiveWebhook;

afterEach(() => webhook.leave());

describe("what is accepted", () => {
  test("is sent at once, signed with the webhook's secret, and not again", async () => {
    webhook = await LiveWebhook.open([], { headers: { authorization: "Bearer x" } });
    const [sent] = await webhook.deliver();
    const requests = await webhook.receiver.requests();
    expect(requests).toHaveLength(1);
    expect(requests[0]?.headers).toMatchObject({ "webhook-id": sent?.eventId, authorization: "Bearer x" });
    new Webhook(webhook.secret).verify(requests[0]?.body ?? "", requests[0]?.headers ?? {});
    expect(requests[0]?.body).toBe(sent?.body);
    expect(await webhook.delivery()).toEqual({
      id: expect.stringMatching(/^wbl_/),
      eventId: sent?.eventId,
      event: "call.ended",
      callId: sent?.callId,
      status: "delivered",
      firedAtMs: Date.now(),
      createdAtMs: Date.now(),
      nextAttemptAtMs: null,
      attempts: [{ atMs: Date.now(), statusCode: 200, error: null, durationMs: 0, response: null }],
    });
  });

  test("is signed with both secrets as long as the one before is live", async () => {
    const previous = { secret: newWebhookSecret(), until: Date.UTC(2090, 0, 1) / 1_000 + 60 };
    webhook = await LiveWebhook.open([], { previous: [previous] });
    await webhook.deliver();
    webhook.wait(MINUTE_MS);
    await webhook.deliver();
    const [one, other] = await webhook.receiver.requests();
    const verify = (secret: string, request = one) => {
      const headers = request?.headers ?? {};
      const timestamp = Number(headers["webhook-timestamp"]);
      expect(Math.abs(Date.now() / 1_000 - timestamp)).toBeLessThanOrEqual(60);
      return new Webhook(secret).verify(request?.body ?? "", headers);
    };
    verify(webhook.secret);
    verify(previous.secret);
    verify(webhook.secret, other);
    expect(() => verify(previous.secret, other)).toThrow();
  });

  test("is one delivery however often it is handed over", async () => {
    webhook = await LiveWebhook.open();
    const sent = await webhook.deliver(2);
    await webhook.deliver([...sent, newDelivery()]);
    expect(await webhook.receiver.requests()).toHaveLength(3);
    expect(await webhook.deliveries()).toHaveLength(3);
  });

  test("is sent a few at a time, in its order, with one look at the webhook", async () => {
    webhook = await LiveWebhook.open([{ does: "waits" }]);
    const sent = await webhook.accept(12);
    await webhook.receiver.waiting(5);
    await webhook.fire();
    await scheduler.wait(100);
    const held = await webhook.receiver.requests();
    expect(held.map(({ body }) => body).toSorted()).toEqual(
      sent
        .slice(0, 5)
        .map(({ body }) => body)
        .toSorted(),
    );
    const reads = webhook.d1Reads;
    await webhook.receiver.answer({});
    await webhook.receiver.release();
    await webhook.rest();
    expect(await webhook.receiver.requests()).toHaveLength(12);
    expect(reads).toBe(1);
    expect(webhook.d1Reads).toBe(1);
  });

  test("costs no look at the webhook each, though the receiver is quick", async () => {
    webhook = await LiveWebhook.open();
    for (let sent = 0; sent < 5; sent++) await webhook.deliver();
    expect(webhook.d1Reads).toBe(1);
    webhook.wait(10_000);
    await webhook.deliver();
    expect(webhook.d1Reads).toBe(2);
  });

  test("waits for no other: one that hangs costs one time-out", async () => {
    webhook = await LiveWebhook.open([{ does: "hangs" }, {}]);
    await webhook.patience(300);
    await webhook.accept(8);
    await webhook.receiver.got(8);
    await webhook.rest();
    const statuses = (await webhook.deliveries()).map(({ status }) => status);
    expect(statuses.filter((status) => status === "delivered")).toHaveLength(7);
    expect(statuses.filter((status) => status === "pending")).toHaveLength(1);
  });

  test("and all hang: the others come as soon as these are given up", async () => {
    webhook = await LiveWebhook.open([...Array.from({ length: 5 }, () => ({ does: "hangs" as const })), {}]);
    await webhook.patience(300);
    await webhook.deliver(8);
    const attempts = (await webhook.deliveries()).map((delivery) => delivery.attempts.at(-1)?.error);
    expect(attempts).toEqual([null, null, null, ...Array.from({ length: 5 }, () => "timeout")]);
  });

  test("is logged without what is secret in it", async () => {
    webhook = await LiveWebhook.open([{ status: 500, body: "their words" }], {
      headers: { authorization: "Bearer x-secret" },
    });
    await changeWebhook(webhook.id, { url: `${webhook.receiver.url}?token=url-secret` });
    const [sent] = await webhook.deliver();
    const { id } = await webhook.delivery();
    const lines = webhook.logged.filter(({ event }) => event === "webhook_attempt");
    expect(lines).toEqual([
      {
        level: "info",
        event: "webhook_attempt",
        webhook_id: webhook.id,
        delivery_id: id,
        call_id: sent?.callId,
        status_code: 500,
        error: null,
        ms: 0,
        attempt: 1,
      },
    ]);
    const text = JSON.stringify(webhook.logged);
    for (const secret of ["x-secret", "url-secret", "their words", webhook.secret, "whsec_"]) {
      expect(text).not.toContain(secret);
    }
  });
});

describe("what is not taken", () => {
  test("is tried ten times on schedule, with one id and a signature of its time, and has failed then", async () => {
    webhook = await LiveWebhook.open([{ status: 500, body: "no" }]);
    const [sent] = await webhook.deliver();
    const startMs = Date.now();
    for (let tries = 1; tries < 10; tries++) {
      const { status, nextAttemptAtMs, attempts } = await webhook.delivery();
      expect({ status, tries: attempts.length }).toEqual({ status: "pending", tries });
      // Besides, the object looks after what it keeps.
      while ((await webhook.delivery()).attempts.length === tries) {
        expect((await webhook.stored()).alarmMs).toBeLessThanOrEqual(nextAttemptAtMs ?? 0);
        await webhook.alarm();
      }
    }
    const hours = [2, 5, 10, 14, 20, 24].map((n) => n * HOUR_MS);
    const waits = [0, 5_000, 5 * MINUTE_MS, 30 * MINUTE_MS, ...hours];
    const times = waits.map(
      (_, index) => startMs + waits.slice(0, index + 1).reduce((sum, wait) => sum + wait, 0),
    );
    const { status, nextAttemptAtMs, attempts } = await webhook.delivery();
    expect({ status, nextAttemptAtMs }).toEqual({ status: "failed", nextAttemptAtMs: null });
    expect(attempts.map(({ atMs }) => atMs)).toEqual(times);
    expect(attempts[9]).toMatchObject({ statusCode: 500, response: "no" });
    // Answers are many: the last few are kept.
    expect(attempts.map(({ response }) => response !== null)).toEqual(times.map((_, index) => index >= 5));
    const requests = await webhook.receiver.requests();
    expect(requests.map(({ headers }) => headers["webhook-id"])).toEqual(times.map(() => sent?.eventId));
    expect(requests.map(({ headers }) => Number(headers["webhook-timestamp"]) * 1_000)).toEqual(times);
    // One delivery alone may be at fault itself.
    expect(await webhookRow(webhook.id)).toMatchObject({ status: "active" });
  });

  test("an alarm too early sends nothing", async () => {
    webhook = await LiveWebhook.open([{ status: 500 }]);
    await webhook.deliver();
    webhook.wait(4_999);
    await webhook.fire();
    await webhook.rest();
    expect(await webhook.receiver.requests()).toHaveLength(1);
    expect((await webhook.stored()).alarmMs).toBe(Date.now() + 1);
  });

  test.each([
    ["seconds", "3600", HOUR_MS],
    ["a date", new Date(Date.UTC(2090, 0, 1, 2)).toUTCString(), 2 * HOUR_MS],
    ["nonsense", "never", 5_000],
    ["more than a day", "999999", DAY_MS],
  ])("is tried again when the receiver says: %s", async (_name, header, waitMs) => {
    webhook = await LiveWebhook.open([{ status: 429, headers: { "retry-after": header } }, {}]);
    await webhook.deliver();
    expect((await webhook.delivery()).nextAttemptAtMs).toBe(Date.now() + waitMs);
    while ((await webhook.delivery()).status === "pending") await webhook.alarm();
    expect((await webhook.delivery()).attempts[1]?.atMs).toBe(Date.UTC(2090, 0, 1) + waitMs);
    expect(await webhook.delivery()).toMatchObject({
      status: "delivered",
      attempts: [{ statusCode: 429 }, {}],
    });
  });

  test("goes to the address and with the headers that the webhook has by then", async () => {
    webhook = await LiveWebhook.open([{ status: 500 }, {}]);
    await webhook.deliver();
    await changeWebhook(webhook.id, { url: `${webhook.receiver.url}/new` });
    await webhook.hears();
    await webhook.alarm();
    expect((await webhook.receiver.requests()).map(({ path }) => path)).toEqual(["/hook", "/hook/new"]);
  });
});

describe("a receiver that asks for a pause", () => {
  const busy = (status: number) => ({ status, headers: { "retry-after": "3600" } });

  test.each([429, 503])("by %i: until then the others wait too, and use up no try", async (status) => {
    webhook = await LiveWebhook.open([busy(status), {}]);
    await webhook.deliver();
    const untilMs = Date.now() + HOUR_MS;
    webhook.wait(60_000);
    await webhook.deliver(2);
    await webhook.crash();
    await webhook.fire();
    await webhook.rest();
    expect(await webhook.receiver.requests()).toHaveLength(1);
    expect((await webhook.deliveries()).map(({ nextAttemptAtMs }) => nextAttemptAtMs)).toEqual([
      untilMs,
      untilMs,
      untilMs,
    ]);
    while ((await webhook.deliveries()).some((one) => one.status === "pending")) await webhook.alarm();
    expect(Date.now()).toBe(untilMs);
    expect((await webhook.deliveries()).map(({ attempts }) => attempts.length)).toEqual([1, 1, 2]);
  });

  test("in another answer than those: the others are sent", async () => {
    webhook = await LiveWebhook.open([busy(500), {}]);
    await webhook.deliver();
    await webhook.deliver();
    expect(await webhook.receiver.requests()).toHaveLength(2);
  });

  test("and is changed for another: that one did not ask", async () => {
    webhook = await LiveWebhook.open([busy(429), {}]);
    await webhook.deliver();
    await changeWebhook(webhook.id, { url: `${webhook.receiver.url}/new` });
    await webhook.hears();
    await webhook.deliver();
    expect((await webhook.receiver.requests()).map(({ path }) => path)).toEqual(["/hook", "/hook/new"]);
  });
});

test("a receiver that asks for a pause while it is read where the webhook is by now holds up no other", async () => {
  webhook = await LiveWebhook.open([{ does: "waits", status: 429, headers: { "retry-after": "3600" } }, {}]);
  await webhook.accept();
  await webhook.receiver.waiting(1);
  await changeWebhook(webhook.id, { url: `${webhook.receiver.url}/new` });
  webhook.d1IsHeld = true;
  const heard = webhook.hears();
  await until(
    async () => webhook.d1Holds.count,
    (count) => count > 0,
  );
  await webhook.receiver.release();
  await webhook.logs("webhook_attempt");
  webhook.releaseD1();
  await heard;
  await webhook.deliver();
  expect((await webhook.receiver.requests()).map(({ path }) => path)).toEqual(["/hook", "/hook/new"]);
});

describe("a webhook that is paused", () => {
  test("or is not is what D1 says, whichever change the object hears of last", async () => {
    webhook = await LiveWebhook.open([{ status: 500 }]);
    await webhook.deliver();
    await webhook.pause(false);
    await webhook.resume();
    await webhook.hears();
    expect((await webhook.delivery()).status).toBe("pending");
    await webhook.pause(false);
    await webhook.hears(true);
    expect((await webhook.delivery()).status).toBe("skipped");
  });

  test("is sent nothing: what waits and what comes is skipped, and stays so when it is active again", async () => {
    webhook = await LiveWebhook.open([{ status: 500 }, {}]);
    await webhook.deliver();
    await webhook.pause();
    expect(await webhook.delivery()).toMatchObject({ status: "skipped", nextAttemptAtMs: null });
    await webhook.deliver(2);
    await webhook.resume();
    await webhook.rest();
    expect((await webhook.deliveries()).map(({ status }) => status)).toEqual([
      "skipped",
      "skipped",
      "skipped",
    ]);
    expect(await webhook.receiver.requests()).toHaveLength(1);
    await webhook.deliver();
    expect(await webhook.receiver.requests()).toHaveLength(2);
    expect(await webhook.object.replayAll({})).toBe(3);
    await webhook.rest();
    expect(await webhook.receiver.requests()).toHaveLength(5);
    expect((await webhook.deliveries()).every(({ status }) => status === "delivered")).toBe(true);
  });

  test("is known as such when something is to be sent, without being told", async () => {
    webhook = await LiveWebhook.open([{ status: 500 }]);
    await webhook.deliver();
    await webhook.pause(false);
    webhook.wait(10_000);
    await webhook.alarm();
    expect(await webhook.delivery()).toMatchObject({ status: "skipped", attempts: [{}] });
  });

  test("what is on its way then counts if it is taken, and is skipped if it is not", async () => {
    webhook = await LiveWebhook.open([{ does: "waits" }, { does: "waits", status: 500 }]);
    await webhook.accept(2);
    await webhook.receiver.waiting(2);
    await webhook.pause();
    await webhook.receiver.release();
    await webhook.rest();
    const statuses = (await webhook.deliveries()).map(({ status }) => status).toSorted();
    expect(statuses).toEqual(["delivered", "skipped"]);
  });

  test("because its receiver is gone", async () => {
    webhook = await LiveWebhook.open([{ status: 500 }, { status: 410 }]);
    await webhook.deliver();
    await webhook.deliver();
    await webhook.logs("webhook_paused");
    expect(await webhookRow(webhook.id)).toMatchObject({
      status: "paused",
      pausedReason: "gone",
      pausedAt: Date.now() / 1_000,
    });
    expect((await webhook.deliveries()).map(({ status }) => status)).toEqual(["skipped", "skipped"]);
    expect(webhook.logged).toContainEqual({
      level: "info",
      event: "webhook_paused",
      webhook_id: webhook.id,
      reason: "gone",
    });
    await webhook.deliver();
    expect(await webhook.receiver.requests()).toHaveLength(2);
  });

  test("is not, if the one that is gone had another address", async () => {
    webhook = await LiveWebhook.open([{ does: "waits", status: 410 }]);
    await webhook.accept();
    await webhook.receiver.waiting(1);
    await changeWebhook(webhook.id, { url: `${webhook.receiver.url}/new` });
    await webhook.receiver.release();
    await webhook.rest();
    expect(await webhookRow(webhook.id)).toMatchObject({ status: "active" });
    expect((await webhook.delivery()).status).toBe("pending");
  });

  test("because it took nothing for three days", async () => {
    webhook = await LiveWebhook.open([{ status: 500 }]);
    await webhook.deliver(3);
    const startMs = Date.now();
    while ((await webhook.deliveries()).some(({ status }) => status === "pending")) {
      expect(await webhookRow(webhook.id)).toMatchObject({ status: "active" });
      expect(await webhook.alarm()).toBe(true);
    }
    await webhook.logs("webhook_paused");
    const row = await webhookRow(webhook.id);
    expect(row).toMatchObject({ status: "paused", pausedReason: "failing" });
    expect(Date.now() - startMs).toBeGreaterThanOrEqual(3 * DAY_MS);
    expect(Date.now() - startMs).toBeLessThan(4 * DAY_MS);
    await webhook.deliver();
    expect((await webhook.delivery()).status).toBe("skipped");
  });

  test("is not, if it took something in between", async () => {
    webhook = await LiveWebhook.open([{ status: 500 }]);
    await webhook.deliver(3);
    while ((await webhook.delivery()).attempts.length < 8) await webhook.alarm();
    await webhook.receiver.answer({}, { status: 500 });
    await webhook.deliver();
    while ((await webhook.deliveries()).some(({ status }) => status === "pending")) await webhook.alarm();
    expect((await webhook.deliveries()).map(({ status }) => status)).toEqual([
      "delivered",
      ...Array.from({ length: 3 }, () => "failed"),
    ]);
    expect(await webhookRow(webhook.id)).toMatchObject({ status: "active" });
  });
});
