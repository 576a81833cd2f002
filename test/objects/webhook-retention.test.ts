// What a webhook's object keeps, for how long, how much of it, and what that costs.

import { runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { DeliveryStatus } from "../../src/domain/webhook.ts";
import { LiveWebhook } from "../support/live-webhook.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

let webhook: LiveWebhook;

afterEach(() => webhook.leave());

/** Stores so many more, numbered from 1. @param bytes that they are said to have each */
async function store(count: number, status: DeliveryStatus, bytes = 2): Promise<void> {
  await runInDurableObject(webhook.object, (_object, { storage: { sql } }) => {
    sql.exec(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
       INSERT INTO deliveries
         (id, event_id, event, bytes, is_test, status, fired_at_ms, created_at_ms, queued_at_ms, due_at_ms)
       SELECT 'wbl_' || i, 'evt_' || i, 'call.ended', ?2, 0, ?3, ?4, ?4, ?4,
         CASE ?3 WHEN 'pending' THEN ?4 + ?5 END FROM n`,
      count,
      bytes,
      status,
      Date.now(),
      5 * HOUR_MS,
    );
    sql.exec("INSERT OR IGNORE INTO bodies SELECT seq, '{}' FROM deliveries");
  });
}

const totalOf = async (status?: DeliveryStatus) =>
  (await webhook.object.list({ status }, { limit: 1, offset: 0 })).total;

async function oldest(): Promise<string | undefined> {
  const total = await totalOf();
  return (await webhook.object.list({}, { limit: 1, offset: total - 1 })).deliveries[0]?.eventId;
}

/** Until nothing is left to be dropped. */
async function tend(): Promise<void> {
  await webhook.alarm();
  for (;;) {
    const { alarmMs } = await webhook.stored();
    if (alarmMs === null || alarmMs > Date.now() + 10_000) return;
    await webhook.alarm();
  }
}

const stored = () =>
  runInDurableObject(webhook.object, (_object, { storage: { sql } }) => {
    const count = (table: string) => sql.exec(`SELECT count(*) AS n FROM ${table}`).one()["n"];
    return { bodies: count("bodies"), attempts: count("attempts"), deliveries: count("deliveries") };
  });

test("all goes when it is thirty days old, and no alarm is left without anything", async () => {
  webhook = await LiveWebhook.open();
  await webhook.deliver(3);
  const startMs = Date.now();
  webhook.wait(10 * DAY_MS);
  await webhook.deliver();
  while ((await stored()).deliveries === 4) expect(await webhook.alarm()).toBe(true);
  expect(Date.now() - startMs).toBe(30 * DAY_MS);
  expect(await stored()).toEqual({ bodies: 1, attempts: 1, deliveries: 1 });
  while ((await stored()).deliveries === 1) expect(await webhook.alarm()).toBe(true);
  expect(Date.now() - startMs).toBe(40 * DAY_MS);
  expect(await stored()).toEqual({ bodies: 0, attempts: 0, deliveries: 0 });
  expect((await webhook.stored()).alarmMs).toBeNull();
});

test("what waits for thirty days has failed then, says why, and can be replayed for thirty more", async () => {
  webhook = await LiveWebhook.open();
  webhook.d1IsAway = true;
  await webhook.accept();
  await webhook.logs("webhook_unreadable");
  webhook.wait(31 * DAY_MS);
  await tend();
  expect(await webhook.delivery()).toMatchObject({
    status: "failed",
    nextAttemptAtMs: null,
    attempts: [{ error: "too_much_waiting" }],
  });
  expect(webhook.logged).toContainEqual(
    expect.objectContaining({ event: "webhook_deliveries_given_up", count: 1 }),
  );
  webhook.wait(29 * DAY_MS);
  await tend();
  webhook.d1IsAway = false;
  await webhook.hears();
  expect(await webhook.object.replayAll({})).toBe(1);
  await webhook.rest();
  expect((await webhook.delivery()).status).toBe("delivered");
});

describe("of what was", () => {
  test("taken only the newest 10,000 are kept, and each that is yet to be sent", async () => {
    webhook = await LiveWebhook.open([{ status: 500 }, {}]);
    const [first] = await webhook.deliver();
    await store(10_700, "delivered");
    await webhook.deliver();
    webhook.wait(HOUR_MS);
    await webhook.receiver.answer({ status: 500 });
    await tend();
    expect([await totalOf("delivered"), await totalOf("pending")]).toEqual([10_000, 1]);
    expect(await oldest()).toBe(first?.eventId);
    expect(await webhook.object.find("wbl_701")).toBeNull();
    expect(await webhook.object.find("wbl_702")).not.toBeNull();
    expect((await stored()).bodies).toBe(10_001);
    expect(webhook.logged.filter(({ event }) => event !== "webhook_attempt")).toEqual([]);
  });

  test("missed all are kept for their time, however many follow", async () => {
    webhook = await LiveWebhook.open();
    await webhook.deliver();
    await store(12_000, "skipped");
    await tend();
    await webhook.deliver(20);
    await tend();
    expect([await totalOf("skipped"), await totalOf("delivered")]).toEqual([12_000, 21]);
  });

  test("missed the oldest go beyond a gigabyte, and a line of the log says so", async () => {
    webhook = await LiveWebhook.open();
    await webhook.deliver();
    await store(13, "failed", 100_000_000);
    await tend();
    expect([await totalOf("failed"), await totalOf("delivered")]).toEqual([10, 1]);
    expect(await webhook.object.find("wbl_3")).toBeNull();
    const lines = webhook.logged.filter(({ event }) => event === "webhook_missed_dropped");
    expect(lines[0]).toMatchObject({ webhook_id: webhook.id });
    expect(lines.reduce((sum, { count }) => sum + Number(count), 0)).toBe(3);
  });

  test("to wait the oldest have failed beyond a gigabyte, say why, and can be replayed", async () => {
    webhook = await LiveWebhook.open();
    await webhook.deliver();
    await store(12, "pending", 100_000_000);
    await tend();
    expect([await totalOf("failed"), await totalOf("pending")]).toEqual([2, 10]);
    expect(await webhook.object.find("wbl_1")).toMatchObject({
      status: "failed",
      nextAttemptAtMs: null,
      attempts: [{ statusCode: null, error: "too_much_waiting" }],
    });
    expect(webhook.logged).toContainEqual(expect.objectContaining({ event: "webhook_deliveries_given_up" }));
    expect(await webhook.object.replayAll({})).toBe(2);
  });
});

describe("with much that waits", () => {
  test("one more costs no more than without", async () => {
    webhook = await LiveWebhook.open([{ status: 500 }]);
    const cursors: { rowsRead: number }[] = [];
    await webhook.deliver();
    await runInDurableObject(webhook.object, (_object, { storage: { sql } }) => {
      const exec = sql.exec.bind(sql);
      vi.spyOn(sql, "exec").mockImplementation((query, ...values) => {
        const cursor = exec(query, ...values);
        // The test's own look at what is stored is none of it.
        if (!/count\(\*\) AS n FROM (deliveries|attempts)/.test(query)) cursors.push(cursor);
        return cursor as never;
      });
    });
    const costOfOne = async () => {
      cursors.length = 0;
      await webhook.deliver();
      return cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0);
    };
    const alone = await costOfOne();
    await store(20_000, "pending");
    const among = await costOfOne();
    expect(alone).toBeGreaterThan(5);
    expect(among).toBeLessThan(alone + 20);
  });

  test("all of it is skipped by a pause", async () => {
    webhook = await LiveWebhook.open();
    await webhook.deliver();
    await store(12_000, "pending");
    await webhook.pause();
    expect(await totalOf("skipped")).toBe(12_000);
  });
});
