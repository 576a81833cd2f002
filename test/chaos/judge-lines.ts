// The lines at the carrier against the calls to which they belong: none goes on after its call, or after a client was
// told that it ends; hanging up is heard at once; no more of them at once than were allowed, no human's phone that rings
// again for the same transfer. Pure.

import type { CarrierCall } from "./carrier.ts";
import type { CallRow, OrgLedger, StoredLedger } from "./ledgers.ts";
import type { Acknowledged, LoadLedger, Outage } from "./load.ts";
import { lineLivedThrough, livedThrough, secondsOf, type Finding } from "./verdict.ts";

type Ledgers = {
  load: Pick<LoadLedger, "acknowledged" | "outages">;
  orgs: readonly OrgLedger[];
  stored: Pick<StoredLedger, "calls" | "sessions">;
};

/** The carrier's clock rounds, and hangs up after it was told to. */
const OUTLIVES_SECONDS = 3;
/** What it tells of a line's end may be so much too early. */
const ROUNDED_SECONDS = 1;

export function judgeLines({ load, orgs, stored }: Ledgers): Finding[] {
  const lines = orgs.flatMap(({ carrierCalls }) => carrierCalls);
  const bySid = Map.groupBy(lines, ({ sid }) => sid);
  const legs = Map.groupBy(lines, ({ parent_call_sid: parent }) => parent);
  const sessions = new Map(stored.sessions.map((session) => [session.call_id, session]));
  const asked = new Map(load.acknowledged.map((call) => [call.callId, call]));
  return [
    ...stored.calls.flatMap((row) => {
      const sid = row.carrier_call_id;
      if (sid === null) return [];
      const [line, own, session] = [bySid.get(sid) ?? [], legs.get(sid) ?? [], sessions.get(row.id)];
      return [
        ...judgeEnds(row, [...line, ...own], load.outages),
        ...judgeToldEnds(asked.get(row.id), line, load.outages),
        ...judgeHangUps(row, line, { again: session?.hung_up_again ?? [], outages: load.outages }),
        ...judgeLegs(row, own, session?.transfers.length ?? 0),
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

/** A client was told that the call ends: it does, and does not wait for its talk's own end. */
function judgeToldEnds(
  call: Acknowledged | undefined,
  lines: readonly CarrierCall[],
  outages: readonly Outage[],
): Finding[] {
  const told = call?.deeds.find(({ kind, status }) => kind === "end" && status < 300);
  if (call === undefined || told === undefined) return [];
  const toldAt = Math.floor(told.atMs / 1_000);
  return lines.flatMap(({ sid, end_time: end }) => {
    const lineEndedAt = secondsOf(end) ?? Number.POSITIVE_INFINITY;
    if (lineEndedAt <= toldAt + OUTLIVES_SECONDS) return [];
    if (livedThrough({ started_at: toldAt, ended_at: lineEndedAt }, outages)) return [];
    const detail = `${sid} ends ${lineEndedAt - toldAt} s after it`;
    const { callId, behaves } = call;
    return [{ rule: "a call goes on after its end was acknowledged", detail, callId, behaves }];
  });
}

/** Telling again is there for what a kill cut off, and for a word that was lost: to an open line nobody speaks till then. */
function judgeHangUps(
  row: CallRow,
  lines: readonly CarrierCall[],
  { again, outages }: { again: readonly number[]; outages: readonly Outage[] },
): Finding[] {
  return lines.flatMap((line) => {
    const endedAt = secondsOf(line.end_time) ?? Number.POSITIVE_INFINITY;
    const isUnheard = again.some((atMs) => endedAt + ROUNDED_SECONDS > atMs / 1_000);
    if (!isUnheard || lineLivedThrough(line, outages)) return [];
    const detail = `${line.sid} is still open when told again (${row.ended_reason})`;
    return [{ rule: "hanging up was not heard", detail, callId: row.id }];
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
