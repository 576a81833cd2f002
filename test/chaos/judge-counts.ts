// Counts are what a full count gives, and nothing is left behind. Pure.

import type { CallStats } from "../../src/contract/call-lists.ts";
import type { CallSummary } from "../../src/contract/calls.ts";
import type { Finding } from "./verdict.ts";
import { COUNTED, type CallRow, type OrgLedger, type RollupRow, type StoredLedger } from "./ledgers.ts";

export function judgeCounts(orgs: readonly OrgLedger[], stored: StoredLedger): Finding[] {
  return [...judgeRollups(stored), ...judgeContacts(stored), ...orgs.flatMap(judgeStats)];
}

function judgeRollups({ calls, rollups }: StoredLedger): Finding[] {
  const counted = recount(calls);
  const kept = new Map(rollups.map((row) => [nameOf(row), row]));
  return [...new Set([...counted.keys(), ...kept.keys()])].flatMap((name) => {
    const [should, is] = [counted.get(name), kept.get(name)];
    const differs = COUNTED.filter((column) => (should?.[column] ?? 0) !== (is?.[column] ?? 0));
    return differs.map((column) => ({
      rule: "a rollup is not the count",
      detail: `${name} ${column}: ${is?.[column] ?? 0}, counted ${should?.[column] ?? 0}`,
    }));
  });
}

type Counts = Record<(typeof COUNTED)[number], number>;

/** What the rollups must be, from the calls alone. */
export function recount(calls: readonly CallRow[]): Map<string, Counts> {
  const rollups = new Map<string, Counts>();
  for (const call of calls) {
    const counts = countsOf(call);
    for (const scope of [`@${call.call_type}`, call.campaign_id]) {
      for (const [grain, bucket] of bucketsOf(call.started_at)) {
        const name = nameOf({ org_id: call.org_id, scope, grain, bucket });
        const sum = rollups.get(name);
        const sums = COUNTED.map((column) => [column, (sum?.[column] ?? 0) + counts[column]] as const);
        rollups.set(name, Object.fromEntries(sums) as Counts);
      }
    }
  }
  return rollups;
}

function countsOf({ status, outcome, sentiment, duration }: CallRow): Counts {
  const isEnded = status === "ended";
  const is = (condition: boolean): number => Number(isEnded && condition);
  const isConnected = outcome === "connected";
  return {
    live: Number(!isEnded),
    voicemail: is(outcome === "voicemail"),
    no_answer: is(outcome === "no-answer"),
    failed: is(outcome === "failed"),
    connected_none: is(isConnected && sentiment === null),
    connected_positive: is(isConnected && sentiment === "positive"),
    connected_neutral: is(isConnected && sentiment === "neutral"),
    connected_negative: is(isConnected && sentiment === "negative"),
    talk_seconds: is(isConnected) * (duration ?? 0),
  };
}

function bucketsOf(startedAt: number): [grain: string, bucket: number][] {
  const month = new Date(startedAt * 1_000);
  return [
    ["hour", startedAt - (startedAt % 3_600)],
    ["day", startedAt - (startedAt % 86_400)],
    ["month", Date.UTC(month.getUTCFullYear(), month.getUTCMonth()) / 1_000],
  ];
}

function nameOf({
  org_id: org,
  scope,
  grain,
  bucket,
}: Pick<RollupRow, "org_id" | "scope" | "grain" | "bucket">) {
  return `${org} ${scope} ${grain} ${bucket}`;
}

function judgeContacts({ calls, contacts }: StoredLedger): Finding[] {
  const counted = new Map<string | null, number>();
  for (const { contact_id: id } of calls) counted.set(id, (counted.get(id) ?? 0) + 1);
  return contacts
    .filter(({ id, total_calls: total }) => total !== (counted.get(id) ?? 0))
    .map(({ id, total_calls: total }) => ({
      rule: "a contact's total_calls is not the count",
      detail: `${id}: ${total}, counted ${counted.get(id) ?? 0}`,
    }));
}

function judgeStats({ id, stats, listed }: OrgLedger): Finding[] {
  const counted = statsOf(listed);
  if (JSON.stringify(sorted(stats)) === JSON.stringify(sorted(counted))) return [];
  const detail = `${id}: ${JSON.stringify(stats)}, counted ${JSON.stringify(counted)}`;
  return [{ rule: "the statistics are not the count", detail }];
}

/** As contract A5 has it, from the list. */
function statsOf(listed: readonly CallSummary[]): CallStats {
  const ended = listed.filter(({ status }) => status === "ended");
  const of = (outcome: CallSummary["outcome"]) => ended.filter((call) => call.outcome === outcome);
  const connected = of("connected");
  const felt = (sentiment: CallSummary["sentiment"]) =>
    connected.filter((call) => call.sentiment === sentiment).length;
  const seconds = connected.reduce((sum, { duration }) => sum + (duration ?? 0), 0);
  return {
    total_calls: ended.length,
    connected: connected.length,
    voicemail: of("voicemail").length,
    no_answer: of("no-answer").length,
    failed: of("failed").length,
    connect_rate: ended.length === 0 ? 0 : Math.round((connected.length / ended.length) * 100) / 100,
    sentiment_breakdown: { positive: felt("positive"), neutral: felt("neutral"), negative: felt("negative") },
    avg_duration_seconds: connected.length === 0 ? 0 : Math.round(seconds / connected.length),
  };
}

function sorted(stats: CallStats): unknown {
  return Object.entries({ ...stats, ...stats.sentiment_breakdown, sentiment_breakdown: null }).toSorted();
}

/** Nothing is held for a call that is over, and nobody waits for it. */
export function judgeLeftovers(orgs: readonly OrgLedger[], stored: StoredLedger): Finding[] {
  const left = (rule: string, rows: readonly object[]): Finding[] =>
    rows.map((row) => ({ rule, detail: JSON.stringify(row) }));
  return [
    ...left("a call owes something", stored.owed),
    ...left("a slot is still leased", stored.slots),
    ...left("a human is still reserved", stored.reservations),
    ...left("an ended call is on the board", stored.onBoard),
    ...left("a request is still locked", stored.heldLocks),
    ...left("a queue has given a message up", stored.deadLetters),
    ...orgs.flatMap(({ id, liveTotal, boardTotal, humansInCall, carrierCalls }) => [
      ...(liveTotal === 0 ? [] : [{ rule: "calls are shown as live", detail: `${id}: ${liveTotal}` }]),
      ...(boardTotal === 0 ? [] : [{ rule: "calls are shown on the board", detail: `${id}: ${boardTotal}` }]),
      ...(humansInCall === 0
        ? []
        : [{ rule: "humans are shown in a call", detail: `${id}: ${humansInCall}` }]),
      ...left(
        "a line is open at the carrier",
        carrierCalls.filter(({ end_time: end }) => end === null),
      ),
    ]),
  ];
}
