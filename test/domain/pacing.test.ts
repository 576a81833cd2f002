// The rule of the gate, with a list standing in for the gate.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decideReservation,
  type GateLimits,
  type Reservation,
  type Slot,
  type SlotRequest,
} from "../../src/domain/pacing.ts";

const NOW_MS = Date.UTC(2026, 10, 22, 12, 0, 0);
const LEASE_MS = 600_000;

class Gate {
  slots: Slot[] = [];
  nextStartAtMs = 0;
  readonly limits: GateLimits;

  constructor(limits: Partial<GateLimits> = {}) {
    this.limits = { callsPerSecond: 1, maxConcurrent: null, ...limits };
  }

  asks(callId: string, nowMs = NOW_MS, changes: Partial<SlotRequest> = {}): Reservation {
    this.slots = this.slots.filter((slot) => slot.expiresAtMs > nowMs);
    const view = {
      held: this.slots.find((slot) => slot.callId === callId) ?? null,
      liveSlots: this.slots.length,
      nextStartAtMs: this.nextStartAtMs,
    };
    const request = {
      callId,
      attempt: 1,
      limits: this.limits,
      leaseMs: LEASE_MS,
      deadlineMs: nowMs + 300_000,
      ...changes,
    };
    const answer = decideReservation(view, request, nowMs);
    if (answer.kind === "granted") {
      this.release(callId);
      this.slots.push(answer.slot);
      this.nextStartAtMs = answer.nextStartAtMs;
    }
    return answer;
  }

  release(callId: string): void {
    this.slots = this.slots.filter((slot) => slot.callId !== callId);
  }
}

const startOf = (answer: Reservation): number | null =>
  answer.kind === "granted" ? answer.slot.startAtMs : null;

describe("calls per second", () => {
  test("the first call starts at once, the others in their turn", () => {
    const gate = new Gate({ callsPerSecond: 4 });
    const starts = ["a", "b", "c", "d", "e"].map((id) => startOf(gate.asks(id)));
    expect(starts).toEqual([0, 250, 500, 750, 1000].map((ms) => NOW_MS + ms));
  });

  test("a gate that was idle saves up nothing", () => {
    const gate = new Gate();
    gate.asks("a");
    expect(startOf(gate.asks("b", NOW_MS + 60_000))).toBe(NOW_MS + 60_000);
    expect(startOf(gate.asks("c", NOW_MS + 60_000))).toBe(NOW_MS + 61_000);
  });

  test("less than one call a second is a pace too", () => {
    const gate = new Gate({ callsPerSecond: 0.1 });
    gate.asks("a");
    expect(startOf(gate.asks("b"))).toBe(NOW_MS + 10_000);
  });

  test("a start is a whole millisecond, and never sooner than the pace allows", () => {
    const gate = new Gate({ callsPerSecond: 3 });
    gate.asks("a");
    expect(startOf(gate.asks("b"))).toBe(NOW_MS + 334);
  });

  test("asked again for the same call, it answers the same grant and uses up no turn", () => {
    const gate = new Gate();
    const first = gate.asks("a");
    expect(gate.asks("a", NOW_MS + 400)).toMatchObject({
      kind: "granted",
      slot: first.kind === "granted" ? first.slot : null,
    });
    expect(startOf(gate.asks("b", NOW_MS + 400))).toBe(NOW_MS + 1_000);
  });

  test("a start after the call's deadline is refused and uses up no turn", () => {
    const gate = new Gate();
    gate.asks("a");
    expect(gate.asks("b", NOW_MS, { deadlineMs: NOW_MS + 999 })).toEqual({ kind: "too_late" });
    expect(startOf(gate.asks("c", NOW_MS, { deadlineMs: NOW_MS + 1_000 }))).toBe(NOW_MS + 1_000);
  });
});

test("the same grant is of no use after the call's deadline", () => {
  const gate = new Gate();
  const deadlineMs = NOW_MS + 300_000;
  gate.asks("a", NOW_MS, { deadlineMs });
  expect(startOf(gate.asks("a", deadlineMs, { deadlineMs }))).toBe(NOW_MS);
  expect(gate.asks("a", deadlineMs + 1, { deadlineMs })).toEqual({ kind: "too_late" });
});

describe("concurrent calls", () => {
  test("beyond the limit a call is told to come back", () => {
    const gate = new Gate({ maxConcurrent: 2 });
    gate.asks("a");
    gate.asks("b");
    expect(gate.asks("c")).toEqual({ kind: "full", retryAtMs: NOW_MS + 2_000 });
    expect(startOf(gate.asks("b"))).toBe(NOW_MS + 1_000);
  });

  test("a slot given back is free at once", () => {
    const gate = new Gate({ maxConcurrent: 1 });
    gate.asks("a");
    gate.release("a");
    expect(gate.asks("b").kind).toBe("granted");
  });

  test("a slot never given back is free when its lease ends, counted from the start", () => {
    const gate = new Gate({ maxConcurrent: 1 });
    gate.nextStartAtMs = NOW_MS + 5_000;
    gate.asks("a");
    expect(gate.asks("b", NOW_MS + 5_000 + LEASE_MS - 1).kind).toBe("full");
    expect(gate.asks("b", NOW_MS + 5_000 + LEASE_MS).kind).toBe("granted");
  });

  test("without a limit any number live", () => {
    const gate = new Gate({ callsPerSecond: 1000 });
    for (let id = 0; id < 200; id += 1) expect(gate.asks(`call-${id}`).kind).toBe("granted");
  });
});

describe("a further attempt of a call that holds a slot", () => {
  test("takes its turn in the pace anew, with its lease from there", () => {
    const gate = new Gate();
    gate.asks("a");
    gate.asks("b");
    const again = gate.asks("a", NOW_MS + 500, { attempt: 2 });
    expect(again).toEqual({
      kind: "granted",
      slot: { callId: "a", attempt: 2, startAtMs: NOW_MS + 2_000, expiresAtMs: NOW_MS + 2_000 + LEASE_MS },
      nextStartAtMs: NOW_MS + 3_000,
    });
    expect(startOf(gate.asks("c"))).toBe(NOW_MS + 3_000);
  });

  test("keeps the slot although the account is full, and takes no second one", () => {
    const gate = new Gate({ maxConcurrent: 2 });
    gate.asks("a");
    gate.asks("b");
    expect(startOf(gate.asks("a", NOW_MS, { attempt: 2 }))).toBe(NOW_MS + 2_000);
    expect(gate.slots.map(({ callId }) => callId)).toEqual(["b", "a"]);
    expect(gate.asks("c").kind).toBe("full");
  });

  test("finds no slot kept if another call has taken it since", () => {
    const gate = new Gate({ maxConcurrent: 1 });
    gate.asks("a");
    gate.release("a");
    gate.asks("b");
    expect(gate.asks("a", NOW_MS, { attempt: 2 }).kind).toBe("full");
  });

  test("asked for again gets the same grant; so does an attempt before it that comes late", () => {
    const gate = new Gate();
    gate.asks("a");
    const second = gate.asks("a", NOW_MS + 5_000, { attempt: 2 });
    expect(startOf(second)).toBe(NOW_MS + 5_000);
    expect(gate.asks("a", NOW_MS + 5_400, { attempt: 2 })).toEqual(second);
    expect(gate.asks("a", NOW_MS + 5_500, { attempt: 1 })).toEqual(second);
    expect(startOf(gate.asks("b", NOW_MS + 5_500))).toBe(NOW_MS + 6_000);
  });

  test("whose turn comes after the deadline is refused and uses up no turn", () => {
    const gate = new Gate();
    gate.asks("a");
    const late = { attempt: 2, deadlineMs: NOW_MS + 999 };
    expect(gate.asks("a", NOW_MS + 500, late)).toEqual({ kind: "too_late" });
    expect(startOf(gate.asks("b", NOW_MS + 500))).toBe(NOW_MS + 1_000);
  });
});

test("whoever asks in whatever order: paced, never over the limit, the same grant to the same attempt", () => {
  const asked = fc.array(
    fc.record({
      callId: fc.constantFrom("a", "b", "c", "d", "e", "f"),
      waitMs: fc.integer({ min: 0, max: 1_500 }),
      release: fc.boolean(),
      throttled: fc.boolean(),
    }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(
      asked,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 4 }),
      (steps, callsPerSecond, max) => {
        const gate = new Gate({ callsPerSecond, maxConcurrent: max });
        const starts: number[] = [];
        const attempts = new Map<string, number>();
        let nowMs = NOW_MS;
        for (const { callId, waitMs, release, throttled } of steps) {
          nowMs += waitMs;
          if (release) gate.release(callId);
          const held = gate.slots.find((slot) => slot.callId === callId);
          const attempt = (attempts.get(callId) ?? 1) + (throttled ? 1 : 0);
          attempts.set(callId, attempt);
          const start = startOf(gate.asks(callId, nowMs, { attempt }));
          expect(gate.slots.length).toBeLessThanOrEqual(max);
          if (held !== undefined) expect(start).not.toBeNull();
          if (held?.attempt === attempt) expect(start).toBe(held.startAtMs);
          else if (start !== null) starts.push(start);
        }
        for (const [index, start] of starts.slice(1).entries()) {
          expect(start - (starts[index] ?? 0)).toBeGreaterThanOrEqual(1000 / callsPerSecond);
        }
      },
    ),
    { numRuns: 500 },
  );
});
