// The customer cuts the agent off: what was not heard is taken back, and what is still to come comes.

import { afterEach, expect, test } from "vitest";
import { leaveCalls, says, talking, textsOf } from "../support/call-stages.ts";

afterEach(leaveCalls);

const AT_ONCE = { pieces: 2, pausesAfter: null, ends: null };
const interrupt = (utteranceUntilInterrupt: string) => ({
  type: "interrupt",
  utteranceUntilInterrupt,
  durationUntilInterruptMs: 400,
});

test("in the midst of a turn: it says no more of it", async () => {
  const { call, relay } = await talking({ agent: [AT_ONCE, { ...AT_ONCE, pausesAfter: 1 }] });
  await says(call, relay, "Yes.");
  relay.send(interrupt("Piece 1-0 is"));
  await call.rest();
  call.holds.releaseAll("answers");
  await call.rest();
  expect((await textsOf(call)).at(-1)).toBe("agent: Piece 1-0 is");
});

test("while it thinks of an answer: that was not what was cut off, and it is given", async () => {
  const { call, relay } = await talking({ agent: [AT_ONCE, { ...AT_ONCE, pausesAfter: 0 }] });
  await says(call, relay, "Yes.");
  relay.send(interrupt("Piece 0-0"));
  await call.rest();
  call.holds.releaseFirst("answers");
  await call.rest();
  expect((await textsOf(call)).slice(-2)).toEqual([
    "customer: Yes.",
    "agent: Piece 1-0 is said. Piece 1-1 is said.",
  ]);
  expect(call.witness.ledger.faults).toEqual([]);
});
