// An answering machine picks up, and is left a message or hung up on, as the campaign says.

import { afterEach, describe, expect, test } from "vitest";
import { estimateSpeechMs } from "../../src/domain/speech.ts";
import { timeLimitSeconds } from "../../src/objects/call-session/time-limits.ts";
import { place, read } from "../support/api.ts";
import { createOrganisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";
import { fires, leaveCalls, opens, ringing, runsOut, textsOf } from "../support/call-stages.ts";

afterEach(leaveCalls);

const MESSAGE = "Hello, this is Aria. Please call us back.";
const LEAVES = { voicemail: "leave_message", voicemail_message: MESSAGE };

async function asked(call: Awaited<ReturnType<typeof ringing>>, answeredBy: "machine" | "person" | "fax") {
  const { carrierId } = call.plan;
  const told = await call.session.answer(carrierId, { carrierCallId: call.carrier.sid, answeredBy });
  await call.rest();
  return told.ok ? told.value : null;
}

describe("a machine that is to hear a message", () => {
  test("hears it, and again if the carrier asks again; it is one line of the transcript", async () => {
    const call = await ringing({ campaignConfig: LEAVES });
    const told = { kind: "say", text: MESSAGE, language: "en-US" };
    expect(await asked(call, "machine")).toEqual(told);
    await call.evict();
    expect(await asked(call, "machine")).toEqual(told);
    expect(await textsOf(call)).toEqual([`agent: ${MESSAGE}`]);
    await call.report("completed", { durationSeconds: 4, answeredBy: "machine" });
    await call.rest();
    const snapshot = await call.session.snapshot();
    expect(snapshot?.facts).toMatchObject({ outcome: "voicemail", endedReason: "voicemail", duration: 0 });
    expect(snapshot?.turns).toEqual([{ speaker: "agent", text: MESSAGE, timestamp: 0 }]);
    expect(call.moments).toEqual([]);
  });

  test("is not hung up on before it must have heard all", async () => {
    const call = await ringing({ campaignConfig: LEAVES });
    await asked(call, "machine");
    const answeredAtMs = Date.now();
    while (call.carrier.timesAsked("hang up") === 0) await fires(call);
    expect(Date.now() - answeredAtMs).toBeGreaterThanOrEqual(2 * estimateSpeechMs(MESSAGE));
    expect(await runsOut(call)).toBe("voicemail");
  });

  test.for([
    ["has time for its greeting and the message", "leave_message", 115],
    ["is not waited for where none is left one", "hang_up", 25],
  ] as const)("%s, however short a talk may be", async ([, voicemail, seconds]) => {
    const campaignConfig = { ...LEAVES, voicemail, voicemail_message: "a".repeat(300) };
    const call = await ringing({ campaignConfig, limits: { maxDurationMs: 5_000 } });
    const { state } = await call.stored();
    if (state === null) throw new Error("The call is forgotten");
    const limit = timeLimitSeconds({ plan: call.plan, state });
    expect(limit).toBeGreaterThanOrEqual(seconds);
    expect(limit).toBeLessThan(seconds + 10);
  });

  test("is shown to who watches", async () => {
    const call = await ringing({ campaignConfig: LEAVES });
    const watcher = await call.watch();
    await asked(call, "machine");
    expect(watcher.messages.at(-1)).toMatchObject({ type: "transcript", index: 0, text: MESSAGE });
  });

  test("hears ours where the campaign has none", async () => {
    const call = await ringing({ campaignConfig: { voicemail: "leave_message" } });
    const told = await asked(call, "machine");
    expect(told).toMatchObject({ kind: "say", text: expect.stringContaining("Aria from Luminary Home") });
  });
});

test("the sandbox's machine, whose greeting is waited for, hears it out", async () => {
  const org = await createOrganisation({ campaignConfig: LEAVES });
  const callId = await place(org, "+15005550020");
  const call = await until(
    () => read(org, callId),
    ({ status }) => status === "ended",
  );
  expect(call).toMatchObject({ outcome: "voicemail", ended_reason: "voicemail" });
  expect(call.transcript.map(({ speaker, text }) => [speaker, text])).toEqual([["agent", MESSAGE]]);
});

test("a machine is hung up on where the campaign says so", async () => {
  const call = await ringing();
  expect(await asked(call, "machine")).toEqual({ kind: "hang_up" });
  expect(await textsOf(call)).toEqual([]);
});

test("a fax is hung up on, message or none", async () => {
  const call = await ringing({ campaignConfig: LEAVES });
  expect(await asked(call, "fax")).toEqual({ kind: "hang_up" });
});

test("a person is talked with, though machines would hear a message", async () => {
  const call = await ringing({ campaignConfig: LEAVES });
  expect((await asked(call, "person"))?.kind).toBe("relay");
  await opens(call);
  expect(call.moments).toEqual(["opened"]);
});
