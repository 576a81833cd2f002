// What the agent does besides talking: it records details, and lets be known that its model has failed.

import { afterEach, describe, expect, test, vi } from "vitest";
import { scriptedBrain } from "../../src/agent/scripted.ts";
import { leaveCalls, says, talking, textsOf } from "../support/call-stages.ts";
import { inD1 } from "../support/in-d1.ts";

afterEach(leaveCalls);

const AT_ONCE = { pieces: 1, pausesAfter: null, ends: null };
const NOTES = { ...AT_ONCE, notes: "details" as const };

describe("details that the agent records", () => {
  test("are there in later turns, after an eviction too", async () => {
    const { call, relay } = await talking({ agent: [AT_ONCE, NOTES] });
    await says(call, relay, "Yes.");
    await call.evict();
    await says(call, relay, "No.");
    expect(call.turns.at(-1)?.details).toEqual({ "turn 1": true });
    expect((await call.stored()).state?.details).toEqual({ "turn 1": true });
  });

  test("are refused when they are too large, and the talk goes on", async () => {
    const tooMuch = { ...AT_ONCE, notes: "too much" as const };
    const { call, relay } = await talking({ agent: [NOTES, tooMuch, AT_ONCE] });
    await says(call, relay, "Yes.");
    const { state, refused } = await call.stored();
    expect(state?.details).toEqual({ "turn 0": true });
    expect(refused.filter((body) => body.includes("details_recorded"))).toHaveLength(1);
    await says(call, relay, "No.");
    expect((await textsOf(call)).at(-1)).toBe("agent: Piece 2-0 is said.");
  });

  test("are none of a turn that was given up before", async () => {
    const { call, relay } = await talking({ agent: [AT_ONCE, { ...NOTES, pausesAfter: 1 }, AT_ONCE] });
    await says(call, relay, "Yes.");
    relay.send({ type: "interrupt", utteranceUntilInterrupt: "Piece 1", durationUntilInterruptMs: 9 });
    await call.rest();
    call.holds.releaseAll("answers");
    await call.rest();
    expect((await call.stored()).state?.details).toEqual({});
    await says(call, relay, "No.");
    expect(call.turns.at(-1)?.details).toEqual({});
  });
});

test("a model that has failed stays away: later turns go by script, after an eviction too", async () => {
  const fails = { ...AT_ONCE, notes: "model failed" as const };
  const { call, relay } = await talking({ agent: [AT_ONCE, fails, AT_ONCE] });
  expect(call.turns.map(({ byScript }) => byScript)).toEqual([false]);
  await says(call, relay, "Yes.");
  await says(call, relay, "No.");
  await call.evict();
  await says(call, relay, "Perhaps.");
  expect(call.turns.map(({ byScript }) => byScript)).toEqual([false, false, true, true]);
});

test("a brain that throws in mid-turn says sorry, and the call ends", async () => {
  const { call, relay } = await talking();
  vi.spyOn(scriptedBrain, "takeTurn").mockImplementation(async function* () {
    yield { type: "words" as const, text: "I think" };
    throw new Error("broken");
  });
  await says(call, relay, "Yes.");
  expect((await textsOf(call)).at(-1)).toMatch(/^agent: I think.*sorry/);
  expect((await call.stored()).state?.closing).toEqual({ reason: "agent_failed" });
});

describe("a wish not to be called again", () => {
  test("is heard in a call that is about to end, and no turn is taken for it", async () => {
    const { call, relay } = await talking({ agent: [AT_ONCE, { ...AT_ONCE, ends: "agent_hangup" }] });
    await says(call, relay, "Bye.");
    await says(call, relay, "And never call me again.");
    expect(call.moments).toEqual(["opened", "customer_spoke"]);
    const rows = await inD1.optOuts.findMany({
      where: (table, { eq }) => eq(table.orgId, call.org.orgId),
    });
    expect(rows).toHaveLength(1);
  });

  test("is not heard in other words", async () => {
    const { call, relay } = await talking({ agent: [AT_ONCE, { ...AT_ONCE, ends: "agent_hangup" }] });
    await says(call, relay, "Bye.");
    await says(call, relay, "You have the wrong number.");
    expect((await call.stored()).events.filter((body) => body.includes("wish_heard"))).toEqual([]);
  });
});
