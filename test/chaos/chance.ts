// Chance that comes from a seed alone: the same seed draws the same.

export type Chance = {
  /** From 0 to 1. */
  next(): number;
  /** A whole number of the range, both ends included. */
  between(from: number, to: number): number;
  /** True for this share of draws. */
  happens(share: number): boolean;
  oneOf<T>(items: readonly [T, ...T[]]): T;
  shuffled<T>(items: readonly T[]): T[];
};

/** mulberry32. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    between,
    happens: (share) => next() < share,
    oneOf: (items) => items[between(0, items.length - 1)] ?? items[0],
    shuffled(items) {
      const drawn = items.map((item) => ({ item, at: next() }));
      return drawn.toSorted((a, b) => a.at - b.at).map(({ item }) => item);
    },
  };
}
