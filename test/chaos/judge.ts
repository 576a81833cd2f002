// Holds the ledgers against each other, call by call. Pure: what it finds is what it was handed.

import type { EndedReason } from "../../src/domain/call/status.ts";
import type { CarrierCall } from "./carrier.ts";
import type { CallRow, OrgLedger, Session, StoredLedger } from "./ledgers.ts";
import type { Acknowledged, LoadLedger, Outage } from "./load.ts";
import { BEHAVIOURS, type Behaviour } from "./numbers.ts";
import { count, find, findIn, lineLivedThrough, livedThrough, type Verdict } from "./verdict.ts";

type Ledgers = { load: LoadLedger; orgs: readonly OrgLedger[]; stored: StoredLedger };

export function judgeCalls({ load, orgs, stored }: Ledgers): Verdict {
  const verdict: Verdict = { findings: [], deviations: {}, strict: 0 };
  const byId = new Map(stored.calls.map((row) => [row.id, row]));
  const sessions = new Map(stored.sessions.map((session) => [session.call_id, session]));
  const lines = linesByNumber(orgs);
  for (const call of load.acknowledged) {
    const row = byId.get(call.callId);
    if (row === undefined) find(verdict, "an acknowledged call is lost", call, `${call.to} is not in D1`);
    else
      judgeOutbound(verdict, call, row, {
        lines: lines.get(call.to) ?? [],
        outages: load.outages,
        stored,
        session: sessions.get(row.id),
      });
  }
  judgeUnasked(verdict, { load, orgs, stored });
  judgeInbound(verdict, { load, orgs, stored });
  for (const row of stored.calls) judgeRow(verdict, row);
  judgeRecordings(verdict, { orgs, stored });
  return verdict;
}

/** The calls that the carrier was asked for, by the number that it rang. */
function linesByNumber(orgs: readonly OrgLedger[]): Map<string, CarrierCall[]> {
  const lines = orgs.flatMap(({ carrierCalls }) => carrierCalls);
  return Map.groupBy(
    lines.filter(({ direction }) => direction === "outbound-api"),
    ({ to }) => to,
  );
}

type Around = {
  lines: readonly CarrierCall[];
  outages: readonly Outage[];
  stored: StoredLedger;
  session: Session | undefined;
};

function judgeOutbound(verdict: Verdict, call: Acknowledged, row: CallRow, around: Around): void {
  const { lines, outages, stored, session } = around;
  const behaviour = BEHAVIOURS[call.behaves];
  if (behaviour === undefined) throw new Error(`What ${call.behaves} does is not known`);
  const [line] = lines;
  const isPlaced = line !== undefined;
  const sids = lines.map(({ sid }) => sid).join(", ");
  if (row.to_number !== call.to) find(verdict, "a call went to another number", call, row.to_number);
  if (lines.length > 1) find(verdict, "a number rang twice", call, sids);
  if (isPlaced && !behaviour.isPlaced) find(verdict, "a refused call was placed", call, sids);
  if (isPlaced && row.carrier_call_id !== line.sid) {
    find(verdict, "a call does not know its line", call, `${line.sid}, and not ${row.carrier_call_id}`);
  }
  const deeds = call.deeds.filter(({ status }) => status < 300);
  const usual = usualEnds({ behaviour, isPlaced, deeds });
  if (!livedThrough(row, outages)) verdict.strict += 1;
  if (row.ended_reason === "submission_unknown" && (session?.requested_at_ms ?? null) === null) {
    find(verdict, "the carrier was never asked for a call", call, row.ended_reason);
  }
  const isHit = isPlaced ? lineLivedThrough(line, outages) : isCutInCreate(around);
  const honest = honestEnds(behaviour, isPlaced);
  if (isPlaced && wasAskedInVain(around)) honest.push("max_duration", "no_answer");
  judgeEnd(verdict, { row, usual, honest, isHit });
  for (const deed of deeds) {
    if (deed.kind === "metadata" && !isWithin(deed.patch, JSON.parse(row.key_details ?? "null"))) {
      find(verdict, "what a workflow wrote is lost", call, JSON.stringify(deed.patch));
    }
    const isOptOut = deed.kind === "end" && deed.reason === "dnc_request";
    if (
      isOptOut &&
      !stored.optOuts.some(({ phone, org_id: org }) => phone === call.to && org === row.org_id)
    ) {
      find(verdict, "an acknowledged opt-out is lost", call, call.to);
    }
  }
}

/** The carrier is given so long to answer a create. */
const CREATE_MS = 15_000;
/** What the harness takes to kill: whoever begins meanwhile is cut as well. */
const KILLING_MS = 1_000;

/**
 * Where the one callback was lost, and the power failed whenever the carrier was asked how the call stands, the call
 * ends by its own clock.
 */
function wasAskedInVain({ session, outages }: Pick<Around, "session" | "outages">): boolean {
  const asked = session?.asked_carrier_ms ?? [];
  const isCut = (atMs: number): boolean =>
    outages.some(({ fromMs }) => fromMs > atMs - KILLING_MS && fromMs < atMs + CREATE_MS);
  return asked.length > 0 && asked.every(isCut);
}

/** The carrier was asked to ring, and the power failed before it can have answered. */
function isCutInCreate({ session, outages }: Pick<Around, "session" | "outages">): boolean {
  const askedMs = session?.requested_at_ms ?? null;
  if (askedMs === null) return false;
  return outages.some(({ fromMs }) => fromMs > askedMs - KILLING_MS && fromMs < askedMs + CREATE_MS);
}

/** How the call may end where nothing was killed. */
function usualEnds({
  behaviour,
  isPlaced,
  deeds,
}: {
  behaviour: Behaviour;
  isPlaced: boolean;
  deeds: Acknowledged["deeds"];
}): Set<EndedReason> {
  const ends = new Set<EndedReason>(isPlaced === behaviour.isPlaced ? behaviour.ends : []);
  for (const deed of deeds) {
    // Ended before anybody picked up, it was canceled.
    if (deed.kind === "end") ends.add(deed.reason).add("canceled");
    if (deed.kind === "transfer" && isPlaced) ends.add("human_hangup").add("agent_hangup");
  }
  return ends;
}

/**
 * What a kill may do to a call that lives through it. A create on its way is never repeated. While nobody answers it the
 * carrier gives up on a talk, says it is over, and its callbacks run out of tries.
 */
function honestEnds({ answeredBy, unheard }: Behaviour, isPlaced: boolean): EndedReason[] {
  if (!isPlaced) return ["submission_unknown"];
  if (answeredBy === null) return unheard === undefined ? [] : [unheard];
  return ["agent_failed", "customer_hangup", "relay_lost", "agent_hangup"];
}

type End = {
  row: CallRow;
  usual: ReadonlySet<EndedReason>;
  honest: readonly EndedReason[];
  /** An outage fell into its life. */
  isHit: boolean;
};

function judgeEnd(verdict: Verdict, { row, usual, honest, isHit }: End): void {
  const reason = row.ended_reason;
  if (reason === null || usual.has(reason)) return;
  if (honest.includes(reason) && isHit) return count(verdict, reason);
  const about = `${reason}; ${[...usual].join(", ")} would be right`;
  findIn(verdict, "a call ended as it should not", row, about);
}

/** Nothing is there that nobody asked for, and the list shows just what is stored. */
function judgeUnasked(verdict: Verdict, { load, orgs, stored }: Ledgers): void {
  const asked = new Map(load.acknowledged.map(({ callId, to }) => [to, callId]));
  for (const row of stored.calls) {
    if (row.call_type === "outbound" && asked.get(row.to_number) !== row.id) {
      findIn(verdict, "a call that nobody was told of", row, row.to_number);
    }
  }
  for (const { id, listed, carrierCalls } of orgs) {
    const shown = new Set(listed.map(({ uuid }) => uuid));
    const kept = stored.calls.filter(({ org_id: org }) => org === id);
    if (listed.length !== kept.length || !kept.every((row) => shown.has(row.id))) {
      verdict.findings.push({
        rule: "the list is not what is stored",
        detail: `${listed.length}, ${kept.length}`,
      });
    }
    for (const { direction, to, sid } of carrierCalls) {
      if (direction === "outbound-api" && !asked.has(to)) {
        verdict.findings.push({
          rule: "the carrier rang a number that nobody asked for",
          detail: `${sid} to ${to}`,
        });
      }
    }
  }
}

/** Who called in has a call; who called while nobody answered the carrier has none, or one that failed. */
function judgeInbound(verdict: Verdict, { load, orgs, stored }: Ledgers): void {
  const rows = new Map(
    stored.calls.filter((row) => row.call_type === "inbound").map((row) => [row.carrier_call_id, row]),
  );
  const lines = new Map(orgs.flatMap(({ carrierCalls }) => carrierCalls.map((line) => [line.sid, line])));
  for (const { sid, from, behaves } of load.callers) {
    const [row, line] = [rows.get(sid), lines.get(sid)];
    rows.delete(sid);
    const isHit = line !== undefined && lineLivedThrough(line, load.outages);
    if (row !== undefined) {
      const usual = new Set(BEHAVIOURS[behaves]?.ends ?? []);
      // The last: written down, and the power failed before it came to its object; the sweep gives it up.
      const honest: EndedReason[] = ["agent_failed", "customer_hangup", "relay_lost", "platform_error"];
      const session = stored.sessions.find(({ call_id: id }) => id === row.id);
      if (wasAskedInVain({ session, outages: load.outages })) honest.push("max_duration");
      judgeEnd(verdict, { row, usual, honest, isHit });
    } else if (isHit) count(verdict, "caller missed");
    else verdict.findings.push({ rule: "a caller has no call", detail: `${sid} from ${from}`, behaves });
  }
  for (const row of rows.values())
    findIn(verdict, "a caller whom the carrier does not know", row, row.from_number);
}

function judgeRow(verdict: Verdict, row: CallRow): void {
  if (row.status !== "ended" || row.ended_at === null || row.ended_reason === null) {
    return findIn(verdict, "a call has not ended", row, row.status);
  }
  if (row.analysis === null) findIn(verdict, "a call is not analysed", row, "");
  if ((row.outcome === "connected") !== (row.sentiment !== null)) {
    findIn(verdict, "sentiment is judged on connected calls", row, `${row.outcome}, ${row.sentiment}`);
  }
}

/** Whatever was lost: a recording of which no notice comes is asked for. */
function judgeRecordings(verdict: Verdict, { orgs, stored }: Pick<Ledgers, "orgs" | "stored">): void {
  const rows = new Map(stored.calls.map((row) => [row.carrier_call_id, row]));
  for (const row of stored.calls) {
    if (row.carrier_recording_id !== null && row.recording_key === null) {
      findIn(verdict, "a recording was not stored", row, row.carrier_recording_id);
    }
  }
  for (const { silentRecordings, carrierRecordings } of orgs) {
    for (const callId of silentRecordings) {
      verdict.findings.push({ rule: "a recording can't be played", detail: "", callId });
    }
    for (const { sid, call_sid: callSid } of carrierRecordings) {
      const row = rows.get(callSid);
      if (row === undefined || row.carrier_recording_id === sid) continue;
      findIn(verdict, "a recording is not known", row, sid);
    }
  }
}

/** What a patch wrote is there; a workflow may have written more. */
function isWithin(patch: unknown, value: unknown): boolean {
  if (typeof patch !== "object" || patch === null) return patch === value;
  if (typeof value !== "object" || value === null) return false;
  const there = new Map(Object.entries(value));
  return Object.entries(patch).every(([name, part]) => isWithin(part, there.get(name)));
}
