// The two round trips of placing a call: one read of everything that could refuse it, one batch that
// writes contact and call together or not at all.

import { and, eq, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import type { PlacedCall } from "../contract/calls.ts";
import { newId } from "../lib/ids.ts";
import { isUniqueViolation, type Db } from "./client.ts";
import { keepAnswer, type IdempotencyClaim, type KeptAnswer } from "./idempotency.ts";
import { calls, campaigns, carrierNumbers, contacts, optOuts, organisations, voiceAgents } from "./schema.ts";

const countriesSchema = z.array(z.string().nullable());

export type Placement = {
  campaign: {
    kind: "inbound" | "outbound";
    status: "draft" | "active" | "paused" | "completed";
    carrierId: string | null;
    phoneNumber: string | null;
    /** The carrier account really has the campaign's number. */
    ownsNumber: boolean;
  };
  agentIsActive: boolean;
  /** Country codes that may be called; `*` allows all. */
  allowedCountries: string[];
  optedOut: boolean;
  liveCallId: string | null;
  /** Length of the contact's metadata after this call's would be merged. */
  mergedMetadataLength: number;
};

export type PlacementQuery = { orgId: string; campaignId: string; to: string; metadataPatch: string };

/** Null if the organisation has no such campaign. */
export async function findPlacement(db: Db, query: PlacementQuery): Promise<Placement | null> {
  const row = await db
    .select({
      kind: campaigns.kind,
      status: campaigns.status,
      carrierId: campaigns.carrierId,
      phoneNumber: campaigns.phoneNumber,
      ownedNumber: carrierNumbers.phone,
      agentIsActive: voiceAgents.isActive,
      allowedCountries: organisations.allowedCountries,
      ownCountries: sql<string>`(SELECT json_group_array(DISTINCT n.country) FROM carrier_numbers n WHERE n.org_id = ${query.orgId})`,
      optedOut: optOuts.phone,
      liveCallId: calls.id,
      mergedMetadataLength: sql<number>`length(json_patch(coalesce(${contacts.metadata}, '{}'), ${query.metadataPatch}))`,
    })
    .from(campaigns)
    .innerJoin(organisations, eq(organisations.id, campaigns.orgId))
    .leftJoin(voiceAgents, eq(voiceAgents.id, campaigns.voiceAgentId))
    .leftJoin(
      carrierNumbers,
      and(
        eq(carrierNumbers.carrierId, campaigns.carrierId),
        eq(carrierNumbers.phone, campaigns.phoneNumber),
        eq(carrierNumbers.orgId, query.orgId),
      ),
    )
    .leftJoin(optOuts, and(eq(optOuts.orgId, query.orgId), eq(optOuts.phone, query.to)))
    .leftJoin(contacts, and(eq(contacts.orgId, query.orgId), eq(contacts.phone, query.to)))
    .leftJoin(
      calls,
      and(
        eq(calls.orgId, query.orgId),
        eq(calls.toNumber, query.to),
        sql`${calls.callType} = 'outbound'`,
        sql`${calls.status} <> 'ended'`,
      ),
    )
    .where(
      and(eq(campaigns.id, query.campaignId), eq(campaigns.orgId, query.orgId), isNull(campaigns.deletedAt)),
    )
    .get();
  if (row === undefined) return null;
  return {
    campaign: {
      kind: row.kind,
      status: row.status,
      carrierId: row.carrierId,
      phoneNumber: row.phoneNumber,
      ownsNumber: row.ownedNumber !== null,
    },
    agentIsActive: row.agentIsActive ?? false,
    allowedCountries: parseCountries(row.allowedCountries ?? row.ownCountries),
    optedOut: row.optedOut !== null,
    liveCallId: row.liveCallId,
    mergedMetadataLength: row.mergedMetadataLength,
  };
}

export type NewCall = {
  id: string;
  orgId: string;
  campaignId: string;
  carrierId: string;
  from: string;
  to: string;
  startedAt: number;
  contactName: string | undefined;
  /** JSON text of an object; `{}` changes nothing. */
  metadataPatch: string;
};

/**
 * Writes contact and call in one transaction. `number_in_call` if another live call won the race.
 *
 * @param kept what the request is answered, for its Idempotency-Key: kept with the call or not at all, so that a
 * request which is sent again after a crash can't ring the phone again.
 */
export async function insertOutboundCall(
  db: Db,
  call: NewCall,
  kept: { claim: IdempotencyClaim; answer: PlacedCall } | undefined,
): Promise<"placed" | "number_in_call"> {
  const contact = db
    .insert(contacts)
    .values({
      id: newId("contact"),
      orgId: call.orgId,
      phone: call.to,
      name: call.contactName ?? null,
      metadata: sql`json_patch('{}', ${call.metadataPatch})`,
      createdAt: call.startedAt,
    })
    .onConflictDoUpdate({
      target: [contacts.orgId, contacts.phone],
      set: {
        deletedAt: null,
        name: sql`coalesce(excluded.name, ${contacts.name})`,
        metadata: sql`json_patch(coalesce(${contacts.metadata}, '{}'), ${call.metadataPatch})`,
      },
    });
  const row = db.insert(calls).values({
    id: call.id,
    orgId: call.orgId,
    campaignId: call.campaignId,
    contactId: sql`(SELECT id FROM contacts WHERE org_id = ${call.orgId} AND phone = ${call.to})`,
    carrierId: call.carrierId,
    callType: "outbound",
    fromNumber: call.from,
    toNumber: call.to,
    status: "dialing",
    startedAt: call.startedAt,
  });
  try {
    if (kept === undefined) await db.batch([contact, row]);
    else await db.batch([contact, row, keepAnswer(db, kept.claim, toAnswer(kept.answer))]);
    return "placed";
  } catch (error) {
    if (isUniqueViolation(error, "calls.org_id, calls.to_number")) return "number_in_call";
    throw error;
  }
}

function toAnswer(placed: PlacedCall): KeptAnswer {
  const headers = { "content-type": "application/json", location: `/v1/calls/${placed.call_uuid}` };
  return { status: 201, headers, body: JSON.stringify(placed) };
}

function parseCountries(json: string): string[] {
  return countriesSchema.parse(JSON.parse(json)).filter((country) => country !== null);
}
