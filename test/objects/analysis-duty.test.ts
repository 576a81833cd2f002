// A call that has ended is sent to be analysed until somebody says that it was. The clock is the test's
// (support/live-call.ts), and what stands for the queue is what each test makes of it.

import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { callEventMessageSchema } from "../../src/contract/messages.ts";
import { firesUntil, leaveCalls, ringing } from "../support/call-stages.ts";
import type { LiveCall } from "../support/live-call.ts";

afterEach(leaveCalls);

const SENT = { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };

/** The queue takes messages and loses them. */
function losingQueue() {
  const sent: string[] = [];
  vi.mocked(env.CALL_EVENTS.send).mockImplementation(async (message) => {
    sent.push(callEventMessageSchema.parse(message).type);
    return SENT;
  });
  return sent;
}

async function ends(call: LiveCall): Promise<void> {
  await call.report("busy");
  await call.rest();
}

describe("the duty to have a call analysed", () => {
  test("waits until row and transcript say that the call has ended", async () => {
    const call = await ringing();
    call.d1IsAway = true;
    await ends(call);
    for (let alarms = 0; alarms < 5; alarms += 1) {
      await call.alarm();
      await call.rest();
    }
    expect(call.foundByAnalyses).toEqual([]);
    expect((await call.stored()).owed).toEqual(["analyse", "fire_events", "project"]);
    call.d1IsAway = false;
    await firesUntil(call, ({ owed }) => owed.length === 0);
    expect(call.foundByAnalyses).toEqual([{ status: "ended", hasTranscript: true }]);
  });

  test("sets no alarm of its own while it waits", async () => {
    const call = await ringing();
    call.d1IsAway = true;
    await ends(call);
    // The waits between the tries of what comes first grow: an alarm for what can't be done would not let them.
    const endedAtMs = Date.now();
    for (let alarms = 0; alarms < 10; alarms += 1) {
      await call.alarm();
      await call.rest();
    }
    expect(Date.now() - endedAtMs).toBeGreaterThan(40_000);
  });

  test("is sent again until it is confirmed, though the queue loses it, and never before its time", async () => {
    const call = await ringing();
    const sent = losingQueue();
    await ends(call);
    expect(sent).toEqual(["call_ended"]);
    expect((await call.stored()).owed).toEqual(["analyse"]);
    await call.fire();
    await call.rest();
    expect(sent).toHaveLength(1);
    const sentAtMs = Date.now();
    await firesUntil(call, () => sent.length === 2);
    expect(Date.now() - sentAtMs).toBeGreaterThanOrEqual(60_000);
    await call.session.callAnalysed();
    await call.session.callAnalysed();
    await call.rest();
    expect((await call.stored()).owed).toEqual([]);
  });

  test("is sent ever more rarely, and not for ever", async () => {
    const call = await ringing();
    const sentAtMs: number[] = [];
    vi.mocked(env.CALL_EVENTS.send).mockImplementation(async () => {
      sentAtMs.push(Date.now());
      return SENT;
    });
    await ends(call);
    await firesUntil(call, ({ owed }) => owed.length === 0);
    const waits = sentAtMs.slice(1).map((at, index) => Math.round((at - (sentAtMs[index] ?? 0)) / 60_000));
    expect(waits.slice(0, 9)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256]);
    expect(new Set(waits.slice(9))).toEqual(new Set([360]));
    expect(waits.length).toBeLessThanOrEqual(40);
  });

  test("is not given up because the queue was away for a day", async () => {
    const call = await ringing();
    vi.mocked(env.CALL_EVENTS.send).mockRejectedValue(new Error("The queue is away"));
    await ends(call);
    const endedAtMs = Date.now();
    await firesUntil(call, () => Date.now() - endedAtMs > 86_400_000);
    const sent = losingQueue();
    await firesUntil(call, () => sent.length === 1);
  });

  test.for(["crash", "evict"] as const)("outlives the object: %s", async (death) => {
    const call = await ringing();
    const sent = losingQueue();
    await ends(call);
    await call[death]();
    expect((await call.stored()).owed).toEqual(["analyse"]);
    await firesUntil(call, () => sent.length === 2);
    await call.session.callAnalysed();
    await call.rest();
    expect((await call.stored()).owed).toEqual([]);
  });

  test("is tried again where the queue does not take it", async () => {
    const call = await ringing();
    vi.mocked(env.CALL_EVENTS.send).mockRejectedValueOnce(new Error("The queue is away"));
    await ends(call);
    await firesUntil(call, ({ owed }) => owed.length === 0);
    expect(call.foundByAnalyses).toHaveLength(1);
  });

  test("comes back when the sweep finds the row alive: the news of the end was lost, and so may its analysis be", async () => {
    const call = await ringing();
    await ends(call);
    expect(call.foundByAnalyses).toHaveLength(1);
    await call.session.vouch();
    await firesUntil(call, ({ owed }) => owed.length === 0);
    expect(call.foundByAnalyses).toHaveLength(2);
  });
});
