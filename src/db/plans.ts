import { eq } from "drizzle-orm";
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
  const row = await db
    .select({
      call: calls,
      organisationName: organisations.name,
      campaignName: campaigns.name,
      campaignConfig: campaigns.config,
      agentName: voiceAgents.name,
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
      contactName: contacts.name,
      contactMetadata: contacts.metadata,
    })
    .from(calls)
    .innerJoin(organisations, eq(organisations.id, calls.orgId))
    .innerJoin(campaigns, eq(campaigns.id, calls.campaignId))
    .innerJoin(carriers, eq(carriers.id, calls.carrierId))
    .leftJoin(voiceAgents, eq(voiceAgents.id, campaigns.voiceAgentId))
    .leftJoin(contacts, eq(contacts.id, calls.contactId))
    .where(eq(calls.id, callId))
    .get();
  if (row === undefined || row.call.status === "ended") return null;
  const { call } = row;
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
    contact: {
      name: row.contactName,
      metadata: metadataSchema.parse(JSON.parse(row.contactMetadata ?? "{}")),
    },
  };
}
