import { describe, expect, test } from "vitest";
import type { CallRecord } from "../../src/contract/calls.ts";
import type { LiveMessage } from "../../src/contract/live.ts";
import { hear, NOTHING_HEARD, turnsOf } from "../../src/desk/live/watched-call.ts";

type Line = [index: number, text: string];

function said(...lines: Line[]) {
  return lines
    .map(([index, text]): LiveMessage => ({
      type: "transcript",
      cursor: 1,
      index,
      speaker: "agent",
      text,
      timestamp: index,
    }))
    .reduce(hear, NOTHING_HEARD);
}

/** What is stored of the call: lines as the socket numbers them. */
function recordOf(...lines: Line[]): CallRecord {
  const transcript = lines.map(([timestamp, text]) => ({ speaker: "agent", text, timestamp }));
  return { transcript } as CallRecord;
}

const textsOf = (...given: Parameters<typeof turnsOf>) => turnsOf(...given).map(({ text }) => text);

describe("what was said", () => {
  test("is in the order of its index, and each line as it was told last", () => {
    const heard = said([0, "Hel"], [2, "Yes"], [1, "Who?"], [0, "Hello"]);
    expect(textsOf(heard, recordOf())).toEqual(["Hello", "Who?", "Yes"]);
  });

  test("is without what was taken back", () => {
    expect(textsOf(said([0, "Hello"], [1, "I"], [1, ""]), recordOf())).toEqual(["Hello"]);
  });

  test("begins with what the socket does not tell any more", () => {
    const turns = turnsOf(
      said([2, "Third"], [3, "Fourth"]),
      recordOf([0, "First"], [1, "Second"], [2, "Third"]),
    );
    expect(turns.map(({ text }) => text)).toEqual(["First", "Second", "Third", "Fourth"]);
    expect(new Set(turns.map(({ index }) => index)).size).toBe(4);
  });

  test("is what is stored, where the socket tells nothing", () => {
    expect(textsOf(NOTHING_HEARD, recordOf([0, "First"], [1, "Second"]))).toEqual(["First", "Second"]);
  });

  test("is not told twice where the socket tells all", () => {
    expect(textsOf(said([0, ""], [1, "Second"]), recordOf([1, "Second"]))).toEqual(["Second"]);
  });
});
