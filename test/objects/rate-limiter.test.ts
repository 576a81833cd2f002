import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { newId } from "../../src/lib/ids.ts";
import { rateLimiterOf } from "../../src/stubs/stubs.ts";

const NOW_MS = Date.UTC(2090, 0, 1);

const limiterOf = () => rateLimiterOf(env, newId("key"));
type Limiter = ReturnType<typeof limiterOf>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_MS });
});

afterEach(() => {
  vi.useRealTimers();
});

async function passedOf(limiter: Limiter, times: number, bucket = "place_call", perMinute = 30) {
  const draws = await Promise.all(Array.from({ length: times }, () => limiter.take(bucket, perMinute)));
  return draws.filter(({ allowed }) => allowed).length;
}

test("of 31 requests at one moment 30 pass and the last is told when to come back", async () => {
  const limiter = limiterOf();
  const draws = await Promise.all(Array.from({ length: 31 }, () => limiter.take("place_call", 30)));
  expect(draws.slice(0, 30).map(({ remaining }) => remaining)).toEqual(
    Array.from({ length: 30 }, (_, index) => 29 - index),
  );
  expect(draws[0]).toEqual({ allowed: true, remaining: 29, resetSeconds: 2, retryAfterSeconds: null });
  expect(draws[30]).toEqual({ allowed: false, remaining: 0, resetSeconds: 2, retryAfterSeconds: 2 });
  vi.setSystemTime(NOW_MS + 1_999);
  expect(await passedOf(limiter, 1)).toBe(0);
  vi.setSystemTime(NOW_MS + 2_000);
  expect(await passedOf(limiter, 2)).toBe(1);
});

test("a draw writes one row, and a refusal none", async () => {
  await runInDurableObject(limiterOf(), (limiter, { storage: { sql } }) => {
    const written: number[] = [];
    const exec = sql.exec.bind(sql);
    vi.spyOn(sql, "exec").mockImplementation((...asked) => {
      const cursor = exec(...asked);
      written.push(cursor.rowsWritten);
      return cursor;
    });
    for (let draw = 0; draw < 3; draw += 1) limiter.take("place_call", 2);
    expect(written.filter((rows) => rows > 0)).toEqual([1, 1]);
  });
});

test("buckets are apart, and so are keys", async () => {
  const limiter = limiterOf();
  expect(await passedOf(limiter, 31)).toBe(30);
  expect(await passedOf(limiter, 11, "end_call", 10)).toBe(10);
  expect(await passedOf(limiterOf(), 31)).toBe(30);
});

test("putting the object out of memory refills nothing", async () => {
  const limiter = limiterOf();
  expect(await passedOf(limiter, 20)).toBe(20);
  await evictDurableObject(limiter);
  expect(await passedOf(limiter, 11)).toBe(10);
  await evictDurableObject(limiter);
  vi.setSystemTime(NOW_MS + 2_000);
  expect(await passedOf(limiter, 2)).toBe(1);
});

test("a draw is stored once in a tenth of the bucket, and what that promises is never more than is left", async () => {
  const limiter = limiterOf();
  const stored = () =>
    runInDurableObject(limiter, (_, { storage }) =>
      storage.sql
        .exec<{ tokens: number }>("SELECT tokens FROM buckets")
        .toArray()
        .map(({ tokens }) => tokens),
    );
  const seen = new Set<number>();
  for (let left = 599; left >= 0; left -= 1) {
    expect(await limiter.take("default", 600)).toMatchObject({ remaining: left });
    const [tokens = Number.NaN] = await stored();
    expect(left - 60 <= tokens && tokens <= left).toBe(true);
    seen.add(tokens);
  }
  expect(seen.size).toBeLessThanOrEqual(10);
});

test("a clock set back refills nothing and locks nobody out, in memory or not", async () => {
  const limiter = limiterOf();
  expect(await passedOf(limiter, 30)).toBe(30);
  vi.setSystemTime(NOW_MS - 3_600_000);
  expect(await passedOf(limiter, 1)).toBe(0);
  await evictDurableObject(limiter);
  vi.setSystemTime(NOW_MS - 3_600_000 + 60_000);
  expect(await passedOf(limiter, 31)).toBe(30);
});

test("a changed limit holds from the next request on", async () => {
  const limiter = limiterOf();
  expect(await passedOf(limiter, 20)).toBe(20);
  expect(await passedOf(limiter, 10, "place_call", 5)).toBe(5);
  vi.setSystemTime(NOW_MS + 1_000);
  expect(await passedOf(limiter, 20, "place_call", 600)).toBe(10);
});

test("a refusal writes nothing", async () => {
  const limiter = limiterOf();
  await passedOf(limiter, 30);
  const rows = () =>
    runInDurableObject(limiter, (_, { storage }) => storage.sql.exec("SELECT * FROM buckets").toArray());
  const before = await rows();
  expect(before).toEqual([{ name: "place_call", tokens: 0, updated_at_ms: NOW_MS }]);
  vi.setSystemTime(NOW_MS + 1_000);
  expect(await passedOf(limiter, 5)).toBe(0);
  expect(await rows()).toEqual(before);
});
