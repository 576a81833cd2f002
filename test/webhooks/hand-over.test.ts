// How what is to be sent comes to the endpoints' objects: side by side, as far as memory allows.

import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { newId } from "../../src/lib/ids.ts";
import { handOver } from "../../src/stubs/hand-over.ts";
import { Endpoints } from "../support/endpoints.ts";
import { Holds } from "../support/holds.ts";
import { until } from "../support/wait.ts";

const MIB = 1024 * 1024;

const holds = new Holds();

afterEach(() => {
  holds.releaseAll("answers");
  vi.restoreAllMocks();
});

test.for([
  ["small", 1_000, 20],
  ["large", MIB, 8],
  ["a third of the limit", 3 * MIB, 2],
  ["beyond the limit", 9 * MIB, 1],
] as const)("bodies that are %s: of 20 endpoints so many at once", async ([, length, atOnce]) => {
  const endpoints = new Endpoints(holds);
  const body = "x".repeat(length);
  const recipients = Array.from({ length: 20 }, () => {
    const webhookId = newId("webhook");
    endpoints.set(webhookId, "is held");
    const delivery = {
      eventId: newId("event"),
      event: "call.ended",
      callId: newId("call"),
      firedAtMs: 1,
      body,
    } as const;
    return { webhookId, deliveries: [delivery] };
  });
  const taken: string[] = [];
  const handed = handOver(env, recipients, ({ webhookId }) => taken.push(webhookId));
  let most = 0;
  while (taken.length < recipients.length) {
    const left = recipients.length - taken.length;
    most = Math.max(
      most,
      await until(
        async () => holds.count,
        (count) => count === Math.min(left, atOnce),
      ),
    );
    const before = taken.length;
    holds.releaseFirst("answers");
    await until(
      async () => taken.length,
      (count) => count > before,
    );
  }
  expect(most).toBe(atOnce);
  expect(await handed).toEqual([]);
  for (const { webhookId } of recipients) expect(endpoints.timesHanded(webhookId)).toBe(1);
});

test("an endpoint that can't be reached holds up nobody, and is named", async () => {
  const endpoints = new Endpoints(holds);
  const recipients = Array.from({ length: 3 }, () => ({
    webhookId: newId("webhook"),
    deliveries: [
      {
        eventId: newId("event"),
        event: "call.ended",
        callId: null,
        firedAtMs: 1,
        body: "x".repeat(9 * MIB),
      } as const,
    ],
  }));
  const [first] = recipients;
  endpoints.set(first?.webhookId ?? "", "fails");
  const taken: string[] = [];
  const missed = await handOver(env, recipients, ({ webhookId }) => taken.push(webhookId));
  expect(missed).toEqual([first?.webhookId]);
  expect(taken).toEqual(recipients.slice(1).map(({ webhookId }) => webhookId));
});
