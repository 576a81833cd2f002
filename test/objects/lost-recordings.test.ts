// A recording of which no notice came is asked for. The clock is the test's (support/live-call.ts).

import { afterEach, describe, expect, test } from "vitest";
import { fires, firesUntil, leaveCalls, ringing, talking } from "../support/call-stages.ts";
import type { LiveCall } from "../support/live-call.ts";

afterEach(leaveCalls);

const SID = `RE${"5e".repeat(16)}`;
const READY = { sid: SID, status: "completed", duration: "24" };

async function ends(call: LiveCall): Promise<void> {
  await call.report("completed", { durationSeconds: 24 });
  await call.rest();
}

/** A call that was talked on, and recorded, and of whose recording the carrier has not told. */
async function unheard(): Promise<LiveCall> {
  const { call } = await talking();
  await ends(call);
  return call;
}

const notice = (call: LiveCall, recordingId = SID) =>
  call.session.recordingReady(call.plan.carrierId, {
    carrierCallId: call.carrier.sid,
    recordingId,
    durationSeconds: 24,
  });

const asked = (call: LiveCall) => call.carrier.timesAsked("recordings");
const owesNothing = ({ owed }: { owed: readonly string[] }) => owed.length === 0;
const noticesOf = async (call: LiveCall) =>
  (await call.stored()).events.filter((body) => body.includes("recording_ready"));

describe("a recording of which no notice came", () => {
  test("is asked for two minutes after the end, and stored as if one had come", async () => {
    const call = await unheard();
    call.carrier.recordings = [READY];
    const endedAtMs = Date.now();
    await firesUntil(call, () => asked(call) > 0);
    expect(Date.now() - endedAtMs).toBeGreaterThanOrEqual(120_000);
    expect(Date.now() - endedAtMs).toBeLessThan(125_000);
    expect(call.recordings).toEqual(new Set([SID]));
    expect((await call.stored()).owed).toEqual([`store_recording:${SID}`]);
    await call.storeRecordings();
    await firesUntil(call, owesNothing);
    expect(asked(call)).toBe(1);
  });

  test("may still be told of: that changes nothing", async () => {
    const call = await unheard();
    call.carrier.recordings = [READY];
    await firesUntil(call, () => asked(call) > 0);
    const found = await noticesOf(call);
    expect((await notice(call)).ok).toBe(true);
    await call.rest();
    const told = await noticesOf(call);
    expect(told).toEqual([...found, ...found]);
    expect(call.recordings).toEqual(new Set([SID]));
    expect((await call.stored()).owed).toEqual([`store_recording:${SID}`]);
  });

  test.for(["crash", "evict"] as const)("is asked for though the object dies: %s", async (death) => {
    const call = await unheard();
    call.carrier.recordings = [READY];
    await call[death]();
    await firesUntil(call, () => call.recordings.size > 0);
  });

  test("is asked for again while the carrier is still making it", async () => {
    const call = await unheard();
    call.carrier.recordings = [{ ...READY, status: "processing", duration: null }];
    await firesUntil(call, () => asked(call) === 3);
    expect((await call.stored()).owed).toEqual(["find_recording"]);
    call.carrier.recordings = [READY];
    await firesUntil(call, () => call.recordings.size > 0);
  });

  test("is asked for again where the carrier does not answer, for a day and not for ever", async () => {
    const call = await unheard();
    const endedAtMs = Date.now();
    call.carrier.script = { ...call.carrier.script, lookups: ["error"] };
    await firesUntil(call, owesNothing);
    expect(asked(call)).toBe(13);
    expect(Date.now() - endedAtMs).toBeGreaterThan(86_400_000);
    expect(Date.now() - endedAtMs).toBeLessThan(3 * 86_400_000);
  });
});

describe("the carrier is not asked", () => {
  const tooLate = async (call: LiveCall): Promise<void> => {
    call.wait(3_600_000);
    if ((await call.stored()).alarmMs !== null) await fires(call);
    expect(asked(call)).toBe(0);
  };

  test("where it has told of one in time, be it before the end or after", async () => {
    const { call: early } = await talking();
    await notice(early);
    await ends(early);
    expect((await early.stored()).owed).toEqual([`store_recording:${SID}`]);
    await early.storeRecordings();
    await tooLate(early);
    await leaveCalls();
    const call = await unheard();
    await notice(call);
    await call.rest();
    await call.storeRecordings();
    await call.rest();
    expect((await call.stored()).owed).toEqual([]);
    await tooLate(call);
  });

  test("where nothing was to be recorded", async () => {
    const { call } = await talking({ campaignConfig: { record: false } });
    await ends(call);
    expect((await call.stored()).owed).toEqual([]);
    await tooLate(call);
  });

  test("where nobody answered, or a machine did", async () => {
    const call = await ringing();
    await call.report("busy");
    await call.rest();
    expect((await call.stored()).owed).toEqual([]);
    await leaveCalls();
    const machine = await ringing();
    await machine.answer("machine");
    await ends(machine);
    expect((await machine.stored()).owed).toEqual([]);
  });
});

test("where the carrier has none, it is asked once", async () => {
  const call = await unheard();
  await firesUntil(call, owesNothing);
  expect(asked(call)).toBe(1);
  expect(call.recordings).toEqual(new Set());
});
