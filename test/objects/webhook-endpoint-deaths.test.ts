// A webhook's object that is put out of memory or dies, and a D1 that is away: nothing is lost, nothing is sent without
// end, and no try is used up that was not made.

import { runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, test } from "vitest";
import { LiveWebhook } from "../support/live-webhook.ts";
import { until } from "../support/wait.ts";
import { changeWebhook, newDelivery, webhookRow } from "../support/webhook.ts";

let webhook: LiveWebhook;

afterEach(() => webhook.leave());

/** So many alarms may come without anything being sent: the safety net's own. */
async function alarmsUntil(requests: number): Promise<void> {
  for (let alarms = 0; (await webhook.receiver.requests()).length < requests; alarms++) {
    expect(alarms, "alarms").toBeLessThan(5);
    expect(await webhook.alarm(), "an alarm is set").toBe(true);
  }
}

describe("a death", () => {
  test("before anything was sent: the alarm sends it", async () => {
    webhook = await LiveWebhook.open();
    webhook.d1IsAway = true;
    const [sent] = await webhook.accept();
    await webhook.crash();
    webhook.d1IsAway = false;
    await alarmsUntil(1);
    expect(await webhook.delivery()).toMatchObject({
      eventId: sent?.eventId,
      status: "delivered",
      attempts: [{}],
    });
  });

  test("in the middle of a try: it is told as what it is, and one more comes soon", async () => {
    webhook = await LiveWebhook.open([{ does: "waits" }, {}]);
    await webhook.accept();
    await webhook.receiver.waiting(1);
    await webhook.crash();
    const diedMs = Date.now();
    expect(await webhook.delivery()).toMatchObject({
      status: "pending",
      nextAttemptAtMs: diedMs + 5_000,
      attempts: [{ statusCode: null, error: "interrupted" }],
    });
    // Nothing is sent before that, whoever wakes it.
    await webhook.fire();
    await webhook.rest();
    expect(await webhook.receiver.requests()).toHaveLength(1);
    await alarmsUntil(2);
    const { status, attempts } = await webhook.delivery();
    expect({ status, errors: attempts.map(({ error }) => error) }).toEqual({
      status: "delivered",
      errors: ["interrupted", null],
    });
    const [one, other] = await webhook.receiver.requests();
    expect(other?.headers["webhook-id"]).toBe(one?.headers["webhook-id"]);
    expect(webhook.logged).toContainEqual(
      expect.objectContaining({ event: "webhook_attempt", error: "interrupted", attempt: 1 }),
    );
  });

  test("in the middle of a try, and nobody wakes it but its alarm", async () => {
    webhook = await LiveWebhook.open([{ does: "waits" }, {}]);
    await webhook.accept();
    await webhook.receiver.waiting(1);
    const alarmMs = await runInDurableObject(webhook.object, (_object, { storage }) => storage.getAlarm());
    expect(alarmMs).not.toBeNull();
    await webhook.crash();
    webhook.wait((alarmMs ?? 0) - Date.now());
    await webhook.fire();
    await alarmsUntil(2);
    expect((await webhook.delivery()).status).toBe("delivered");
  });

  test("in the middle of a try uses up none of the ten", async () => {
    webhook = await LiveWebhook.open([{ does: "waits" }, { status: 500 }]);
    await webhook.accept();
    await webhook.receiver.waiting(1);
    await webhook.crash();
    while ((await webhook.delivery()).status === "pending") await webhook.alarm();
    const made = (await webhook.delivery()).attempts.filter(({ statusCode }) => statusCode === 500);
    expect(made).toHaveLength(10);
  });

  test("in the middle of the last try: it is made up for too", async () => {
    webhook = await LiveWebhook.open([
      ...Array.from({ length: 9 }, () => ({ status: 500 })),
      { does: "waits" },
      {},
    ]);
    await webhook.deliver();
    while ((await webhook.receiver.requests()).length < 10) {
      webhook.wait(((await webhook.stored()).alarmMs ?? 0) - Date.now());
      await webhook.fire();
      await webhook.rest();
    }
    await webhook.receiver.waiting(1);
    await webhook.crash();
    expect(await webhook.delivery()).toMatchObject({
      status: "pending",
      nextAttemptAtMs: Date.now() + 5_000,
    });
    await alarmsUntil(11);
    expect((await webhook.delivery()).status).toBe("delivered");
  });

  test("in each of its tries: it may be of this body, which ends after twenty times, hours later", async () => {
    webhook = await LiveWebhook.open([{ does: "waits" }]);
    await webhook.accept();
    const startMs = Date.now();
    for (let tries = 1; tries <= 20; tries++) {
      await webhook.receiver.waiting(1);
      expect(await webhook.receiver.requests()).toHaveLength(tries);
      await webhook.crash();
      const { nextAttemptAtMs } = await webhook.delivery();
      await until(
        () => webhook.receiver.requests(),
        (requests) => requests.every(({ isAborted }) => isAborted),
      );
      if (nextAttemptAtMs === null) break;
      webhook.wait(nextAttemptAtMs - Date.now());
      await webhook.fire();
    }
    const { status, attempts } = await webhook.delivery();
    expect({ status, tries: attempts.length }).toEqual({ status: "failed", tries: 20 });
    expect(Date.now() - startMs).toBe(5_000 * (2 ** 10 - 1) + 9 * 3_600_000);
  });

  test("between two tries: the schedule stands", async () => {
    webhook = await LiveWebhook.open([{ status: 500 }, { status: 500 }, {}]);
    await webhook.deliver();
    await webhook.alarm();
    const before = await webhook.delivery();
    await webhook.crash();
    expect(await webhook.delivery()).toEqual(before);
    await webhook.evict();
    expect(await webhook.delivery()).toEqual(before);
    await webhook.alarm();
    expect(await webhook.delivery()).toMatchObject({ status: "delivered", attempts: [{}, {}, {}] });
  });

  test("of an object that is put out of memory and wakes by its alarm: it knows whose it is", async () => {
    webhook = await LiveWebhook.open([{ status: 500 }, {}]);
    await webhook.deliver();
    await webhook.evict();
    webhook.wait(5_000);
    await webhook.fire();
    await webhook.receiver.got(2);
    await webhook.rest();
    expect((await webhook.delivery()).status).toBe("delivered");
  });

  test("while many are under way: each of them comes again, and no other twice", async () => {
    webhook = await LiveWebhook.open([...Array.from({ length: 5 }, () => ({ does: "waits" as const })), {}]);
    const sent = await webhook.accept(9);
    await webhook.receiver.waiting(5);
    await webhook.crash();
    await alarmsUntil(14);
    const times = (eventId: string, requests: { headers: Record<string, string> }[]) =>
      requests.filter(({ headers }) => headers["webhook-id"] === eventId).length;
    const requests = await webhook.receiver.requests();
    expect(sent.map(({ eventId }) => times(eventId, requests))).toEqual([2, 2, 2, 2, 2, 1, 1, 1, 1]);
    expect((await webhook.deliveries()).every(({ status }) => status === "delivered")).toBe(true);
  });

  test("in the middle of a test: it has failed, and is not sent again", async () => {
    webhook = await LiveWebhook.open([{ does: "waits" }]);
    const asked = webhook.object.sendTest(newDelivery()).then(
      () => "answered",
      () => "broken",
    );
    await webhook.receiver.waiting(1);
    await webhook.crash();
    expect(await asked).toBe("broken");
    expect(await webhook.delivery()).toMatchObject({
      status: "failed",
      nextAttemptAtMs: null,
      attempts: [{ error: "interrupted" }],
    });
    await webhook.fire();
    expect(await webhook.receiver.requests()).toHaveLength(1);
  });
});

describe("D1 that is away", () => {
  /** Waits until it could not be read for so many times. */
  const isBlocked = (times: number) =>
    until(
      async () => webhook.logged.filter(({ event }) => event === "webhook_unreadable"),
      ({ length }) => length >= times,
    );

  test("costs no try, and is asked again, less and less often", async () => {
    webhook = await LiveWebhook.open();
    webhook.d1IsAway = true;
    await webhook.accept();
    const waits: number[] = [];
    for (let reads = 1; reads <= 8; reads++) {
      await isBlocked(reads);
      const { alarmMs } = await webhook.stored();
      waits.push((alarmMs ?? 0) - Date.now());
      webhook.wait(waits.at(-1) ?? 0);
      await webhook.fire();
    }
    expect(waits.map((ms) => ms / 1_000)).toEqual([5, 10, 20, 40, 80, 160, 300, 300]);
    expect((await webhook.delivery()).attempts).toEqual([]);
    await isBlocked(9);
    webhook.d1IsAway = false;
    await webhook.alarm();
    expect(await webhook.delivery()).toMatchObject({ status: "delivered", attempts: [{}] });
  });

  test("when the webhook is to be paused: the next failure pauses it", async () => {
    webhook = await LiveWebhook.open([{ does: "waits", status: 410 }, { status: 410 }]);
    await webhook.accept();
    await webhook.receiver.waiting(1);
    webhook.d1IsAway = true;
    await webhook.receiver.release();
    await webhook.logs("webhook_not_paused");
    await webhook.rest();
    webhook.d1IsAway = false;
    expect(await webhookRow(webhook.id)).toMatchObject({ status: "active" });
    await webhook.alarm();
    await webhook.logs("webhook_paused");
    expect(await webhookRow(webhook.id)).toMatchObject({ status: "paused", pausedReason: "gone" });
  });

  test("that hangs when the webhook is to be paused holds up nothing for long", async () => {
    webhook = await LiveWebhook.open([{ does: "waits", status: 410 }]);
    await webhook.accept();
    await webhook.receiver.waiting(1);
    await webhook.patienceWithD1(100);
    webhook.d1IsHeld = true;
    await webhook.receiver.release();
    await webhook.logs("webhook_not_paused");
    expect(webhook.d1Holds.count).toBeGreaterThan(0);
  });

  test("a secret that does not open costs no try either", async () => {
    webhook = await LiveWebhook.open();
    const row = await webhookRow(webhook.id);
    await changeWebhook(webhook.id, { secretEncrypted: "other.key.made-it" });
    await webhook.accept();
    await webhook.logs("webhook_unreadable");
    await changeWebhook(webhook.id, { secretEncrypted: row?.secretEncrypted ?? "" });
    await alarmsUntil(1);
    expect(await webhook.delivery()).toMatchObject({ status: "delivered", attempts: [{}] });
    expect(JSON.stringify(webhook.logged)).not.toContain("made-it");
  });
});

test("an alarm whose own work fails comes again", async () => {
  webhook = await LiveWebhook.open([{ status: 500 }]);
  await webhook.deliver();
  await runInDurableObject(webhook.object, (_object, { storage }) => {
    storage.sql.exec("ALTER TABLE deliveries RENAME TO away");
  });
  webhook.wait(5_000);
  await webhook.fire();
  const alarmMs = await runInDurableObject(webhook.object, (_object, { storage }) => storage.getAlarm());
  expect(alarmMs).toBe(Date.now() + 5_000);
  await runInDurableObject(webhook.object, (_object, { storage }) => {
    storage.sql.exec("ALTER TABLE away RENAME TO deliveries");
  });
  await webhook.alarm();
  expect(await webhook.receiver.requests()).toHaveLength(2);
});
