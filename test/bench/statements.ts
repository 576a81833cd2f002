// The SQL that our own queries make, for the limit Worker: it runs the very same statements, prepared beforehand and
// without the library that writes them. They are asked of the real functions of src/db with a database that only takes
// note, so that they can't come to differ.

import { countsOf } from "../../src/db/call-counts.ts";
import { ask } from "../../src/db/kept.ts";
import { findCallToAnalyse, writeAnalysis } from "../../src/db/analyses.ts";
import { findCall, projectCall } from "../../src/db/calls.ts";
import { findCarrier } from "../../src/db/carriers.ts";
import { openDb, type Db } from "../../src/db/client.ts";
import { patchKeyDetails } from "../../src/db/key-details.ts";
import { findKey } from "../../src/db/keys.ts";
import { listCalls, type CallPage } from "../../src/db/list-calls.ts";
import { isOptedOut } from "../../src/db/opt-outs.ts";
import { findCallPlan } from "../../src/db/plans.ts";
import { findPlacement, insertOutboundCall } from "../../src/db/placements.ts";

import type { CallFacts } from "../../src/domain/call/facts.ts";
import type { Sentiment } from "../../src/domain/call/status.ts";

/** `params` that begin with `@` stand for what each request brings under that name. */
export type Statement = { sql: string; params: unknown[] };

/** What a batch or a single statement came to, before anything was run. */
async function noted(query: (db: Db) => PromiseLike<unknown>): Promise<Statement[]> {
  const statements: Statement[] = [];
  const take = (...bound: Statement[]): never => {
    statements.push(...bound);
    throw new Error("Nothing is run here");
  };
  const prepare = (sql: string) => ({
    bind(...params: unknown[]) {
      const statement = { sql, params: params.map(named) };
      const run = (): never => take(statement);
      return { statement, all: run, raw: run, run };
    },
  });
  const batch = (bound: { statement: Statement }[]): never => take(...bound.map((each) => each.statement));
  try {
    await query(openDb({ prepare, batch } as unknown as D1Database));
  } catch (error) {
    if (statements.length === 0) throw error;
  }
  return statements;
}

/** An id that is made with the statement, and what is put into JSON for it, are the request's as well. */
function named(param: unknown): unknown {
  if (typeof param !== "string") return param;
  return param.startsWith("cst_") ? "@contactId" : (IN_JSON[param] ?? param);
}

const PATCH = { "@patch": true };
const ANALYSIS = { extraction: {}, qmsScores: {} };
const IN_JSON: Record<string, string> = {
  [JSON.stringify(PATCH)]: "@patch",
  [JSON.stringify({ extraction: {}, qms_scores: {} })]: "@analysis",
  "[]": "@turns",
};

/** A number that the request brings. */
const number = (name: string) => name as unknown as number;

/** @param orgId whose calls are listed and counted. @param since from when on they are counted. */
export async function statementsOf(orgId: string, since: number): Promise<Record<string, Statement[]>> {
  const filter = { orgId, started: { from: null, to: null } };
  const page = (after: CallPage["after"]) =>
    noted((db) => listCalls(db, filter, { limit: 50, offset: 0, after }));
  const placed = { orgId: "@orgId", campaignId: "@campaignId", to: "@to", metadataPatch: "@patch" };
  const call = {
    ...placed,
    id: "@callId",
    carrierId: "@carrierId",
    from: "@from",
    startedAt: number("@startedAt"),
    contactName: "@name",
  };
  return {
    findKey: await noted((db) => findKey(db, "@hash", 0)),
    findCarrier: await noted((db) => findCarrier(db, "@carrierId", 0)),
    findCall: await noted((db) => findCall(db, "@orgId", "@callId")),
    firstPage: await page(null),
    pageAfter: await page({ at: number("@at"), id: "@id" }),
    stats: await noted((db) => ask(db, countsOf({ orgId, started: { from: since, to: null } }))),
    patchDetails: await noted((db) => patchKeyDetails(db, "@orgId", "@callId", PATCH)),
    findPlacement: await noted((db) => findPlacement(db, placed)),
    insertCall: await noted((db) => insertOutboundCall(db, call, undefined)),
    ...(await statementsOfLife()),
  };
}

/** From a call's dialling to its analysis. */
async function statementsOfLife(): Promise<Record<string, Statement[]>> {
  const facts = {
    status: "@status",
    outcome: "@outcome",
    endedReason: "@endedReason",
    fault: "@fault",
    duration: number("@duration"),
    answeredAt: number("@answeredAt"),
    endedAt: number("@endedAt"),
    carrierCallId: "@carrierCallId",
    transfer: null,
  } as unknown as CallFacts;
  const ids = { callId: "@callId", orgId: "@orgId" };
  const projection = { ...ids, seq: number("@seq"), facts, mustEndAt: number("@mustEndAt") };
  const analysis = { ...ANALYSIS, summary: "@summary", sentiment: "@sentiment" as unknown as Sentiment };
  const judged = { ...ids, customer: "", endedAt: null };
  const wish = { optOut: false, atSeconds: 0 };
  return {
    findCallPlan: await noted((db) => findCallPlan(db, "@callId")),
    isOptedOut: await noted((db) => isOptedOut(db, "@orgId", "@to")),
    projectLive: await noted((db) => projectCall(db, { ...projection, turns: null })),
    projectEnded: await noted((db) => projectCall(db, { ...projection, turns: [] })),
    findCallToAnalyse: await noted((db) => findCallToAnalyse(db, "@callId")),
    writeAnalysis: await noted((db) => writeAnalysis(db, judged, analysis, wish)),
  };
}
