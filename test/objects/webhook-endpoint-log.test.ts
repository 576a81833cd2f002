// What becomes of deliveries besides being sent: tests, replays, the log of them, and their end with their webhook.

import { afterEach, describe, expect, test } from "vitest";
import { newId } from "../../src/lib/ids.ts";
import { LiveWebhook } from "../support/live-webhook.ts";
import { until } from "../support/wait.ts";
import { deleteWebhook, newDelivery, webhookRow } from "../support/webhook.ts";

const DAY_MS = 86_400_000;

let webhook: LiveWebhook;

afterEach(() => webhook.leave());

describe("a test", () => {
  test("is sent though the webhook is paused, once, and answers what came of it", async () => {
    webhook = await LiveWebhook.open([{}, { status: 500, body: "no" }]);
    await webhook.pause(false);
    const taken = await webhook.object.sendTest(newDelivery({ callId: null }));
    expect(taken).toMatchObject({
      ok: true,
      value: { status: "delivered", callId: null, attempts: [{ statusCode: 200 }] },
    });
    const refused = await webhook.object.sendTest(newDelivery({ callId: null }));
    expect(refused).toMatchObject({
      ok: true,
      value: { status: "failed", nextAttemptAtMs: null, attempts: [{ statusCode: 500, response: "no" }] },
    });
    await webhook.alarm();
    expect(await webhook.receiver.requests()).toHaveLength(2);
    expect(await webhook.object.replayAll({})).toBe(0);
  });

  test("is no reason to pause", async () => {
    webhook = await LiveWebhook.open([{ status: 410 }]);
    for (let day = 0; day < 5; day++) {
      await webhook.object.sendTest(newDelivery());
      webhook.wait(DAY_MS);
    }
    expect(await webhookRow(webhook.id)).toMatchObject({ status: "active" });
  });

  test("says so when it can't be made", async () => {
    webhook = await LiveWebhook.open();
    webhook.d1IsAway = true;
    expect(await webhook.object.sendTest(newDelivery())).toEqual({ ok: false, error: "unavailable" });
    webhook.d1IsAway = false;
    await deleteWebhook(webhook.id);
    expect(await webhook.object.sendTest(newDelivery())).toEqual({ ok: false, error: "deleted" });
    expect(await webhook.deliveries()).toEqual([]);
  });
});

describe("replay", () => {
  test("sends the same again, with all its tries before it, and from the schedule's beginning", async () => {
    webhook = await LiveWebhook.open([{ status: 500 }]);
    const [sent] = await webhook.deliver();
    while ((await webhook.delivery()).status === "pending") await webhook.alarm();
    const { id } = await webhook.delivery();
    const replayed = await webhook.object.replay(id);
    expect(replayed).toMatchObject({ id, status: "pending", nextAttemptAtMs: Date.now() });
    await webhook.rest();
    const after = await webhook.delivery();
    expect(after).toMatchObject({ status: "pending", nextAttemptAtMs: Date.now() + 5_000 });
    expect(after.attempts).toHaveLength(11);
    await webhook.receiver.answer({});
    await webhook.alarm();
    expect((await webhook.delivery()).status).toBe("delivered");
    const last = (await webhook.receiver.requests()).at(-1);
    expect(last).toMatchObject({ body: sent?.body, headers: { "webhook-id": sent?.eventId } });
  });

  test("of one that is on its way is sent when that has come back, whatever came of it", async () => {
    webhook = await LiveWebhook.open([{ does: "waits" }, {}]);
    await webhook.accept();
    await webhook.receiver.waiting(1);
    await webhook.object.replay((await webhook.delivery()).id);
    await webhook.fire();
    await scheduler.wait(50);
    expect(await webhook.receiver.requests()).toHaveLength(1);
    await webhook.receiver.release();
    await webhook.receiver.got(2);
    await webhook.rest();
    expect(await webhook.delivery()).toMatchObject({ status: "delivered", attempts: [{}, {}] });
    expect(await webhook.receiver.requests()).toHaveLength(2);
  });

  test("of what is not there is null", async () => {
    webhook = await LiveWebhook.open();
    expect(await webhook.object.replay(newId("delivery"))).toBeNull();
    expect(await webhook.object.find(newId("delivery"))).toBeNull();
  });

  test("of all that match takes what was not taken, and what was if it is asked for", async () => {
    webhook = await LiveWebhook.open([{}, { status: 410 }]);
    await webhook.deliver([newDelivery({ event: "call.started" })]);
    const callId = newId("call");
    const firedAtMs = Date.now() - DAY_MS;
    await webhook.deliver([newDelivery({ callId, firedAtMs })]);
    await webhook.logs("webhook_paused");
    await webhook.resume();
    await webhook.receiver.answer({ does: "waits" });
    expect(await webhook.object.replayAll({ event: "call.started" })).toBe(0);
    expect(await webhook.object.replayAll({ beforeMs: firedAtMs })).toBe(0);
    expect(await webhook.object.replayAll({ fromMs: firedAtMs + 1 })).toBe(0);
    expect(await webhook.object.replayAll({ status: "pending" })).toBe(0);
    expect(await webhook.object.replayAll({ fromMs: firedAtMs, callId })).toBe(1);
    expect(await webhook.object.replayAll({ status: "delivered" })).toBe(1);
    await webhook.receiver.waiting(2);
    await webhook.receiver.release();
    await webhook.rest();
    expect((await webhook.deliveries()).map(({ status }) => status)).toEqual(["delivered", "delivered"]);
  });
});

describe("the log of deliveries", () => {
  test("is filtered and paged, the newest first", async () => {
    webhook = await LiveWebhook.open([{ status: 500 }, {}]);
    const callId = newId("call");
    const [first] = await webhook.deliver([newDelivery({ event: "call.started", callId })]);
    webhook.wait(1_000);
    const laterMs = Date.now();
    const later = [newDelivery({ callId }), newDelivery(), newDelivery()];
    // Handed over late.
    webhook.wait(3_000);
    await webhook.deliver(later);
    const list = async (filter: Parameters<typeof webhook.object.list>[0], limit = 10, offset = 0) => {
      const { deliveries, total } = await webhook.object.list(filter, { limit, offset });
      return { ids: deliveries.map(({ eventId }) => eventId), total };
    };
    const newest = later.map(({ eventId }) => eventId).toReversed();
    expect(await list({})).toEqual({ ids: [...newest, first?.eventId], total: 4 });
    expect(await list({}, 2, 1)).toEqual({ ids: newest.slice(1), total: 4 });
    expect(await list({ status: "pending" })).toEqual({ ids: [first?.eventId], total: 1 });
    expect(await list({ event: "call.ended", callId })).toEqual({ ids: [later[0]?.eventId], total: 1 });
    expect(await list({ fromMs: laterMs })).toEqual({ ids: newest, total: 3 });
    expect(await list({ beforeMs: laterMs })).toEqual({ ids: [first?.eventId], total: 1 });
    const { id } = (await webhook.deliveries())[0] ?? { id: "" };
    expect(await webhook.object.find(id)).toMatchObject({ id, body: later[2]?.body });
  });
});

describe("a webhook that was deleted", () => {
  test("is forgotten, with all that there was and its alarm", async () => {
    webhook = await LiveWebhook.open([{ status: 500 }]);
    await webhook.deliver();
    await deleteWebhook(webhook.id);
    await webhook.object.forget();
    expect(await webhook.fire()).toBe(false);
    expect(await webhook.deliveries()).toEqual([]);
  });

  test("is seen when something is to be sent, without being told", async () => {
    webhook = await LiveWebhook.open([{ status: 500 }]);
    await webhook.deliver();
    await deleteWebhook(webhook.id);
    webhook.wait(10_000);
    await webhook.fire();
    await until(
      () => webhook.deliveries(),
      (deliveries) => deliveries.length === 0,
    );
    expect(await webhook.fire()).toBe(false);
    expect(await webhook.receiver.requests()).toHaveLength(1);
  });

  test("is seen within a day where nothing is to be sent any more: what was sent does not stay", async () => {
    webhook = await LiveWebhook.open();
    await webhook.deliver();
    // Once nothing has come for a while, it is looked after daily.
    await webhook.alarm();
    await deleteWebhook(webhook.id);
    const deletedMs = Date.now();
    await webhook.alarm();
    await until(
      () => webhook.deliveries(),
      (deliveries) => deliveries.length === 0,
    );
    expect(Date.now() - deletedMs).toBeLessThanOrEqual(DAY_MS);
    expect(await webhook.fire()).toBe(false);
  });

  test("wants nothing of what comes late, or of what is on its way", async () => {
    webhook = await LiveWebhook.open([{ does: "waits", status: 500 }]);
    await webhook.accept();
    await webhook.receiver.waiting(1);
    await deleteWebhook(webhook.id);
    await webhook.object.forget();
    await webhook.receiver.release();
    await webhook.accept();
    await until(
      () => webhook.deliveries(),
      (deliveries) => deliveries.length === 0,
    );
    expect(await webhook.fire()).toBe(false);
    expect(webhook.logged.filter(({ level }) => level === "error")).toEqual([]);
  });
});
