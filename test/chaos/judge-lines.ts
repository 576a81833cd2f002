// The lines at the carrier against the calls to which they belong: none goes on after its call, no more of them at once
// than were allowed, no human's phone that rings again for the same transfer. Pure.

import type { CarrierCall } from "./carrier.ts";
import type { CallRow, OrgLedger, StoredLedger } from "./ledgers.ts";
import type { LoadLedger, Outage } from "./load.ts";
import { livedThrough, secondsOf, type Finding } from "./verdict.ts";

type Ledgers = {
  load: Pick<LoadLedger, "outages">;
  orgs: readonly OrgLedger[];
  stored: Pick<StoredLedger, "calls" | "sessions">;
};

/** The carrier's clock rounds, and hangs up after it was told to. */
const OUTLIVES_SECONDS = 3;

export function judgeLines({ load, orgs, stored }: Ledgers): Finding[] {
  const lines = orgs.flatMap(({ carrierCalls }) => carrierCalls);
  const bySid = Map.groupBy(lines, ({ sid }) => sid);
  const legs = Map.groupBy(lines, ({ parent_call_sid: parent }) => parent);
  const transfers = new Map(stored.sessions.map((session) => [session.call_id, session.transfers.length]));
  return [
    ...stored.calls.flatMap((row) => {
      const sid = row.carrier_call_id;
      if (sid === null) return [];
      const own = legs.get(sid) ?? [];
      return [
        ...judgeEnds(row, [...(bySid.get(sid) ?? []), ...own], load.outages),
        ...judgeLegs(row, own, transfers.get(row.id) ?? 0),
      ];
    }),
    ...orgs.flatMap(judgeConcurrency),
  ];
}

/** A line that is open after its call has ended costs money, and somebody listens to nothing. */
function judgeEnds(row: CallRow, lines: readonly CarrierCall[], outages: readonly Outage[]): Finding[] {
  const endedAt = row.ended_at;
  if (endedAt === null) return [];
  return lines.flatMap(({ sid, end_time: end }) => {
    const lineEndedAt = secondsOf(end) ?? endedAt;
    if (lineEndedAt <= endedAt + OUTLIVES_SECONDS) return [];
    if (livedThrough({ started_at: endedAt, ended_at: lineEndedAt }, outages)) return [];
    const detail = `${sid} ends ${lineEndedAt - endedAt} s after it (${row.ended_reason})`;
    return [{ rule: "a line outlives its call", detail, callId: row.id }];
  });
}

/** A transfer rings several people, one after the other, and nobody twice. */
function judgeLegs(row: CallRow, legs: readonly CarrierCall[], transfers: number): Finding[] {
  return [...Map.groupBy(legs, ({ to }) => to)]
    .filter(([, rung]) => rung.length > transfers)
    .map(([to, rung]) => ({
      rule: "a human's phone rang again",
      detail: `${to.slice(-4)} ${rung.length} times in ${transfers} transfers`,
      callId: row.id,
    }));
}

/** The carrier tells whole seconds: one that ends in the second in which another begins is taken to end before it. */
function judgeConcurrency({ id, carrierCalls, maxConcurrent }: OrgLedger): Finding[] {
  if (maxConcurrent === null) return [];
  const spans = carrierCalls
    .filter(({ direction }) => direction === "outbound-api")
    .map((line) => ({
      from: secondsOf(line.start_time) ?? 0,
      to: secondsOf(line.end_time) ?? Number.POSITIVE_INFINITY,
    }));
  const most = Math.max(
    0,
    ...spans.map(({ from: at }) => spans.filter(({ from, to }) => from <= at && at < to).length),
  );
  if (most <= maxConcurrent) return [];
  return [{ rule: "more lines at once than allowed", detail: `${id}: ${most}, and not ${maxConcurrent}` }];
}
