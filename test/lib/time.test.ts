import { expect, test } from "vitest";
import { isoSeconds, toEpochSeconds } from "../../src/lib/time.ts";

test.each([
  ["the epoch", 0, "1970-01-01T00:00:00Z"],
  ["a leap day", 1_709_251_199, "2024-02-29T23:59:59Z"],
  ["before the epoch", -1, "1969-12-31T23:59:59Z"],
  ["half a second", 1.5, "1970-01-01T00:00:01Z"],
])("isoSeconds of %s", (_, seconds, iso) => expect(isoSeconds(seconds)).toBe(iso));

test("isoSeconds of no time throws, rather than tell one", () => {
  expect(() => isoSeconds(Number.NaN)).toThrow(RangeError);
});

test.each([
  [0, 0],
  [999, 0],
  [1_000, 1],
  [1_780_000_000_999, 1_780_000_000],
  [-1, -1],
])("%i ms is within second %i", (ms, seconds) => expect(toEpochSeconds(ms)).toBe(seconds));
