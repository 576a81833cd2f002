// Whatever happens to a webhook and in whatever order: each delivery that was accepted ends as delivered, as failed
// after its ten tries, or as skipped by a pause; and no try comes before its time.

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { resumeTryMs, nextTryMs } from "../../src/domain/webhook-retries.ts";
import type { Delivery, DeliveryAttempt } from "../../src/domain/webhook.ts";
import { LiveWebhook } from "../support/live-webhook.ts";
import type { ReceiverAnswer } from "../support/receiver-answers.ts";
import { webhookRow } from "../support/webhook.ts";

const answer: fc.Arbitrary<ReceiverAnswer> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ status: 500 }) },
  { weight: 2, arbitrary: fc.constant({ status: 204 }) },
  { weight: 2, arbitrary: fc.constant({ does: "drops" as const }) },
  { weight: 3, arbitrary: fc.constantFrom(200, 500).map((status) => ({ does: "waits" as const, status })) },
  { weight: 1, arbitrary: fc.constant({ status: 429, headers: { "retry-after": "7200" } }) },
  { weight: 1, arbitrary: fc.constant({ status: 410 }) },
);

const kinds = (...names: string[]) => names.map((kind) => fc.record({ kind: fc.constant(kind) }));
const commands = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant("accept"), count: fc.integer({ min: 1, max: 4 }) }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("answer"),
        answers: fc.array(answer, { minLength: 1, maxLength: 4 }),
      }),
    },
    { weight: 6, arbitrary: fc.record({ kind: fc.constant("alarm") }) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant("wait"), seconds: fc.integer({ min: 0, max: 4_000 }) }),
    },
    { weight: 6, arbitrary: fc.oneof(...kinds("fire", "crash", "release")) },
    { weight: 3, arbitrary: fc.oneof(...kinds("pause", "quietPause", "resume", "resume")) },
    { weight: 2, arbitrary: fc.oneof(...kinds("d1Leaves", "d1Returns")) },
  ),
  { minLength: 8, maxLength: 20 },
);

type Command = { kind: string; count?: number; answers?: ReceiverAnswer[]; seconds?: number };

/** What the test itself knows. */
type Known = { accepted: string[]; wasPaused: boolean };

async function run(webhook: LiveWebhook, known: Known, command: Command): Promise<void> {
  switch (command.kind) {
    case "accept": {
      const sent = await webhook.accept(command.count ?? 1);
      known.accepted.push(...sent.map(({ eventId }) => eventId));
      return;
    }
    case "answer":
      return webhook.receiver.answer(...(command.answers ?? []));
    case "alarm": {
      const { alarmMs } = await webhook.stored();
      // That of their age is no matter here.
      if (alarmMs === null || alarmMs - Date.now() > 2 * 86_400_000) return;
      webhook.wait(Math.max(0, alarmMs - Date.now()));
      await webhook.fire();
      return;
    }
    case "wait":
      return webhook.wait((command.seconds ?? 0) * 1_000);
    case "fire":
      await webhook.fire();
      return;
    case "crash":
      return webhook.crash();
    case "release":
      return webhook.receiver.release();
    case "pause":
    case "quietPause":
      if (webhook.d1IsAway) return;
      known.wasPaused = true;
      return webhook.pause(command.kind === "pause");
    case "resume":
      if (!webhook.d1IsAway) await webhook.resume();
      return;
    case "d1Leaves":
      webhook.d1IsAway = true;
      return;
    case "d1Returns":
      webhook.d1IsAway = false;
  }
}

const wasMade = ({ error }: DeliveryAttempt) => error !== "interrupted";

/** The earliest time of the try after the last of these. */
function earliestAfter(attempts: readonly DeliveryAttempt[]): number {
  const attempt = attempts.at(-1);
  if (attempt === undefined) return 0;
  const { atMs: nowMs } = attempt;
  const tries = attempts.filter(wasMade).length;
  const atMs = !wasMade(attempt)
    ? resumeTryMs({ interruptions: attempts.length - tries, nowMs })
    : nextTryMs({ tries, nowMs, retryAfterMs: attempt.statusCode === 429 ? 7_200_000 : null, random: 0 });
  return atMs ?? Number.POSITIVE_INFINITY;
}

function checkTries({ attempts }: Delivery): void {
  expect(attempts.filter(wasMade).length).toBeLessThanOrEqual(10);
  for (const [index, attempt] of attempts.entries()) {
    expect(attempt.atMs).toBeGreaterThanOrEqual(earliestAfter(attempts.slice(0, index)));
  }
}

/** What the receiver saw is what is told of it, but for tries that were cut off before they left. */
async function checkRequests(webhook: LiveWebhook, deliveries: readonly Delivery[]): Promise<void> {
  const requests = await webhook.receiver.requests();
  for (const { eventId, attempts } of deliveries) {
    const times = requests
      .filter(({ headers }) => headers["webhook-id"] === eventId)
      .map(({ headers }) => Number(headers["webhook-timestamp"]) * 1_000);
    expect(new Set(times).size, "tries at one time").toBe(times.length);
    const told = attempts.map(({ atMs }) => atMs);
    expect(times.filter((time) => !told.includes(time))).toEqual([]);
    const certain = attempts.filter(({ error }) => error === null).map(({ atMs }) => atMs);
    expect(certain.filter((time) => !times.includes(time))).toEqual([]);
  }
}

async function live(steps: readonly Command[], isTakenInTheEnd: boolean): Promise<void> {
  const webhook = await LiveWebhook.open();
  const known: Known = { accepted: [], wasPaused: false };
  try {
    for (const command of steps) {
      const readsBefore = webhook.d1Reads;
      await run(webhook, known, command);
      await webhook.rest();
      expect(webhook.d1Reads - readsBefore, "questions to D1").toBeLessThan(20);
      for (const delivery of await webhook.deliveries()) checkTries(delivery);
    }
    webhook.d1IsAway = false;
    await webhook.receiver.answer({ status: isTakenInTheEnd ? 200 : 503 });
    await webhook.receiver.release();
    await webhook.rest();
    const statuses = async () => (await webhook.deliveries()).map(({ status }) => status);
    for (let alarms = 0; (await statuses()).includes("pending"); alarms++) {
      expect(alarms, "alarms").toBeLessThan(80 + 10 * known.accepted.length);
      await webhook.rest();
      await run(webhook, known, { kind: "alarm" });
      await webhook.rest();
    }
    const deliveries = await webhook.deliveries();
    expect(deliveries.map(({ eventId }) => eventId).toSorted()).toEqual(known.accepted.toSorted());
    const wasPaused = known.wasPaused || (await webhookRow(webhook.id))?.status === "paused";
    const pauses = webhook.logged.some(({ event }) => event === "webhook_paused");
    for (const delivery of deliveries) {
      const { status, attempts } = delivery;
      checkTries(delivery);
      const wasTaken = attempts.some(({ statusCode }) => statusCode === 200 || statusCode === 204);
      expect(wasTaken, status).toBe(status === "delivered");
      if (status === "failed") expect(attempts.filter(wasMade)).toHaveLength(10);
      if (status === "skipped") expect(wasPaused || pauses).toBe(true);
    }
    await checkRequests(webhook, deliveries);
  } finally {
    webhook.d1IsAway = false;
    await webhook.leave();
  }
}

test(
  "every delivery that was accepted comes to its end, and no try before its time",
  { timeout: 120_000 },
  async () => {
    await fc.assert(fc.asyncProperty(commands, fc.boolean(), live), { numRuns: 30 });
  },
);
