import { expect, test } from "vitest";
import { logError, logInfo } from "../../src/lib/log.ts";
import { leaksIn, linesWatched, takeLeaks } from "../support/log-watch.ts";

test.each([
  ["a phone number", "to +14155550192 now"],
  ["a phone number in an address", "/v1/opt-outs/%2B14155550192"],
  ["an API key", "tl_k_0123456789abcdef"],
  ["a token", "?token=tl_t_eyJrIjoia2V5"],
  ["a webhook's secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
  ["an account's token", "token 0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"],
  ["a header", "Authorization: Basic QUMwYTBhOnRva2Vu"],
])("finds %s", (_, line) => {
  expect(leaksIn(line)).toHaveLength(1);
});

test.each([
  "cal_01k4v4n5r7f0a9d8c3b2e1h6jm ended: customer_hangup, 113 s",
  "account AC0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a, request 6f1c1c52-8a43-4f3e-9f55-1a2b3c4d5e6f",
  "a number in part: +…92",
])("takes no offence at %s", (line) => {
  expect(leaksIn(line)).toEqual([]);
});

test("every line that the product logs is looked at", () => {
  const before = linesWatched();
  logInfo("watched");
  logError("watched", new Error("of +14155550192, with tl_k_0123456789abcdef"));
  expect(linesWatched()).toBe(before + 2);
  expect(takeLeaks()).toEqual([]);
  logInfo("watched", { note: "+14155550192" });
  expect(takeLeaks()).toHaveLength(1);
});
