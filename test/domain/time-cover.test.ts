import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { coverSpan, type Cover } from "../../src/domain/time-cover.ts";

const at = (text: string): number => Date.parse(text) / 1000;

/** Around the ends of hours, days, months, leap days and years, and anywhere. */
const moment = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(
        "2026-01-01T00:00:00Z",
        "2024-02-29T23:00:00Z",
        "2026-11-22T05:00:00Z",
        "2026-12-01T00:00:00Z",
      ),
      fc.integer({ min: -3_700, max: 3_700 }),
    )
    .map(([text, off]) => at(text) + off),
  fc.integer({ min: at("2023-01-01T00:00:00Z"), max: at("2027-12-31T00:00:00Z") }),
);

/** How often a moment is counted. */
function timesCovered(cover: Cover, seconds: number): number {
  const bucketOf = {
    hour: Math.floor(seconds / 3_600) * 3_600,
    day: Math.floor(seconds / 86_400) * 86_400,
    month: at(`${new Date(seconds * 1000).toISOString().slice(0, 7)}-01T00:00:00Z`),
  };
  const whole = cover.whole.filter(
    ({ grain, from, to }) =>
      (from === null || bucketOf[grain] >= from) && (to === null || bucketOf[grain] < to),
  );
  const partial = cover.partial.filter(({ from, to }) => seconds >= from && seconds < to);
  return whole.length + partial.length;
}

test.for(["month", "day"] as const)(
  "every moment of the span is covered once, and no other: by %s",
  (widest) => {
    const bound = fc.option(moment, { freq: 8 });
    fc.assert(
      fc.property(bound, bound, fc.array(moment, { minLength: 1 }), (from, to, moments) => {
        const cover = coverSpan({ from, to }, widest);
        expect(cover.whole.every(({ grain }) => widest === "month" || grain !== "month")).toBe(true);
        const edges = [from, to].flatMap((edge) => (edge === null ? [] : [edge - 1, edge, edge + 1]));
        for (const seconds of [...moments, ...edges]) {
          const isInside = (from === null || seconds >= from) && (to === null || seconds < to);
          expect([seconds, timesCovered(cover, seconds)]).toEqual([seconds, isInside ? 1 : 0]);
        }
      }),
      { numRuns: 2_000 },
    );
  },
);

test("no more pieces than five and two, and each partial one within an hour", () => {
  fc.assert(
    fc.property(fc.option(moment), fc.option(moment), (from, to) => {
      const { whole, partial } = coverSpan({ from, to });
      expect(whole.length).toBeLessThanOrEqual(5);
      expect(partial.length).toBeLessThanOrEqual(2);
      for (const piece of partial) expect(piece.to - piece.from).toBeLessThan(3_600);
    }),
    { numRuns: 2_000 },
  );
});

describe("the cover is small", () => {
  test.for([
    ["all of time", null, null, { month: Infinity }],
    ["a whole year", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", { month: 12 }],
    ["one day", "2026-05-12T00:00:00Z", "2026-05-13T00:00:00Z", { day: 1 }],
    [
      "any two moments a year apart",
      "2025-11-22T05:30:00Z",
      "2026-11-22T05:30:00Z",
      { hour: 23, day: 29, month: 11 },
    ],
    ["within one hour", "2026-11-22T05:10:00Z", "2026-11-22T05:50:00Z", {}],
    ["nothing", "2026-11-22T05:10:00Z", "2026-11-22T05:10:00Z", {}],
  ] as const)("%s", ([, from, to, expected]) => {
    const cover = coverSpan({ from: from && at(from), to: to && at(to) });
    const sizes = { hour: 3_600, day: 86_400, month: 30.4 * 86_400 };
    const buckets: Record<string, number> = {};
    for (const { grain, from: first, to: end } of cover.whole) {
      const count = first === null || end === null ? Infinity : Math.round((end - first) / sizes[grain]);
      buckets[grain] = (buckets[grain] ?? 0) + count;
    }
    expect(buckets).toEqual(expected);
  });
});
