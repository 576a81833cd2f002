// What a judge says: what must not be, and what a kill may honestly have caused.

import type { CarrierCall } from "./carrier.ts";
import type { CallRow } from "./ledgers.ts";
import type { Acknowledged, Outage } from "./load.ts";
import { behavesOf } from "./numbers.ts";

/** Something that must not be. */
export type Finding = { rule: string; detail: string; callId?: string; behaves?: string };

export type Verdict = {
  findings: Finding[];
  /** What a kill may honestly have caused, and how often it did. */
  deviations: Record<string, number>;
  /** Calls that no outage touched, from their acceptance to their end: nothing is excused in them. */
  strict: number;
};

export function find(verdict: Verdict, rule: string, call: Acknowledged, detail: string): void {
  verdict.findings.push({ rule, detail, callId: call.callId, behaves: call.behaves });
}

export function findIn(verdict: Verdict, rule: string, row: CallRow, detail: string): void {
  const behaves = row.call_type === "inbound" ? "calls in" : behavesOf(row.to_number);
  verdict.findings.push({ rule, detail, callId: row.id, behaves });
}

export function count({ deviations }: Verdict, what: string, times = 1): void {
  deviations[what] = (deviations[what] ?? 0) + times;
}

const SECOND_MS = 1_000;

export function lineLivedThrough(
  { start_time: from, end_time: to }: CarrierCall,
  outages: readonly Outage[],
): boolean {
  const span = { started_at: secondsOf(from) ?? 0, ended_at: secondsOf(to) };
  return livedThrough(span, outages);
}

/** Of a time as the carrier tells it. */
export function secondsOf(time: string | null): number | null {
  return time === null ? null : Date.parse(time) / SECOND_MS;
}

/** Rows tell whole seconds. */
export function livedThrough(
  { started_at: from, ended_at: to }: Pick<CallRow, "started_at" | "ended_at">,
  outages: readonly Outage[],
): boolean {
  const untilMs = ((to ?? Number.POSITIVE_INFINITY) + 1) * SECOND_MS;
  return outages.some(({ fromMs, toMs }) => fromMs <= untilMs && toMs >= (from - 1) * SECOND_MS);
}
