// Customer and agent would speak at once: who talks on is not spoken into, and gets their answer all the same.

import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, test } from "vitest";
import { firesUntil, leaveCalls, runsOut, says, talking, textsOf } from "../support/call-stages.ts";
import type { LiveCall } from "../support/live-call.ts";
import type { RelayClient } from "../support/session-sockets.ts";

afterEach(leaveCalls);

const AT_ONCE = { pieces: 1, pausesAfter: null, ends: null };
const THINKS = { pieces: 1, pausesAfter: 0, ends: null };
const HALTS = { pieces: 2, pausesAfter: 1, ends: null };

async function talksOn(call: LiveCall, relay: RelayClient): Promise<void> {
  relay.send({ type: "prompt", voicePrompt: "and I", last: false });
  await call.rest();
}

const limits = { maxDurationMs: 600_000 };

/** Nothing else happens until the agent is given a turn. */
async function waitsForTurn(call: LiveCall): Promise<void> {
  const before = call.moments.length;
  await firesUntil(call, () => call.moments.length > before);
}

async function timePassed(work: () => Promise<unknown>): Promise<number> {
  const fromMs = Date.now();
  await work();
  return Date.now() - fromMs;
}

describe("a customer who talks on", () => {
  test("while the agent thinks: it gives up its turn, and answers when they have done", async () => {
    const { call, relay } = await talking({ limits, agent: [AT_ONCE, THINKS, AT_ONCE] });
    await says(call, relay, "Yes.");
    await talksOn(call, relay);
    expect(call.aliveTurns).toBe(0);
    await says(call, relay, "And I need a desk.");
    expect((await textsOf(call)).slice(1)).toEqual([
      "customer: Yes.",
      "customer: And I need a desk.",
      "agent: Piece 2-0 is said.",
    ]);
    expect(
      call.turns
        .at(-1)
        ?.lines.slice(1)
        .map(({ text }) => text),
    ).toEqual(["Yes.", "And I need a desk."]);
  });

  test("and then says nothing whole: they get their answer soon, and are not asked whether they are there", async () => {
    const { call, relay } = await talking({ limits, agent: [AT_ONCE, THINKS, AT_ONCE] });
    call.wait(5_000);
    await says(call, relay, "Yes.");
    await talksOn(call, relay);
    expect(await timePassed(() => waitsForTurn(call))).toBe(2_500);
    expect(call.moments).toEqual(["opened", "customer_spoke", "customer_spoke"]);
    expect((await textsOf(call)).at(-1)).toBe("agent: Piece 2-0 is said.");
  });

  test("for long: the answer waits for them", async () => {
    const { call, relay } = await talking({ limits, agent: [AT_ONCE, THINKS, AT_ONCE] });
    call.wait(5_000);
    await says(call, relay, "Yes.");
    for (let heard = 0; heard < 5; heard += 1) {
      await talksOn(call, relay);
      call.wait(1_000);
    }
    expect(await timePassed(() => waitsForTurn(call))).toBe(1_500);
    expect(call.moments.slice(1)).toEqual(["customer_spoke", "customer_spoke"]);
  });

  test("while the agent speaks: the carrier sees to that, and the turn goes on until it does", async () => {
    const { call, relay } = await talking({ limits, agent: [AT_ONCE, HALTS] });
    await says(call, relay, "Yes.");
    await talksOn(call, relay);
    expect(call.aliveTurns).toBe(1);
    call.holds.releaseAll("answers");
    await call.rest();
    expect((await textsOf(call)).at(-1)).toBe("agent: Piece 1-0 is said. Piece 1-1 is said.");
  });

  test("is nobody, if the carrier has heard no word", async () => {
    const { call, relay } = await talking({ limits, agent: [AT_ONCE, THINKS] });
    await says(call, relay, "Yes.");
    relay.send({ type: "prompt", voicePrompt: "  ", last: false });
    await call.rest();
    expect(call.aliveTurns).toBe(1);
  });

  test("into each try: after the third it counts as silence, and the call ends", async () => {
    const { call, relay } = await talking({ limits, agent: [THINKS] });
    await says(call, relay, "Yes.");
    for (let tries = 0; tries < 3; tries += 1) {
      await talksOn(call, relay);
      await waitsForTurn(call);
    }
    expect(call.moments).toEqual(["opened", "customer_spoke", "customer_spoke", "customer_spoke", "silence"]);
    expect(await runsOut(call)).toBe("silence");
  });
});

test("two things said in quick succession: the second turn hears both, and the first is given up", async () => {
  const { call, relay } = await talking({ limits, agent: [AT_ONCE, THINKS, AT_ONCE] });
  relay.send({ type: "prompt", voicePrompt: "Yes.", last: true });
  relay.send({ type: "prompt", voicePrompt: "No, wait.", last: true });
  await call.rest();
  const [, first, second] = call.turns;
  expect(first?.lines.at(-1)?.text).toBe("Yes.");
  expect(second?.lines.slice(-2).map(({ text }) => text)).toEqual(["Yes.", "No, wait."]);
  expect(call.generations[1]?.signal.aborted).toBe(true);
  expect((await textsOf(call)).slice(-3)).toEqual([
    "customer: Yes.",
    "customer: No, wait.",
    "agent: Piece 2-0 is said.",
  ]);
});

describe("an agent that never comes to an end with its turn", () => {
  test("has failed after half a minute: the turn is given up, and the call goes on by script", async () => {
    const { call, relay } = await talking({ limits, agent: [AT_ONCE, THINKS, AT_ONCE] });
    await says(call, relay, "Yes.");
    expect(await timePassed(() => waitsForTurn(call))).toBe(30_000);
    expect(call.generations[1]?.signal.aborted).toBe(true);
    expect(call.turns.at(-1)).toMatchObject({ moment: "customer_spoke", byScript: true });
    expect((await textsOf(call)).at(-1)).toBe("agent: Piece 2-0 is said.");
    expect((await call.stored()).state?.closing).toBeNull();
  });

  test("keeps no call from ending", async () => {
    const { call } = await talking({ limits, agent: [AT_ONCE, THINKS] });
    expect(await runsOut(call)).toBe("silence");
    expect(call.aliveTurns).toBe(0);
  });
});

test("a turn that was lost while the sockets stayed is given again", async () => {
  const { call, relay } = await talking({ limits, agent: [AT_ONCE] });
  call.wait(5_000);
  await says(call, relay, "Yes.");
  call.wait(5_000);
  // As it was stored when the turn was given: the object went before it was taken.
  await runInDurableObject(call.session, (_object, { storage }) => {
    storage.sql.exec(
      "UPDATE call SET state = json_set(state, '$.turn', 'customer_spoke', '$.owedTurn', 'customer_spoke')",
    );
    storage.sql.exec("DELETE FROM lines WHERE idx = 2");
  });
  await evictDurableObject(call.session, { webSockets: "hibernate" });
  await call.session.snapshot();
  await call.rest();
  expect(await timePassed(() => waitsForTurn(call))).toBe(2_500);
  expect(call.moments).toEqual(["opened", "customer_spoke", "customer_spoke"]);
});

describe("a silence that is not met with words", () => {
  const MUTE = { pieces: 0, pausesAfter: null, ends: null };

  test("ends the call", async () => {
    const { call } = await talking({ limits, agent: [AT_ONCE, MUTE] });
    for (let times = 0; times < 3; times += 1) await waitsForTurn(call);
    expect(call.moments.slice(1)).toEqual(["silence", "silence", "silence_end"]);
    expect((await call.stored()).state?.closing).toEqual({ reason: "silence" });
  });

  test("ends the call although the agent wishes for a human", async () => {
    const wishes = { ...AT_ONCE, ends: "transfer" as const };
    const { call } = await talking({ limits, agent: [AT_ONCE, MUTE, MUTE, wishes] });
    for (let times = 0; times < 3; times += 1) await waitsForTurn(call);
    const { state } = await call.stored();
    expect([state?.closing, state?.transfer]).toEqual([{ reason: "silence" }, null]);
    expect(await runsOut(call)).toBe("silence");
  });
});

describe("the warning that time is almost up", () => {
  test("is given where nobody speaks, and one without words leaves the silence as it was", async () => {
    const { call, relay } = await talking({ limits: { maxDurationMs: 60_000 } });
    call.wait(20_000);
    await says(call, relay, "Yes.");
    const before = (await call.stored()).state?.timers;
    await waitsForTurn(call);
    expect(call.moments.at(-1)).toBe("time_almost_up");
    expect(call.turns.at(-1)?.secondsLeft).toBe(30);
    const after = (await call.stored()).state;
    expect([after?.timers.silence, after?.turn]).toEqual([before?.silence, null]);
  });

  test("is spoken, and silence is counted from there", async () => {
    const { call, relay } = await talking({ limits: { maxDurationMs: 60_000 }, agent: [AT_ONCE] });
    call.wait(20_000);
    await says(call, relay, "Yes.");
    await waitsForTurn(call);
    expect(call.moments.at(-1)).toBe("time_almost_up");
    expect((await textsOf(call)).at(-1)).toBe("agent: Piece 2-0 is said.");
    const { state } = await call.stored();
    expect(state?.timers.silence).toBeGreaterThan(Date.now() + 8_000);
  });
});
