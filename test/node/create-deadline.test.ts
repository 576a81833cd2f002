// A create that the carrier does not answer. The clock is the test's, which no object may share: hence in Node.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createTwilioProvider } from "../../src/telephony/twilio/twilio.ts";
import { ACCOUNT_SID, API, AUTH_TOKEN, CALL } from "../telephony/fake-twilio.ts";

/** The machine's `create_answer` timer: an answer after it comes too late. */
const MACHINE_WAITS_MS = 30_000;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const DEAF: [name: string, fetch: typeof fetch][] = [
  [
    "and the request is given up",
    (_, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener("abort", () => reject(new Error("aborted")));
      }),
  ],
  ["though the request can't be given up", () => new Promise(() => {})],
  ["though its body never ends", async () => new Response(new ReadableStream())],
];
test.each(DEAF)("leaves open whether a phone rings: none in the machine's time, %s", async (_, fetch) => {
  const provider = createTwilioProvider({
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    apiBaseUrl: API,
    fetch,
  });
  const result = provider.createCall(CALL);
  await vi.advanceTimersByTimeAsync(MACHINE_WAITS_MS - 1);
  expect(vi.getTimerCount()).toBe(0);
  expect(await result).toEqual({ kind: "unknown", detail: "Error: No answer within 15000 ms" });
});
