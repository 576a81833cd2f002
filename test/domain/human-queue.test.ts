// Who of a queue is offered the next call, and how a person is reached.

import { describe, expect, test } from "vitest";
import { changeAddress, chooseHuman, type Candidate } from "../../src/domain/human-queue.ts";

function human(id: string, changes: Partial<Candidate> = {}): Candidate {
  return { id, presence: "available", isReserved: false, idleSinceMs: null, ...changes };
}

describe("the next call is offered to", () => {
  const cases: [name: string, candidates: Candidate[], exclude: string[], chosen: string | null][] = [
    ["nobody, of nobody", [], [], null],
    ["the only one", [human("a")], [], "a"],
    ["nobody who is busy", [human("a", { presence: "busy" })], [], null],
    ["nobody who is offline", [human("a", { presence: "offline" })], [], null],
    ["nobody who is reserved", [human("a", { isReserved: true })], [], null],
    ["nobody who was tried", [human("a"), human("b")], ["b", "a"], null],
    ["another than who was tried", [human("a"), human("b")], ["a"], "b"],
    ["the one idle longest", [human("a", { idleSinceMs: 2 }), human("b", { idleSinceMs: 1 })], [], "b"],
    [
      "the one idle longest, wherever they stand",
      [human("a", { idleSinceMs: 2 }), human("b", { idleSinceMs: 1 }), human("c", { idleSinceMs: 3 })],
      [],
      "b",
    ],
    ["who was never offered any first", [human("a", { idleSinceMs: 0 }), human("b")], [], "b"],
    ["the older, of two never offered any", [human("b"), human("a")], [], "a"],
    [
      "the older, of two idle equally long",
      [human("b", { idleSinceMs: 5 }), human("a", { idleSinceMs: 5 })],
      [],
      "a",
    ],
    [
      "the one idle longest of those who can take it",
      [
        human("a", { isReserved: true }),
        human("b", { presence: "busy" }),
        human("c"),
        human("d", { idleSinceMs: 7 }),
        human("e", { idleSinceMs: 6 }),
      ],
      ["c"],
      "e",
    ],
  ];

  test.for(cases)("%s", ([, candidates, exclude, chosen]) => {
    expect(chooseHuman(candidates, exclude)?.id ?? null).toBe(chosen);
  });
});

describe("an address", () => {
  const byPhone = { phone: "+14155550192", sip: null };
  const bySip = { phone: null, sip: "sip:mia@example.com" };

  test.for([
    ["stays if nothing is said of it", byPhone, { name: "Mia" }, byPhone],
    ["stays if what is said is undefined", bySip, { phone: undefined, sip: undefined }, bySip],
    ["is another number", byPhone, { phone: "+14155550193" }, { phone: "+14155550193", sip: null }],
    ["is a SIP address instead of a number", byPhone, { sip: bySip.sip }, bySip],
    ["is a number instead of a SIP address", bySip, { phone: byPhone.phone }, byPhone],
    ["is the one that is set where the other is cleared", bySip, byPhone, byPhone],
    ["stays if the other, which is not there, is cleared", byPhone, { sip: null }, byPhone],
    [
      "is nothing if the only one is cleared, which no queue keeps",
      bySip,
      { sip: null },
      { phone: null, sip: null },
    ],
  ] as const)("%s", ([, current, changes, expected]) => {
    expect(changeAddress(current, changes)).toEqual(expected);
  });
});
