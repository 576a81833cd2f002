import { expect, test } from "vitest";
import { chanceOf } from "../chaos/chance.ts";
import { BEHAVIOURS } from "../chaos/numbers.ts";
import { parseChaosOptions } from "../chaos/options.ts";
import { planOf } from "../chaos/plan.ts";

test("the same seed plans the same, another something else", () => {
  const wish = { calls: 200, kills: 10, seed: 7 };
  expect(planOf(wish)).toEqual(planOf(wish));
  expect(planOf({ ...wish, seed: 8 })).not.toEqual(planOf(wish));
});

test("each call has a number of its own, every behaviour comes as often as every other, and short runs have them all", () => {
  const kinds = Object.keys(BEHAVIOURS);
  const { calls } = planOf({ calls: 5 * kinds.length, kills: 0, seed: 1 });
  expect(new Set(calls.map(({ to }) => to)).size).toBe(calls.length);
  for (const { to, behaves } of calls) expect(to).toMatch(new RegExp(`^\\+1500[2-9]\\d\\d${behaves}$`));
  for (const kind of kinds) expect(calls.filter(({ behaves }) => behaves === kind)).toHaveLength(5);
  expect(new Set(calls.slice(0, kinds.length).map(({ behaves }) => behaves)).size).toBe(kinds.length);
});

test("a plan has its kills in the order in which they come, within the run, and its callers", () => {
  const { kills, callers, calmFrom } = planOf({ calls: 200, kills: 12, seed: 3 });
  expect(kills).toHaveLength(12);
  expect(kills.map(({ sent }) => sent)).toEqual(kills.map(({ sent }) => sent).toSorted((a, b) => a - b));
  for (const { sent } of kills) expect(sent).toSatisfy((count: number) => count >= 1 && count <= calmFrom);
  expect(calmFrom).toBe(140);
  expect(callers.filter(({ before }) => before >= calmFrom).length).toBeGreaterThanOrEqual(8);
  expect(callers).toHaveLength(16);
  expect(new Set(callers.map(({ from }) => from)).size).toBe(16);
});

test("chance stays in its range, and reaches both ends of it", () => {
  const chance = chanceOf(42);
  const draws = Array.from({ length: 1_000 }, () => chance.between(3, 6));
  expect(new Set(draws)).toEqual(new Set([3, 4, 5, 6]));
  expect(chance.shuffled([1, 2, 3, 4]).toSorted()).toEqual([1, 2, 3, 4]);
});

test("options: seeds by comma, one kill in twenty calls unless it is said", () => {
  expect(parseChaosOptions([])).toEqual({ calls: 200, seeds: [1], kills: 10, keep: false });
  expect(parseChaosOptions(["--calls", "50", "--seed", "1,2,3", "--kills", "0", "--keep"])).toEqual({
    calls: 50,
    seeds: [1, 2, 3],
    kills: 0,
    keep: true,
  });
  expect(() => parseChaosOptions(["--calls", "0"])).toThrow("--calls");
  expect(() => parseChaosOptions(["--seed", "1,x"])).toThrow("--seed");
});
