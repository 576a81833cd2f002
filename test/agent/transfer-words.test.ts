// What the scripted agent says and does when a customer wants a human, and what the human is told.

import { describe, expect, test } from "vitest";
import { briefOf } from "../../src/agent/brief.ts";
import { scriptedTurn } from "../../src/agent/scripted.ts";
import type { Moment } from "../../src/domain/call/events.ts";
import type { Line } from "../../src/domain/transcript.ts";
import { planOf } from "../support/plans.ts";

const DANA = { name: "Dana Scully", metadata: { product_interest: "Standing Desk Pro", cart_value: 1290 } };
const GREETING = "Hi Dana, this is Aria calling from Luminary Home. Is this a good time to talk?";
const TALK: Line[] = [
  { speaker: "agent", text: GREETING, atMs: 1 },
  { speaker: "customer", text: "Let me talk to a real person.", atMs: 2 },
];

function wordsAt(moment: Moment, plan = planOf({ contact: DANA }), lines = TALK): string {
  return scriptedTurn({ moment, lines, plan })
    .map((output) => (output.type === "words" ? output.text : `<${output.type}>`))
    .join("");
}

describe("who asks for a human", () => {
  test("is transferred to the campaign's queue, with a brief and without a word of the agent's", () => {
    const plan = planOf({ config: { transfer_queue: "sales" }, contact: DANA });
    expect(scriptedTurn({ moment: "customer_spoke", lines: TALK, plan })).toEqual([
      {
        type: "transfer_to_human",
        target: "sales",
        brief: "Dana Scully is on the line. Interested in the Standing Desk Pro. The basket comes to $1,290.",
      },
    ]);
  });

  test("is promised a call back where there is no queue", () => {
    expect(wordsAt("customer_spoke")).toBe(
      "I will ask a colleague to call you back. Is this a good time to talk?",
    );
  });

  test.for<[Moment, string]>([
    ["transferring", "One moment please, I am connecting you with a colleague."],
    [
      "transfer_failed",
      "I am sorry, none of my colleagues could take the call. Is this a good time to talk?",
    ],
    [
      "no_human",
      "I am sorry, all my colleagues are busy at the moment. I will ask one of them to call you back. Is this a good time to talk?",
    ],
  ])("hears at `%s`: %s", ([moment, words]) => {
    expect(wordsAt(moment)).toBe(words);
    expect(wordsAt(moment, planOf({ config: { transfer_queue: "sales" }, contact: DANA }))).toBe(words);
  });

  test("and came back from nobody is asked what was asked before", () => {
    const lines: Line[] = [
      ...TALK,
      { speaker: "agent", text: "One moment please, I am connecting you with a colleague.", atMs: 3 },
      { speaker: "agent", text: wordsAt("transfer_failed"), atMs: 4 },
      { speaker: "customer", text: "Yes.", atMs: 5 },
    ];
    expect(wordsAt("customer_spoke", planOf({ contact: DANA }), lines)).toMatch(/^Great, thank you\./);
  });
});

describe("the brief", () => {
  test.for([
    ["a name alone", { name: "Dana", metadata: {} }, "Dana is on the line."],
    ["a basket alone", { name: null, metadata: { cart_value: 9.5 } }, "The basket comes to $9.50."],
    ["nothing", { name: " ", metadata: { product_interest: 7, cart_value: -1 } }, null],
  ] as const)("has what is known: %s", ([, contact, brief]) => {
    expect(briefOf(planOf({ contact }), TALK)).toBe(brief);
  });

  test("of a caller has only what they said: a number is no proof of who calls", () => {
    const inbound = planOf({ callType: "inbound", contact: DANA });
    expect(briefOf(inbound, TALK)).toBe("The caller said: Let me talk to a real person.");
    expect(briefOf(inbound, [])).toBeNull();
  });

  const ofCaller = (text: string): string =>
    briefOf(planOf({ callType: "inbound" }), [{ speaker: "customer", text, atMs: 1 }]) ?? "";

  test("is never longer than 280 characters, and keeps what a caller said last, from a word on", () => {
    const brief = ofCaller(`${"wonderful ".repeat(60)}refund`);
    expect(brief.length).toBeLessThanOrEqual(280);
    expect(brief.length).toBeGreaterThan(260);
    expect(brief).toMatch(/^The caller said: …wonderful .* refund$/);
    expect(ofCaller("A".repeat(500))).toMatch(/^The caller said: …A{262}$/);
  });

  test("is cut between characters, never within one", () => {
    const brief = ofCaller("😀".repeat(300));
    expect([[...brief].length, brief.isWellFormed()]).toEqual([280, true]);
    expect(ofCaller("a lone \ud83d half").isWellFormed()).toBe(true);
    const name = "😀".repeat(300);
    const told = briefOf(planOf({ contact: { name, metadata: {} } }), TALK) ?? "";
    expect([[...told].length <= 280, told.isWellFormed()]).toEqual([true, true]);
  });
});
