// What is made of a call once it is over. An analysis is written once, whole, into the call's row: a second one that
// comes late changes nothing. What workflows wrote stays on top of it.

import { and, eq, isNull, sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { campaignConfigSchema, voiceConfigSchema } from "../contract/campaign-config.ts";
import { transcriptSchema } from "../contract/calls.ts";
import { transferSchema } from "../contract/transfers.ts";
import { customerOf } from "../domain/call/parties.ts";
import type { Sentiment } from "../domain/call/status.ts";
import type { Db } from "./client.ts";
import { optOutByWish } from "./opt-outs.ts";
import { modelColumns, modelOf } from "./plans.ts";
import { calls, campaigns, contacts, organisations, transcripts, voiceAgents } from "./schema.ts";

export type StoredAnalysis = {
  summary: string;
  /** Null unless a person was talked with. */
  sentiment: Sentiment | null;
  extraction: Record<string, unknown>;
  qmsScores: Record<string, number>;
};

/** A call as its analysis needs it. */
export type CallToAnalyse = NonNullable<Awaited<ReturnType<typeof findCallToAnalyse>>>;

const metadataSchema = z.record(z.string(), z.unknown());

/** Null if there is no such call. */
export async function findCallToAnalyse(db: Db, callId: string) {
  const row = await db
    .select({
      call: calls,
      turns: transcripts.turns,
      organisationName: organisations.name,
      ...modelColumns,
      agentName: voiceAgents.name,
      voiceConfig: voiceAgents.voiceConfig,
      config: campaigns.config,
      contactName: contacts.name,
      contactLanguage: contacts.preferredLanguage,
      contactMetadata: contacts.metadata,
    })
    .from(calls)
    .innerJoin(organisations, eq(organisations.id, calls.orgId))
    .innerJoin(campaigns, eq(campaigns.id, calls.campaignId))
    .leftJoin(voiceAgents, eq(voiceAgents.id, campaigns.voiceAgentId))
    .leftJoin(contacts, eq(contacts.id, calls.contactId))
    .leftJoin(transcripts, eq(transcripts.callId, calls.id))
    .where(eq(calls.id, callId))
    .get();
  if (row === undefined) return null;
  const { call } = row;
  return {
    callId,
    orgId: call.orgId,
    callType: call.callType,
    customer: customerOf({ callType: call.callType, from: call.fromNumber, to: call.toNumber }),
    status: call.status,
    outcome: call.outcome,
    endedReason: call.endedReason,
    endedAt: call.endedAt,
    isAnalysed: call.analysis !== null,
    transfer: call.transfer === null ? null : transferSchema.parse(JSON.parse(call.transfer)),
    turns: row.turns === null ? [] : transcriptSchema.parse(JSON.parse(row.turns)),
    organisationName: row.organisationName,
    model: modelOf(row),
    agentName: row.agentName,
    language: voiceConfigSchema.parse(JSON.parse(row.voiceConfig ?? "{}")).language_code,
    config: campaignConfigSchema.parse(JSON.parse(row.config)),
    contact: {
      name: row.contactName,
      preferredLanguage: row.contactLanguage,
      metadata: metadataSchema.parse(JSON.parse(row.contactMetadata ?? "{}")),
    },
  };
}

/**
 * Writes the analysis, and the customer's wish not to be called again with it, or neither. False if the call has not
 * ended or has its analysis already: then nothing is written, so that an opt-out that was removed since stays removed.
 */
export async function writeAnalysis(
  db: Db,
  call: Pick<CallToAnalyse, "callId" | "orgId" | "customer" | "endedAt">,
  analysis: StoredAnalysis,
  { optOut, atSeconds }: { optOut: boolean; atSeconds: number },
): Promise<boolean> {
  const isDue = and(eq(calls.id, call.callId), eq(calls.status, "ended"), isNull(calls.analysis));
  const update = db.update(calls).set(analysisColumns(analysis)).where(isDue).returning({ id: calls.id });
  if (!optOut) return (await update).length > 0;
  const stillDue = sql`EXISTS (SELECT 1 FROM calls WHERE ${isDue})`;
  // In one transaction, the condition of the first read before the second makes it false.
  const [, written] = await db.batch([optOutByWish(db, { ...call, atSeconds }, stillDue), update]);
  return written.length > 0;
}

/** What an analysis writes. The details that are shown are folded anew: the analysis, then every patch in its order. */
export function analysisColumns({ summary, sentiment, extraction, qmsScores }: StoredAnalysis) {
  const json = JSON.stringify({ extraction, qms_scores: qmsScores });
  return { analysis: json, summary, sentiment, keyDetails: patchedByWorkflows(json) };
}

/**
 * Folded in the statement itself: what a workflow writes at the same time comes before it or after it. The patches are
 * taken one by one: joined with `json_each`, the database would go through all of them for each.
 */
function patchedByWorkflows(json: string): SQL<string> {
  const patches = sql`coalesce(calls.workflow_patches, '[]')`;
  return sql<string>`(
    WITH RECURSIVE folded(n, details) AS (
      SELECT 0, jsonb(${json})
      UNION ALL
      SELECT n + 1, jsonb_patch(details, json_extract(${patches}, '$[' || n || ']')) FROM folded
      WHERE n < json_array_length(${patches})
    )
    SELECT json(details) FROM folded ORDER BY n DESC LIMIT 1)`;
}
