import { describe, expect, test } from "vitest";
import { Floor } from "../../src/domain/floor.ts";

const QUESTION = "Is this a good time?";

function floorAfter(...lines: [speaker: "agent" | "customer", index: number, text: string][]): Floor {
  const floor = new Floor(1000);
  for (const [speaker, index, text] of lines) floor.hear({ speaker, index, text }, 0);
  return floor;
}

describe("the floor", () => {
  test("is the agent's until it has spoken, and a little longer", () => {
    expect(new Floor(1000).isFree(60_000)).toBe(false);
    const floor = floorAfter(["agent", 0, QUESTION]);
    expect([floor.isFree(400), floor.isFree(600)]).toEqual([false, true]);
  });

  test("is free once the agent's words are over, at the speed at which they are heard", () => {
    const slow = new Floor(1);
    slow.hear({ speaker: "agent", index: 0, text: "x".repeat(150) }, 0);
    expect([slow.isFree(10_000), slow.isFree(11_000)]).toEqual([false, true]);
  });

  test("is the agent's again once the customer has spoken, until the answer", () => {
    const floor = floorAfter(["agent", 0, QUESTION]);
    floor.take();
    expect(floor.isFree(9_000)).toBe(false);
    floor.hear({ speaker: "customer", index: 1, text: "Yes." }, 9_000);
    expect(floor.isFree(19_000)).toBe(false);
    floor.hear({ speaker: "agent", index: 2, text: "Great." }, 20_000);
    expect(floor.isFree(21_000)).toBe(true);
  });

  test("is not freed by what was cut off, nor by words taken back", () => {
    const floor = floorAfter(["agent", 0, QUESTION]);
    floor.take();
    floor.hear({ speaker: "agent", index: 0, text: "Is this" }, 100);
    expect(floor.isFree(5_000)).toBe(false);
    floor.hear({ speaker: "agent", index: 1, text: "" }, 100);
    expect(floor.isFree(5_000)).toBe(false);
    // Words that nobody had seen yet are cut off by those of the customer.
    floor.hear({ speaker: "agent", index: 1, text: "And" }, 100);
    floor.hear({ speaker: "customer", index: 2, text: "Wait." }, 101);
    expect(floor.isFree(5_000)).toBe(false);
  });

  test("wants a sign of life every five seconds, but never while the agent thinks", () => {
    const floor = floorAfter(["agent", 0, QUESTION]);
    const signs = [1_000, 5_500, 6_000, 10_000, 10_600].map((nowMs) => floor.wantsSign(nowMs));
    expect(signs).toEqual([false, true, false, false, true]);
    floor.take();
    expect(floor.wantsSign(60_000)).toBe(false);
  });
});
