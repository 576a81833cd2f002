// The customer cuts the agent off: what was not heard is taken back, and what is still to come comes.

import { afterEach, describe, expect, test } from "vitest";
import { speakingMs } from "../../src/domain/speech.ts";
import { fires, leaveCalls, says, talking, textsOf } from "../support/call-stages.ts";

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

test("once an answer is all said, but none of it was heard: it is given anew", async () => {
  const { call, relay } = await talking({ agent: [AT_ONCE] });
  call.wait(20_000);
  await says(call, relay, "Yes.");
  relay.send(interrupt(""));
  await call.rest();
  const cutAtMs = Date.now();
  await fires(call);
  expect(Date.now() - cutAtMs).toBe(2_500);
  expect(call.moments).toEqual(["opened", "customer_spoke", "customer_spoke"]);
  expect((await textsOf(call)).slice(1)).toEqual([
    "customer: Yes.",
    "agent: ",
    "agent: Piece 2-0 is said. Piece 2-1 is said.",
  ]);
});

test.for([
  ["all said", AT_ONCE],
  ["still being said", { ...AT_ONCE, pausesAfter: 1 }],
] as const)(
  "in what was said before an answer that waits to be heard, %s: it is given anew",
  async ([, shape]) => {
    const { call, relay } = await talking({ agent: [AT_ONCE, shape, AT_ONCE] });
    await says(call, relay, "Yes.");
    relay.send(interrupt("Piece 0-0 is"));
    await call.rest();
    call.holds.releaseAll("answers");
    expect((await call.stored()).state?.owedTurn).toBe("customer_spoke");
    await fires(call);
    expect((await textsOf(call)).slice(0, 3)).toEqual(["agent: Piece 0-0 is", "customer: Yes.", "agent: "]);
    expect(call.moments).toEqual(["opened", "customer_spoke", "customer_spoke"]);
  },
);

describe("in its goodbye", () => {
  const BYE = { ...AT_ONCE, ends: "agent_hangup" as const };

  test("it answers what the customer has to say", async () => {
    const { call, relay } = await talking({ agent: [AT_ONCE, BYE, AT_ONCE] });
    call.wait(20_000);
    await says(call, relay, "Yes.");
    relay.send(interrupt("Piece 1-0"));
    await says(call, relay, "Wait, one more thing.");
    expect((await call.stored()).state?.closing).toBeNull();
    expect((await textsOf(call)).slice(-3)).toEqual([
      "agent: Piece 1-0",
      "customer: Wait, one more thing.",
      "agent: Piece 2-0 is said. Piece 2-1 is said.",
    ]);
    expect(call.carrier.timesAsked("hang up")).toBe(0);
  });

  test("it hangs up at once if the customer is not to be called again", async () => {
    const { call, relay } = await talking({ agent: [AT_ONCE, { ...BYE, ends: "dnc_request" }] });
    call.wait(20_000);
    await says(call, relay, "Never call me again.");
    relay.send(interrupt("Piece 1-0"));
    await call.rest();
    const { state } = await call.stored();
    expect(state?.closing).toEqual({ reason: "dnc_request" });
    expect(state?.timers.last_words).toBeUndefined();
  });
});

test("the end of what it says is waited for from when the carrier reports some of it", async () => {
  const { call, relay } = await talking({ agent: [AT_ONCE, { ...AT_ONCE, ends: "wrong_number" }] });
  call.wait(20_000);
  await says(call, relay, "Yes.");
  call.wait(3_000);
  relay.send({ type: "info", name: "tokensPlayed", value: "Piece 1-0 is said." });
  await call.rest();
  const restMs = speakingMs("Piece 1-1 is said.");
  expect((await call.stored()).state?.timers.last_words).toBe(Date.now() + restMs + 2_000);
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
