// The rule of the token bucket, and which bucket holds how much.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { limitOf } from "../../src/domain/rate-limits.ts";
import { take, toStore, type TokenBucket, type TokenDraw } from "../../src/domain/token-bucket.ts";

const NOW_MS = Date.UTC(2026, 10, 22, 12, 0, 0);

/** Stands in for the object: keeps the bucket between draws, and stores what it must. */
class Tap {
  bucket: TokenBucket | null = null;
  stored: TokenBucket | null = null;
  perMinute: number;

  constructor(perMinute: number) {
    this.perMinute = perMinute;
  }

  takes(nowMs = NOW_MS): TokenDraw {
    const { bucket, draw } = take(this.bucket, { perMinute: this.perMinute }, nowMs);
    this.bucket = bucket;
    this.stored = toStore(this.stored, bucket, { perMinute: this.perMinute });
    return draw;
  }

  /** The object was out of memory. */
  forgets(): void {
    this.bucket = this.stored;
  }

  /** How many pass at one moment. Draws them. */
  passes(nowMs = NOW_MS): number {
    let passed = 0;
    while (this.takes(nowMs).allowed) passed += 1;
    return passed;
  }
}

describe("a bucket", () => {
  test("begins full, and counts down", () => {
    const tap = new Tap(3);
    expect(tap.takes()).toEqual({ allowed: true, remaining: 2, resetSeconds: 20, retryAfterSeconds: null });
    expect(tap.takes()).toMatchObject({ allowed: true, remaining: 1 });
    expect(tap.takes()).toMatchObject({ allowed: true, remaining: 0 });
    expect(tap.takes()).toEqual({ allowed: false, remaining: 0, resetSeconds: 20, retryAfterSeconds: 20 });
  });

  test("fills evenly, by the millisecond", () => {
    const tap = new Tap(7);
    expect(tap.passes()).toBe(7);
    expect(tap.takes(NOW_MS + 8_571)).toMatchObject({ allowed: false, retryAfterSeconds: 1 });
    expect(tap.takes(NOW_MS + 8_572)).toMatchObject({ allowed: true, remaining: 0 });
    expect(tap.passes(NOW_MS + 60_000)).toBe(6);
  });

  test("tells how long to wait in whole seconds, at least one", () => {
    const tap = new Tap(600);
    tap.passes();
    expect(tap.takes()).toMatchObject({ allowed: false, retryAfterSeconds: 1, resetSeconds: 1 });
    const slow = new Tap(8);
    slow.passes();
    expect(slow.takes()).toMatchObject({ retryAfterSeconds: 8 });
    expect(slow.takes(NOW_MS + 500)).toMatchObject({ retryAfterSeconds: 7 });
    expect(slow.takes(NOW_MS + 501)).toMatchObject({ retryAfterSeconds: 7 });
    expect(slow.takes(NOW_MS + 1_500)).toMatchObject({ retryAfterSeconds: 6 });
  });

  test("saves up no more than it holds", () => {
    const tap = new Tap(5);
    tap.takes();
    expect(tap.passes(NOW_MS + 86_400_000)).toBe(5);
  });

  // Sixty-thousandths that no binary fraction is exactly.
  test.for([59, 61, 63, 118, 122])("that keeps %d parts of a token loses none of them", (parts) => {
    const tap = new Tap(1);
    tap.bucket = { tokens: parts / 60_000, updatedAtMs: NOW_MS };
    expect(tap.passes(NOW_MS + 60_000 - parts - 1)).toBe(0);
    expect(tap.passes(NOW_MS + 60_000 - parts)).toBe(1);
  });

  test("that refuses is as it was, so nothing has to be stored", () => {
    const tap = new Tap(2);
    tap.passes();
    const before = tap.bucket;
    tap.takes(NOW_MS + 10_000);
    expect(tap.bucket).toBe(before);
  });
});

describe("a clock that is set back", () => {
  test("refills nothing", () => {
    const tap = new Tap(10);
    tap.passes();
    expect(tap.passes(NOW_MS - 3_600_000)).toBe(0);
  });

  test("locks nobody out until it has caught up", () => {
    const tap = new Tap(10);
    tap.passes();
    tap.takes(NOW_MS - 3_600_000);
    expect(tap.passes(NOW_MS - 3_600_000 + 6_000)).toBe(1);
    expect(tap.passes(NOW_MS - 3_600_000 + 66_000)).toBe(10);
  });

  test("leaves what was left", () => {
    const tap = new Tap(10);
    tap.takes();
    expect(tap.passes(NOW_MS - 3_600_000)).toBe(9);
  });
});

describe("a limit that changes between draws", () => {
  test("lowered, it leaves no more than the new one allows, and fills at its rate", () => {
    const tap = new Tap(100);
    tap.takes();
    tap.perMinute = 10;
    expect(tap.passes()).toBe(10);
    expect(tap.passes(NOW_MS + 6_000)).toBe(1);
  });

  test("raised, it gives nothing at once, and fills at the new rate up to the new one", () => {
    const tap = new Tap(10);
    tap.passes();
    tap.perMinute = 600;
    expect(tap.passes()).toBe(0);
    expect(tap.passes(NOW_MS + 1_000)).toBe(10);
    expect(tap.passes(NOW_MS + 61_000)).toBe(600);
  });
});

describe("what makes no sense", () => {
  test.for([0, -1, 0.5, Number.NaN, Infinity, -Infinity])("a limit of %d lets nothing pass", (perMinute) => {
    const tap = new Tap(perMinute);
    const refusal = { allowed: false, remaining: 0, resetSeconds: 0, retryAfterSeconds: 60 };
    expect(tap.takes()).toEqual(refusal);
    expect(tap.takes(NOW_MS + 600_000)).toEqual(refusal);
  });

  test("a part of a request a minute is none", () => {
    expect(new Tap(2.9).passes()).toBe(2);
  });

  test("tokens that are no number are none, and come back with time", () => {
    const tap = new Tap(6);
    for (const tokens of [Number.NaN, -5]) {
      tap.bucket = { tokens, updatedAtMs: NOW_MS };
      expect(tap.passes()).toBe(0);
      expect(tap.passes(NOW_MS + 20_000)).toBe(2);
    }
  });

  test("a time that is no number refills nothing, then or after, and locks nobody out", () => {
    const tap = new Tap(6);
    expect(tap.passes(Number.NaN)).toBe(6);
    expect(tap.passes(NOW_MS)).toBe(0);
    expect(tap.passes(NOW_MS + 10_000)).toBe(1);
  });
});

describe("at whatever times it is drawn from", () => {
  const perMinutes = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 6_000 }));
  const waits = fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constant(0) },
      { weight: 2, arbitrary: fc.integer({ min: 0, max: 500 }) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 70_000 }) },
    ),
    { minLength: 1, maxLength: 150 },
  );

  test("in no window more pass than the capacity and what its seconds are worth", () => {
    fc.assert(
      fc.property(perMinutes, waits, (perMinute, waitsMs) => {
        const tap = new Tap(perMinute);
        const passedAtMs: number[] = [];
        let nowMs = NOW_MS;
        for (const waitMs of waitsMs) {
          nowMs += waitMs;
          if (tap.takes(nowMs).allowed) passedAtMs.push(nowMs);
        }
        for (const [first, fromMs] of passedAtMs.entries()) {
          for (const [more, toMs] of passedAtMs.slice(first).entries()) {
            // In parts of a token, so that the comparison is one of whole numbers.
            expect((more + 1) * 60_000).toBeLessThanOrEqual(perMinute * (60_000 + toMs - fromMs));
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  test("nobody is refused to whom the window leaves a whole token", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), waits, (perMinute, waitsMs) => {
        const tap = new Tap(perMinute);
        const passedAtMs: number[] = [];
        let nowMs = NOW_MS;
        for (const waitMs of waitsMs) {
          nowMs += waitMs;
          const fits = passedAtMs.every(
            (fromMs, first) =>
              (passedAtMs.length - first + 1) * 60_000 <= perMinute * (60_000 + nowMs - fromMs),
          );
          expect(tap.takes(nowMs).allowed).toBe(fits);
          if (fits) passedAtMs.push(nowMs);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("out of memory at any time, it lets no more pass, and loses a tenth of the capacity at most", () => {
    fc.assert(
      fc.property(perMinutes, waits, fc.infiniteStream(fc.boolean()), (perMinute, waitsMs, forgets) => {
        const tap = new Tap(perMinute);
        const passedAtMs: number[] = [];
        let nowMs = NOW_MS;
        for (const waitMs of waitsMs) {
          nowMs += waitMs;
          if (forgets.next().value === true) {
            const before = new Tap(perMinute);
            before.bucket = tap.bucket;
            tap.forgets();
            const after = new Tap(perMinute);
            after.bucket = tap.bucket;
            const [left, leftAfter] = [before.passes(nowMs), after.passes(nowMs)];
            expect(leftAfter).toBeLessThanOrEqual(left);
            expect(leftAfter).toBeGreaterThanOrEqual(left - Math.floor(perMinute / 10));
          }
          if (tap.takes(nowMs).allowed) passedAtMs.push(nowMs);
        }
        for (const [first, fromMs] of passedAtMs.entries()) {
          const passed = passedAtMs.length - first;
          expect(passed * 60_000).toBeLessThanOrEqual(perMinute * (60_000 + nowMs - fromMs));
        }
      }),
      { numRuns: 200 },
    );
  });

  test("after a minute of rest the whole capacity passes at once", () => {
    fc.assert(
      fc.property(perMinutes, waits, (perMinute, waitsMs) => {
        const tap = new Tap(perMinute);
        let nowMs = NOW_MS;
        for (const waitMs of waitsMs) tap.takes((nowMs += waitMs));
        expect(tap.passes(nowMs + 60_000)).toBe(perMinute);
      }),
      { numRuns: 200 },
    );
  });

  test("the wait that a refusal names is enough, and a second less is not", () => {
    fc.assert(
      fc.property(perMinutes, waits, (perMinute, waitsMs) => {
        const tap = new Tap(perMinute);
        let nowMs = NOW_MS;
        for (const waitMs of waitsMs) tap.takes((nowMs += waitMs));
        tap.passes(nowMs);
        const { retryAfterSeconds } = tap.takes(nowMs);
        const waitMs = (retryAfterSeconds ?? Number.NaN) * 1_000;
        expect(waitMs).toBeGreaterThanOrEqual(1_000);
        if (waitMs > 1_000) expect(tap.takes(nowMs + waitMs - 1_000).allowed).toBe(false);
        expect(tap.takes(nowMs + waitMs).allowed).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe("limits", () => {
  test("are a key's own where it has some, even none at all", () => {
    const keyLimits = { place_call: 6_000, end_call: 0 };
    expect(limitOf("place_call", keyLimits)).toBe(6_000);
    expect(limitOf("end_call", keyLimits)).toBe(0);
    expect(limitOf("default", keyLimits)).toBe(600);
  });
});
