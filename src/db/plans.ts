import { eq, sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { campaignConfigSchema, voiceConfigSchema } from "../contract/campaign-config.ts";
import type { CallPlan } from "../contract/call-plan.ts";
import type { Db } from "./client.ts";
import { calls, campaigns, carriers, contacts, organisations, voiceAgents } from "./schema.ts";

const metadataSchema = z.record(z.string(), z.unknown());

/** What `findCallPlan` answers: the plan, but for what only the caller's configuration knows. */
export type StoredPlan = Omit<CallPlan, "limits">;

/** Everything that a call needs from D1, in one read; null if there is no such call or it has ended. */
export async function findCallPlan(db: Db, callId: string): Promise<StoredPlan | null> {
  const [row] = await selectPlans(db, eq(calls.id, callId));
  return row === undefined ? null : toPlan(row);
}

export type PlanRow = Awaited<ReturnType<typeof selectPlans>>[number];

/** The query for the plans of these calls, to be awaited or put into a batch. */
export function selectPlans(db: Db, which: SQL | undefined) {
  return db
    .select({
      call: calls,
      // In a batch D1 answers rows by column name, and four tables have a `name`.
      organisationName: sql<string>`${organisations.name}`.as("organisation_name"),
      campaignName: sql<string>`${campaigns.name}`.as("campaign_name"),
      campaignConfig: campaigns.config,
      agentName: sql<string | null>`${voiceAgents.name}`.as("agent_name"),
      agentRole: voiceAgents.role,
      voiceConfig: voiceAgents.voiceConfig,
      carrier: {
        kind: carriers.kind,
        accountSid: carriers.accountSid,
        authTokenEncrypted: carriers.authTokenEncrypted,
        apiBaseUrl: carriers.apiBaseUrl,
      },
      callsPerSecond: carriers.callsPerSecond,
      maxConcurrent: carriers.maxConcurrent,
      contactName: sql<string | null>`${contacts.name}`.as("contact_name"),
      contactMetadata: contacts.metadata,
      contactLanguage: contacts.preferredLanguage,
      ...modelColumns,
    })
    .from(calls)
    .innerJoin(organisations, eq(organisations.id, calls.orgId))
    .innerJoin(campaigns, eq(campaigns.id, calls.campaignId))
    .innerJoin(carriers, eq(carriers.id, calls.carrierId))
    .leftJoin(voiceAgents, eq(voiceAgents.id, campaigns.voiceAgentId))
    .leftJoin(contacts, eq(contacts.id, calls.contactId))
    .where(which);
}

/** Null for a call that has ended: it needs none any more. */
export function toPlan(row: PlanRow): StoredPlan | null {
  const { call } = row;
  if (call.status === "ended") return null;
  return {
    callId: call.id,
    orgId: call.orgId,
    callType: call.callType,
    campaignId: call.campaignId,
    contactId: call.contactId,
    carrierId: call.carrierId,
    carrier: row.carrier,
    from: call.fromNumber,
    to: call.toNumber,
    acceptedAtMs: call.startedAt * 1000,
    gate: { callsPerSecond: row.callsPerSecond, maxConcurrent: row.maxConcurrent },
    organisationName: row.organisationName,
    campaign: {
      name: row.campaignName,
      config: campaignConfigSchema.parse(JSON.parse(row.campaignConfig)),
    },
    agent: {
      // A campaign may lose its agent between acceptance and dial; the call goes on with a nameless one.
      name: row.agentName ?? "your assistant",
      role: row.agentRole,
      voice: voiceConfigSchema.parse(JSON.parse(row.voiceConfig ?? "{}")),
    },
    model: modelOf(row),
    contact: {
      name: row.contactName,
      preferredLanguage: row.contactLanguage,
      metadata: metadataSchema.parse(JSON.parse(row.contactMetadata ?? "{}")),
    },
  };
}

/** What `modelOf` reads, of a query that joins the organisation. */
export const modelColumns = {
  modelBaseUrl: organisations.modelBaseUrl,
  modelName: organisations.modelName,
  modelKeyEncrypted: organisations.modelKeyEncrypted,
};

/** The organisation's own model; null if it has none. */
export function modelOf(row: {
  modelBaseUrl: string | null;
  modelName: string | null;
  modelKeyEncrypted: string | null;
}): CallPlan["model"] {
  const { modelBaseUrl: baseUrl, modelName: name, modelKeyEncrypted: apiKeyEncrypted } = row;
  return baseUrl === null || name === null ? null : { baseUrl, name, apiKeyEncrypted };
}
