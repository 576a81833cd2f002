// The alarm is all that a call has when nobody calls: it must outlive its own failures, and what it asks for must
// not be needed for the call to end. The clock is the test's (support/live-call.ts).

import { createScheduledController, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { runCron } from "../../src/cron/cron.ts";
import { callStateSchema, type CallState } from "../../src/domain/call/state.ts";
import { LIMITS } from "../support/call-row.ts";
import {
  dialled,
  leaveCalls,
  queued,
  ringing,
  runsOut,
  says,
  takenOn,
  talking,
} from "../support/call-stages.ts";
import type { LiveCall, LiveCallOptions } from "../support/live-call.ts";

afterEach(leaveCalls);

/** The platform gives an alarm up that has failed once and then six times more. */
const TRIES = 7;
const BOUND_MS = LIMITS.ringTimeoutMs + LIMITS.maxDurationMs + 60_000;
/** Every sweep asks after calls that are older than this. */
const ASKED_AFTER_MS = 400_000;

const STAGES = {
  "waits for a slot": queued,
  "was handed over": dialled,
  rings: ringing,
  "waits for its relay": async (options: LiveCallOptions = {}) => {
    const call = await ringing(options);
    await call.answer();
    return call;
  },
  talks: async (options: LiveCallOptions = {}) => (await talking(options)).call,
  "says its last words": async (options: LiveCallOptions = {}) => {
    const { call, relay } = await talking(options);
    await says(call, relay, "Goodbye.");
    return call;
  },
  "is to end": async (options: LiveCallOptions = {}) => {
    const call = await ringing(options);
    await call.session.requestEnd("workflow_close");
    await call.rest();
    return call;
  },
};

/** Nothing that happens to the call can be stored. */
async function breakStorage({ session }: LiveCall): Promise<void> {
  await runInDurableObject(session, (_object, { storage }) => {
    storage.sql.exec(
      "CREATE TRIGGER broken BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
    );
  });
}

async function mendStorage({ session }: LiveCall): Promise<void> {
  await runInDurableObject(session, (_object, { storage }) => {
    storage.sql.exec("DROP TRIGGER broken");
  });
}

describe.for(Object.entries(STAGES))("a call that %s", ([, reach]) => {
  test("ends although its alarm has failed as often as the platform lets it", async () => {
    const call = await reach();
    await breakStorage(call);
    const before = await call.stored();
    for (let tries = 0; tries < TRIES; tries += 1) {
      expect(await call.alarm(), `alarm ${tries}`).toBe(true);
      expect((await call.stored()).alarmMs, `after alarm ${tries}`).toBeGreaterThan(Date.now());
    }
    expect((await call.stored()).state).toEqual(before.state);
    await mendStorage(call);
    await runsOut(call);
    expect((await call.stored()).state?.status).toBe("ended");
  });

  test.for(["error", "lost", "held"] as const)(
    "ends in time with a carrier of whom nobody hears: %s",
    async (mood) => {
      const call = await reach();
      call.carrier.script = {
        creates: [mood === "held" ? "held_but_placed" : mood],
        updates: [mood],
        lookups: [mood],
      };
      await runsOut(call);
      const { state } = await call.stored();
      expect(Date.now()).toBeLessThanOrEqual(boundMsOf(state));
      expect(call.carrier.timesAsked("create")).toBeLessThanOrEqual(1);
    },
  );

  test("is not changed by an alarm that comes early, or again", async () => {
    const call = await reach();
    await call.evict("hibernate");
    const { alarmMs: _alarm, ...before } = await call.stored();
    for (let alarms = 0; alarms < 3; alarms += 1) {
      await runInDurableObject(call.session, (object) => object.alarm());
      await call.rest();
    }
    const { alarmMs, ...after } = await call.stored();
    expect(after).toEqual(before);
    expect(alarmMs).not.toBeNull();
  });
});

function boundMsOf(state: CallState | null): number {
  if (state === null) return Number.NaN;
  const { requestedAtMs, acceptedAtMs } = state;
  return requestedAtMs === null ? acceptedAtMs + LIMITS.dialDeadlineMs : requestedAtMs + BOUND_MS;
}

test.for(["waits for a slot", "talks"] as const)(
  "a call that %s ends although its object can't be loaded until its alarm is given up: the sweep asks after it",
  async (stage) => {
    const call = await STAGES[stage]();
    await call.crash();
    const load = vi.spyOn(callStateSchema, "parse").mockImplementation(() => {
      throw new Error("Written by a version that this one can't read");
    });
    for (let tries = 0; tries < TRIES; tries += 1) await expect(call.fire()).rejects.toThrow();
    load.mockRestore();
    await runInDurableObject(call.session, (_object, { storage }) => storage.deleteAlarm());
    await call.evict();
    call.wait(ASKED_AFTER_MS);
    await runCron(createScheduledController(), env);
    await call.rest();
    await runsOut(call);
    expect((await call.stored()).state?.status).toBe("ended");
  },
);

test("a call that waits to be dialled ends at its deadline while D1 is away", async () => {
  const call = await takenOn();
  call.d1IsAway = true;
  expect(await runsOut(call)).toBe("dial_expired");
  expect(Date.now()).toBeLessThanOrEqual(call.plan.acceptedAtMs + LIMITS.dialDeadlineMs);
  expect(call.carrier.asked).toEqual([]);
});
