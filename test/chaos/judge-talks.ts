// What was said, and what follows from it: transcripts are what the calls' objects heard, talks that nothing disturbed
// are whole, and who asks not to be called again is not. Pure.

import { z } from "zod";
import type { CarrierCall } from "./carrier.ts";
import type { CallRow, OrgLedger, SpokenLine, StoredLedger } from "./ledgers.ts";
import type { LoadLedger } from "./load.ts";
import { BEHAVIOURS } from "./numbers.ts";
import { lineLivedThrough, type Finding } from "./verdict.ts";

type Ledgers = { load: LoadLedger; orgs: readonly OrgLedger[]; stored: StoredLedger };

const turnsSchema = z.array(z.object({ speaker: z.enum(["agent", "customer"]), text: z.string() }));

export function judgeTalks({ load, orgs, stored }: Ledgers): Finding[] {
  const transcripts = new Map(stored.transcripts.map(({ call_id: id, turns }) => [id, parse(turns)]));
  const heard = new Map(stored.sessions.map(({ call_id: id, lines }) => [id, lines]));
  const lines = new Map(orgs.flatMap(({ carrierCalls }) => carrierCalls.map((line) => [line.sid, line])));
  const behaves = undisturbed(load);
  return stored.calls.flatMap((row) => {
    const turns = transcripts.get(row.id) ?? [];
    const line = row.carrier_call_id === null ? undefined : lines.get(row.carrier_call_id);
    const isWhole = line !== undefined && !lineLivedThrough(line, load.outages);
    return [
      ...judgeTranscript(row, turns, heard.get(row.id)),
      ...(isWhole ? judgeWholeTalk(row, turns, behaves(row, line)) : []),
      ...judgeOptOut(row, stored),
    ];
  });
}

function parse(turns: string): SpokenLine[] {
  return turnsSchema.parse(JSON.parse(turns));
}

/** A line of which nothing was heard is no turn. */
function judgeTranscript(
  row: CallRow,
  turns: readonly SpokenLine[],
  heard: readonly SpokenLine[] | undefined,
): Finding[] {
  if (heard === undefined) return [];
  const write = (lines: readonly SpokenLine[]) => lines.map(({ speaker, text }) => `${speaker}: ${text}`);
  const [is, should] = [write(turns), write(heard.filter(({ text }) => text !== ""))];
  if (is.join("\n") === should.join("\n")) return [];
  const at = should.findIndex((line, index) => line !== is[index]);
  const detail = `${is.length} turns, ${should.length} heard; turn ${at + 1} is ${is[at]}, heard: ${should[at]}`;
  return [{ rule: "a transcript is not what was heard", detail, callId: row.id }];
}

/** What somebody does as whom nobody ended or transferred from outside; null for the others. */
function undisturbed({ acknowledged, callers }: LoadLedger) {
  const called = new Map(acknowledged.map((call) => [call.callId, call]));
  const calling = new Map(callers.map(({ sid, behaves }) => [sid, behaves]));
  return ({ id }: CallRow, { sid }: CarrierCall): string | null => {
    const call = called.get(id);
    if (call === undefined) return calling.get(sid) ?? null;
    return call.deeds.some(({ kind }) => kind !== "metadata") ? null : call.behaves;
  };
}

function judgeWholeTalk(row: CallRow, turns: readonly SpokenLine[], behaves: string | null): Finding[] {
  const says = BEHAVIOURS[behaves ?? ""]?.says;
  if (behaves === null || says === undefined) return [];
  const said = (["agent", "customer"] as const).map(
    (who) => turns.filter(({ speaker }) => speaker === who).length,
  );
  if (says.every((least, index) => (said[index] ?? 0) >= least)) return [];
  const detail = `agent and customer have ${said.join(" and ")} turns, at least ${says.join(" and ")} are due`;
  return [{ rule: "a talk is not whole", detail, callId: row.id, behaves }];
}

/** Of who talks as 0032 the call itself must have written it: the analysis is kept from it (world.ts). */
function judgeOptOut(row: CallRow, { optOuts }: StoredLedger): Finding[] {
  if (row.ended_reason !== "dnc_request") return [];
  const customer = row.call_type === "inbound" ? row.from_number : row.to_number;
  if (optOuts.some(({ org_id: org, phone }) => org === row.org_id && phone === customer)) return [];
  return [{ rule: "who asked not to be called again is not opted out", detail: customer, callId: row.id }];
}
