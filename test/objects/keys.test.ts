// The customer presses keys: they are written down at once, and answered when all of them are there. The clock is
// the test's (support/live-call.ts).

import { afterEach, describe, expect, test } from "vitest";
import { pressedToo } from "../../src/domain/keys.ts";
import { fires, firesUntil, leaveCalls, says, talking, textsOf } from "../support/call-stages.ts";
import type { LiveCall } from "../support/live-call.ts";
import type { RelayClient } from "../support/session-sockets.ts";

afterEach(leaveCalls);

const AT_ONCE = { pieces: 1, pausesAfter: null, ends: null };
const THINKS = { pieces: 1, pausesAfter: 0, ends: null };
const HALTS = { pieces: 2, pausesAfter: 1, ends: null };

async function presses(call: LiveCall, relay: RelayClient, keys: string): Promise<void> {
  for (const digit of keys) relay.send({ type: "dtmf", digit });
  await call.rest();
}

describe("keys", () => {
  test("are one line, there at once, and one turn two seconds after the last", async () => {
    const { call, relay } = await talking({ agent: [AT_ONCE] });
    await presses(call, relay, "12");
    expect((await textsOf(call)).slice(1)).toEqual(["customer: [pressed 1 2]"]);
    expect(call.moments).toEqual(["opened"]);
    const pressedAtMs = Date.now();
    await fires(call);
    expect(Date.now() - pressedAtMs).toBe(2_000);
    expect(call.moments).toEqual(["opened", "customer_spoke"]);
    expect(call.turns.at(-1)?.lines.at(-1)?.text).toBe("[pressed 1 2]");
    expect((await textsOf(call)).at(-1)).toBe("agent: Piece 1-0 is said.");
  });

  test("are answered at once after #, and what follows while nothing was said goes on with their line", async () => {
    const { call, relay } = await talking({ agent: [AT_ONCE, THINKS] });
    await presses(call, relay, "42#");
    expect(call.moments).toEqual(["opened", "customer_spoke"]);
    await presses(call, relay, "7");
    expect((await textsOf(call)).slice(1)).toEqual(["customer: [pressed 4 2 # 7]"]);
  });

  test.for([
    ["one # after the other", "########", 0],
    ["input after input", "1#1#1#1#", 1],
  ] as const)("buy no turn each: %s", async ([, keys, answers]) => {
    const { call, relay } = await talking({ agent: [AT_ONCE, THINKS] });
    await presses(call, relay, keys);
    expect(call.moments).toHaveLength(1 + answers);
    expect((await textsOf(call)).slice(1)).toEqual([`customer: [pressed ${[...keys].join(" ")}]`]);
    await fires(call);
    expect(call.moments).toHaveLength(2 + answers);
    expect(call.turns.at(-1)?.lines.at(-1)?.text).toBe(`[pressed ${[...keys].join(" ")}]`);
  });

  test("are taken along by words: one turn hears both", async () => {
    const { call, relay } = await talking({ agent: [AT_ONCE] });
    await presses(call, relay, "1");
    await says(call, relay, "I mean one.");
    expect(call.moments).toEqual(["opened", "customer_spoke"]);
    expect(
      call.turns
        .at(-1)
        ?.lines.slice(1)
        .map(({ text }) => text),
    ).toEqual(["[pressed 1]", "I mean one."]);
    await firesUntil(call, () => call.moments.length > 2);
    expect(call.moments).toEqual(["opened", "customer_spoke", "silence"]);
  });

  test.for([
    ["thinks", THINKS, []],
    ["speaks", HALTS, ["agent: Piece 1-0 is said."]],
  ] as const)("end the turn of an agent that %s", async ([, shape, said]) => {
    const { call, relay } = await talking({ agent: [AT_ONCE, shape, AT_ONCE] });
    await says(call, relay, "Yes.");
    await presses(call, relay, "1");
    expect(call.aliveTurns).toBe(0);
    call.holds.releaseAll("answers");
    await fires(call);
    const keys =
      said.length === 0 ? ["customer: Yes.", "customer: [pressed 1]"] : [...said, "customer: [pressed 1]"];
    expect((await textsOf(call)).slice(-keys.length - 1)).toEqual([...keys, "agent: Piece 2-0 is said."]);
    expect(call.witness.ledger.faults).toEqual([]);
  });

  test.for(["hibernate", "close"] as const)(
    "are answered although the object is put out of memory meanwhile (sockets: %s)",
    async (webSockets) => {
      const { call, relay } = await talking({ agent: [AT_ONCE] });
      call.wait(5_000);
      await presses(call, relay, "1");
      await call.evict(webSockets);
      if (webSockets === "hibernate") {
        await presses(call, relay, "2");
        await fires(call);
      } else {
        await call.session.snapshot();
        expect(await call.relayEnds()).toBe("relay");
        await call.openRelay();
        await call.rest();
      }
      expect(call.moments.at(-1)).toBe("customer_spoke");
      const keys = webSockets === "hibernate" ? "[pressed 1 2]" : "[pressed 1]";
      expect(call.turns.at(-1)?.lines.at(-1)?.text).toBe(keys);
    },
  );

  test("into the agent's last words are written down, and change nothing", async () => {
    const { call, relay } = await talking({ agent: [AT_ONCE, { ...AT_ONCE, ends: "agent_hangup" }] });
    await says(call, relay, "Yes.");
    await presses(call, relay, "#");
    expect((await textsOf(call)).at(-1)).toBe("customer: [pressed #]");
    expect(call.moments).toEqual(["opened", "customer_spoke"]);
    expect((await call.stored()).state?.closing).toEqual({ reason: "agent_hangup" });
  });

  test("are shown to who watches, as they come", async () => {
    const { call, relay } = await talking({ agent: [AT_ONCE] });
    const watcher = await call.watch();
    await presses(call, relay, "12");
    const shown = watcher.messages.flatMap((message) =>
      message.type === "transcript" ? [[message.index, message.text]] : [],
    );
    expect(shown.slice(-2)).toEqual([
      [1, "[pressed 1]"],
      [1, "[pressed 1 2]"],
    ]);
  });
});

test("keys without end are lines without end: each is written anew with every key", () => {
  let line = "[pressed 1]";
  while (line.length < 1_000) line = pressedToo(line, "2") ?? "";
  expect(line).toHaveLength(1_001);
  expect(pressedToo(line, "2")).toBeNull();
});
