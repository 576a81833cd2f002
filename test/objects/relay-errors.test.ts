// What goes wrong in the midst of a talk: with the agent's mind, or with what the carrier was sent.

import { afterEach, describe, expect, test, vi } from "vitest";
import { scriptedBrain } from "../../src/agent/scripted.ts";
import type { BrainOutput } from "../../src/agent/brain.ts";
import { leaveCalls, says, talking, textsOf } from "../support/call-stages.ts";

afterEach(leaveCalls);

const AT_ONCE = { pieces: 1, pausesAfter: null, ends: null };
const APOLOGY = "I am sorry, something went wrong on our side. Goodbye.";

test.for([
  ["has said something: a space is between", ["Let me see."], `agent: Let me see. ${APOLOGY}`],
  ["has said nothing", [], `agent: ${APOLOGY}`],
] as const)("an agent whose mind fails when it %s apologises", async ([, words, line]) => {
  const { call, relay } = await talking({ agent: [AT_ONCE] });
  vi.spyOn(scriptedBrain, "takeTurn").mockImplementation(async function* (): AsyncGenerator<BrainOutput> {
    for (const text of words) yield { type: "words", text };
    throw new Error("It has lost its mind");
  });
  await says(call, relay, "Yes.");
  expect((await textsOf(call)).at(-1)).toBe(line);
});

describe("an error that the carrier reports", () => {
  test.for([
    ['Invalid message received: {"type":"text","token":"My secret"}', "Invalid message received: "],
    [`64107 ${"x".repeat(200)}`, `64107 ${"x".repeat(74)}`],
  ] as const)("is logged without the frame that it quotes: %s", async ([description, logged]) => {
    const { call, relay } = await talking({ agent: [AT_ONCE] });
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    relay.send({ type: "error", description });
    await call.rest();
    const errors = log.mock.calls.map(([line]) => JSON.parse(String(line)));
    expect(errors).toMatchObject([{ event: "relay_error", error: logged }]);
  });
});
