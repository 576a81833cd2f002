import { describe, expect, test } from "vitest";
import { isReservedHeader } from "../../src/domain/webhook-headers.ts";
import {
  holdUntilMs,
  isFailing,
  MAX_TRIES,
  nextTryMs,
  parseRetryAfter,
  resumeTryMs,
} from "../../src/domain/webhook-retries.ts";

const NOW_MS = Date.UTC(2090, 0, 1);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const waitAfter = (tries: number, changes: { retryAfterMs?: number; random?: number } = {}) => {
  const atMs = nextTryMs({ tries, nowMs: NOW_MS, retryAfterMs: null, random: 0, ...changes });
  return atMs === null ? null : atMs - NOW_MS;
};

describe("nextTryMs", () => {
  test("follows the schedule, and ends after the tenth try", () => {
    const waits = Array.from({ length: MAX_TRIES + 1 }, (_, index) => waitAfter(index + 1));
    const hours = [2, 5, 10, 14, 20, 24].map((n) => n * HOUR_MS);
    expect(waits).toEqual([5_000, 300_000, 1_800_000, ...hours, null, null]);
    expect(MAX_TRIES).toBe(10);
  });

  test("is put off by chance, by a tenth at most and never to an earlier time", () => {
    expect(waitAfter(3, { random: 0.5 })).toBe(1_890_000);
    expect(waitAfter(3, { random: 0.999 })).toBeLessThan(1_980_000);
  });

  test("waits as long as the receiver asks, but no longer than a day and no shorter than planned", () => {
    expect(waitAfter(1, { retryAfterMs: 120_000 })).toBe(120_000);
    expect(waitAfter(2, { retryAfterMs: 1_000 })).toBe(300_000);
    expect(waitAfter(1, { retryAfterMs: 90 * DAY_MS })).toBe(DAY_MS);
    expect(waitAfter(MAX_TRIES, { retryAfterMs: 1_000 })).toBeNull();
  });
});

test("a try that was cut off is made up for soon, less and less so, and not for ever", () => {
  const waits = [1, 2, 5, 11, 19].map((interruptions) => resumeTryMs({ interruptions, nowMs: NOW_MS }));
  expect(waits.map((atMs) => (atMs ?? 0) - NOW_MS)).toEqual([5_000, 10_000, 80_000, HOUR_MS, HOUR_MS]);
  expect(resumeTryMs({ interruptions: 20, nowMs: NOW_MS })).toBeNull();
});

test.each([
  [429, 60_000, 60_000],
  [503, 90 * DAY_MS, DAY_MS],
  [500, 60_000, null],
  [503, null, null],
  [null, null, null],
])("what answers %j and to wait %j ms is held back for %j", (statusCode, retryAfterMs, ms) => {
  expect(holdUntilMs(statusCode, retryAfterMs, NOW_MS)).toBe(ms === null ? null : NOW_MS + ms);
});

test.each([
  ["120", 120_000],
  [" 0 ", 0],
  ["Sun, 01 Jan 2090 00:01:00 GMT", 60_000],
  ["Sat, 31 Dec 2089 23:59:00 GMT", 0],
  [null, null],
  ["", null],
  ["-5", null],
  ["1.5", null],
  ["1e9", null],
  ["soon", null],
  ["2090-01-01T00:01:00Z", null],
])("Retry-After %j is %j ms", (header, ms) => {
  expect(parseRetryAfter(header, NOW_MS)).toBe(ms);
});

test.each([
  ["three days, several deliveries", 3 * DAY_MS, 3, true],
  ["not yet three days", 3 * DAY_MS - 1, 100, false],
  ["one delivery alone", 10 * DAY_MS, 2, false],
])("a receiver is failing: %s", (_name, forMs, failedDeliveries, expected) => {
  expect(isFailing({ failingSinceMs: NOW_MS - forMs, failedDeliveries, nowMs: NOW_MS })).toBe(expected);
});

test.each([
  ["webhook-id", true],
  ["Webhook-Anything", true],
  ["CONTENT-TYPE", true],
  ["host", true],
  ["Transfer-Encoding", true],
  ["authorization", false],
  ["x-webhook-id", false],
  ["cf-access-client-id", false],
])("the header %s is not its owner's to set: %s", (name, expected) => {
  expect(isReservedHeader(name)).toBe(expected);
});
