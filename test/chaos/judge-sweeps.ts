// What had to be put right afterwards. A sweep is there for what a kill leaves behind: where it finds more to do, the
// product leaks, and hides it. Pure.

import { z } from "zod";
import type { CallRow } from "./ledgers.ts";
import type { Outage } from "./load.ts";
import { count, livedThrough, type Verdict } from "./verdict.ts";

const lineSchema = z.discriminatedUnion("event", [
  z.object({ event: z.literal("slots_swept"), released: z.number() }),
  z.object({ event: z.literal("orphans_swept"), given_up: z.number() }),
  z.object({ event: z.literal("call_given_up"), call_id: z.string() }),
]);
type Sweep = z.infer<typeof lineSchema>;

/** A call is written down and begun in one breath, of which a kill may leave the first half. */
const BEGUN_WITHIN_SECONDS = 2;

export function judgeSweeps(
  verdict: Verdict,
  { log, calls, outages }: { log: string; calls: readonly CallRow[]; outages: readonly Outage[] },
): void {
  const sweeps = log.split("\n").flatMap(parse);
  const slots = sumOf(sweeps.map((sweep) => (sweep.event === "slots_swept" ? sweep.released : 0)));
  const orphans = sumOf(sweeps.map((sweep) => (sweep.event === "orphans_swept" ? sweep.given_up : 0)));
  // A kill falls between the end of a call and its slot's release, if at all, once.
  if (slots > outages.length) {
    const detail = `${slots} after ${outages.length} kills`;
    verdict.findings.push({ rule: "slots had to be swept", detail });
  } else if (slots > 0) count(verdict, "slots swept", slots);
  if (orphans > 0 && outages.length === 0) {
    verdict.findings.push({ rule: "calls had to be swept", detail: String(orphans) });
  }
  const started = new Map(calls.map(({ id, started_at: startedAt }) => [id, startedAt]));
  for (const sweep of sweeps) {
    if (sweep.event !== "call_given_up") continue;
    const from = started.get(sweep.call_id);
    const isCut =
      from !== undefined &&
      livedThrough({ started_at: from, ended_at: from + BEGUN_WITHIN_SECONDS }, outages);
    if (isCut) count(verdict, "call given up");
    else {
      const detail = "no kill was at its beginning";
      verdict.findings.push({ rule: "a call was given up", detail, callId: sweep.call_id });
    }
  }
}

function parse(line: string): Sweep[] {
  try {
    const sweep = lineSchema.safeParse(JSON.parse(line));
    return sweep.success ? [sweep.data] : [];
  } catch {
    // Not ours, or cut short by a kill.
    return [];
  }
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
