import { describe, expect, test } from "vitest";
import { TtlCache } from "../../src/lib/ttl-cache.ts";

const NOW = 1_780_000_000_000;

function cacheOf(keys: readonly string[], maxEntries: number): TtlCache<string> {
  const cache = new TtlCache<string>(1_000, maxEntries);
  for (const key of keys) cache.set(key, key.toUpperCase(), NOW);
  return cache;
}

function held(cache: TtlCache<string>, keys: readonly string[]): string[] {
  return keys.filter((key) => cache.get(key, NOW) !== undefined);
}

describe("a value", () => {
  test.each([
    ["at once", 0, "A"],
    ["just before its time is up", 999, "A"],
    ["when its time is up", 1_000, undefined],
    ["long after", 1_000_000, undefined],
    ["by a clock that went back", -5_000, "A"],
    ["by a clock that tells no time", Number.NaN, undefined],
  ])("is had %s", (_, afterMs, value) => {
    expect(cacheOf(["a"], 10).get("a", NOW + afterMs)).toBe(value);
  });

  test("lives anew once it is set anew", () => {
    const cache = cacheOf(["a"], 10);
    cache.set("a", "second", NOW + 900);
    expect([cache.get("a", NOW + 1_500), cache.get("a", NOW + 1_900)]).toEqual(["second", undefined]);
  });

  test.each([0, 1_000, 1_000_000])("is had for stale however old it is: %i ms", (afterMs) => {
    const cache = cacheOf(["a"], 10);
    cache.get("a", NOW + afterMs);
    expect([cache.getStale("a"), cache.getStale("b")]).toEqual(["A", undefined]);
  });

  test("that was set anew is the one that is had for stale", () => {
    const cache = cacheOf(["a"], 10);
    cache.set("a", "second", NOW + 5_000);
    expect(cache.getStale("a")).toBe("second");
  });

  test("that was deleted is not had, not even for stale, and the others are", () => {
    const cache = cacheOf(["a", "b"], 10);
    cache.delete("a");
    cache.delete("never there");
    expect([cache.get("a", NOW), cache.getStale("a"), cache.get("b", NOW)]).toEqual([
      undefined,
      undefined,
      "B",
    ]);
  });

  test("is not had under another key", () => expect(cacheOf(["a"], 10).get("b", NOW)).toBeUndefined());

  test("that is false is had all the same", () => {
    const cache = new TtlCache<boolean | null>(1_000, 10);
    cache.set("no", false, NOW);
    cache.set("none", null, NOW);
    expect([cache.get("no", NOW), cache.get("none", NOW)]).toEqual([false, null]);
  });
});

describe("a cache", () => {
  const KEYS = ["a", "b", "c", "d", "e"];

  test("holds as many as it may, and the first to come is the first to go", () => {
    expect(held(cacheOf(KEYS, 5), KEYS)).toEqual(KEYS);
    expect(held(cacheOf(KEYS, 3), KEYS)).toEqual(["c", "d", "e"]);
    expect(held(cacheOf(KEYS, 1), KEYS)).toEqual(["e"]);
  });

  test("keeps an expired value in its place, to be had for stale, until it is the first to go", () => {
    const cache = cacheOf(["a", "b"], 2);
    expect(cache.get("b", NOW + 2_000)).toBeUndefined();
    cache.set("c", "C", NOW + 2_000);
    expect(KEYS.map((key) => cache.getStale(key))).toEqual([undefined, "B", "C", undefined, undefined]);
    cache.set("d", "D", NOW + 2_000);
    expect(KEYS.map((key) => cache.getStale(key))).toEqual([undefined, undefined, "C", "D", undefined]);
  });

  test("has nothing, however old, of what was deleted from it, and room for another", () => {
    const cache = cacheOf(["a", "b"], 2);
    cache.delete("a");
    cache.delete("nobody");
    expect([cache.get("a", NOW), cache.getStale("a")]).toEqual([undefined, undefined]);
    cache.set("c", "C", NOW);
    expect(held(cache, KEYS)).toEqual(["b", "c"]);
  });

  // A full cache whose busiest key is set anew each minute would otherwise empty itself, one by one.
  test("drops no other value when one that it holds is set anew", () => {
    const cache = cacheOf(["a", "b", "c"], 3);
    cache.set("c", "again", NOW);
    expect(held(cache, KEYS)).toEqual(["a", "b", "c"]);
  });
});
