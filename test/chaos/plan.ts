// What a run does, drawn from its seed: whom to call and when, what workflows do to those calls, who calls in, and
// when the power fails.

import { REQUESTED_END_REASONS, type RequestedEndReason } from "../../src/domain/call/status.ts";
import { chanceOf, type Chance } from "./chance.ts";
import { BEHAVIOURS, CALLERS } from "./numbers.ts";

/** What is done to a call so long after it was acknowledged, whether it lives or not. */
export type Deed = { afterMs: number } & (
  | { kind: "metadata"; patch: Record<string, unknown> }
  | { kind: "end"; reason: RequestedEndReason }
  | { kind: "transfer" }
);

export type PlannedCall = {
  index: number;
  /** Which of the organisations. */
  org: number;
  to: string;
  behaves: string;
  /** How long after the one before it. */
  gapMs: number;
  /** A client that is not sure sends it twice at once. */
  isSentTwice: boolean;
  deeds: Deed[];
};

/** Somebody calls in, once so many calls were planned to have been placed. */
export type PlannedCaller = { org: number; from: string; behaves: string; before: number };

/** The power fails so long after so many calls were sent, and is back so much later. */
export type PlannedKill = { sent: number; plusMs: number; downMs: number };

export type Plan = {
  seed: number;
  calls: PlannedCall[];
  /** From this index on they are placed after the last kill: nothing excuses what becomes of them. */
  calmFrom: number;
  /** So many calls may one of the organisations have at once: some have to wait. */
  maxConcurrent: number;
  callers: PlannedCaller[];
  kills: PlannedKill[];
};

export const ORGANISATIONS = 2;
/** On average so much between two calls. */
const MEAN_GAP_MS = 120;
const INBOUND_SHARE = 0.08;
const CALM_SHARE = 0.3;

export type Wish = { calls: number; kills: number; seed: number };

export function planOf({ calls, kills, seed }: Wish): Plan {
  const chance = chanceOf(seed);
  const calmFrom = kills === 0 ? 0 : Math.max(1, Math.floor(calls * (1 - CALM_SHARE)));
  return {
    seed,
    calls: planCalls(chance, calls),
    calmFrom,
    maxConcurrent: Math.max(5, Math.ceil(calls / 20)),
    callers: planCallers(chance, Math.round(calls * INBOUND_SHARE), { calls, calmFrom }),
    kills: planKills(chance, kills, calmFrom),
  };
}

/** Every behaviour comes as often as every other, and each call has a number of its own. */
function planCalls(chance: Chance, count: number): PlannedCall[] {
  const kinds = Object.keys(BEHAVIOURS);
  const rounds = Math.ceil(count / kinds.length);
  if (rounds > 800) throw new Error(`There are numbers for ${800 * kinds.length} calls`);
  const prefixes = chance.shuffled(Array.from({ length: 800 }, (_, index) => 200 + index)).slice(0, rounds);
  // Round by round, so that a short run has them all.
  const numbers = prefixes.flatMap((prefix) =>
    chance.shuffled(kinds).map((behaves) => ({ behaves, to: `+1500${prefix}${behaves}` })),
  );
  return numbers.slice(0, count).map(({ behaves, to }, index) => ({
    index,
    org: chance.between(0, ORGANISATIONS - 1),
    to,
    behaves,
    gapMs: chance.between(0, 2 * MEAN_GAP_MS),
    isSentTwice: chance.happens(0.1),
    deeds: planDeeds(chance, index),
  }));
}

function planDeeds(chance: Chance, index: number): Deed[] {
  const deeds: Deed[] = [];
  if (chance.happens(0.2)) {
    const patch = { extraction: { [`note_${index}`]: chance.between(0, 1_000_000) } };
    deeds.push({ kind: "metadata", afterMs: chance.between(0, 6_000), patch });
  }
  if (chance.happens(0.08)) {
    const reason = chance.oneOf(REQUESTED_END_REASONS);
    deeds.push({ kind: "end", afterMs: chance.between(0, 4_000), reason });
  } else if (chance.happens(0.1)) {
    deeds.push({ kind: "transfer", afterMs: chance.between(300, 3_000) });
  }
  return deeds;
}

/** Every other calls after the last kill: in the storm most reach nobody. */
function planCallers(
  chance: Chance,
  count: number,
  { calls, calmFrom }: Pick<Plan, "calmFrom"> & { calls: number },
): PlannedCaller[] {
  return Array.from({ length: count }, (_, index) => ({
    org: chance.between(0, ORGANISATIONS - 1),
    from: `+1415555${String(1_000 + index)}`,
    behaves: chance.oneOf(CALLERS),
    before: chance.between(index % 2 === 0 ? calmFrom : 0, calls),
  })).toSorted((a, b) => a.before - b.before);
}

/** At most so long, for one that is due while the product is away: in the midst of its recovery, or of its work. */
const UP_FOR_MS = [600, 4_000] as const;

/** One in six falls after the last call of the storm was placed, when the talks are under way. */
function planKills(chance: Chance, count: number, calls: number): PlannedKill[] {
  const late = Math.floor(count / 6);
  return Array.from({ length: count }, (_, index) => ({
    sent: index < late ? calls : chance.between(1, calls),
    plusMs: chance.between(0, index < late ? 8_000 : chance.oneOf(UP_FOR_MS)),
    downMs: chance.happens(0.5) ? 0 : chance.between(0, 1_500),
  })).toSorted((a, b) => a.sent - b.sent || a.plusMs - b.plusMs);
}
