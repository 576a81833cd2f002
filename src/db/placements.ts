// The two round trips of placing a call: one read of everything that could refuse it, one batch that
// writes contact and call together or not at all.

import { and, eq, isNull, sql, type SQL } from "drizzle-orm";
import type { PlacedCall } from "../contract/calls.ts";
import { newId } from "../lib/ids.ts";
import { countryColumns, toAllowedCountries } from "./allowed-countries.ts";
import { isUniqueViolation, type Db } from "./client.ts";
import { holdsUnanswered, keepAnswer, type IdempotencyClaim, type KeptAnswer } from "./idempotency.ts";
import { calls, campaigns, carrierNumbers, contacts, optOuts, organisations, voiceAgents } from "./schema.ts";
import { valuesWhere } from "./values-where.ts";

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
  /** Size of the contact's metadata after this call's would be merged. */
  mergedMetadataBytes: number;
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
      ...countryColumns(query.orgId),
      optedOut: optOuts.phone,
      liveCallId: calls.id,
      mergedMetadataBytes: sql<number>`octet_length(json_patch(coalesce(${contacts.metadata}, '{}'), ${query.metadataPatch}))`,
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
        sql`${calls.endedAt} IS NULL`,
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
    allowedCountries: toAllowedCountries(row),
    optedOut: row.optedOut !== null,
    liveCallId: row.liveCallId,
    mergedMetadataBytes: row.mergedMetadataBytes,
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

/** What came between the reading and the writing. */
export type Overtaken =
  | "number_in_call"
  | "contact_opted_out"
  | "campaign_without_number"
  | "idempotency_in_progress";

/**
 * Writes contact and call in one transaction, if nothing that was read came to be otherwise meanwhile.
 *
 * @param kept what the request is answered, for its Idempotency-Key: kept with the call or not at all, so that a
 * request which is sent again after a crash can't ring the phone again. Who lost the lease writes nothing.
 */
export async function insertOutboundCall(
  db: Db,
  call: NewCall,
  kept: { claim: IdempotencyClaim; answer: PlacedCall } | undefined,
): Promise<"placed" | Overtaken> {
  const { orgId } = call;
  const { holds, hasNumber, isOptedOut } = conditions(call, kept?.claim);
  const mayBe = sql`${holds} AND ${hasNumber} AND NOT ${isOptedOut}`;
  // Read before anything is written: the answer that is kept ends the claim.
  const why = db
    .select({
      holds: sql<number>`${holds}`.as("holds"),
      hasNumber: sql<number>`${hasNumber}`.as("has_number"),
    })
    .from(organisations)
    .where(eq(organisations.id, orgId));
  const row = db
    .insert(calls)
    .select(valuesWhere(calls, rowOf(call), mayBe))
    .returning({ id: calls.id });
  const writes = [why, insertContact(db, call, mayBe), row] as const;
  try {
    const [[found], , [placed]] =
      kept === undefined
        ? await db.batch(writes)
        : await db.batch([...writes, keepAnswerOf(db, call, kept.claim, kept.answer)]);
    if (placed !== undefined) return "placed";
    if (found?.holds === 0) return "idempotency_in_progress";
    return found?.hasNumber === 0 ? "campaign_without_number" : "contact_opted_out";
  } catch (error) {
    if (isUniqueViolation(error, "calls.org_id, calls.to_number")) return "number_in_call";
    throw error;
  }
}

/** What must be so in the very statement that writes. */
function conditions({ orgId, carrierId, from, to }: NewCall, claim: IdempotencyClaim | undefined) {
  return {
    holds: claim === undefined ? sql`1` : holdsUnanswered(claim),
    hasNumber: sql`EXISTS (SELECT 1 FROM carriers c JOIN carrier_numbers n ON n.carrier_id = c.id
      WHERE c.id = ${carrierId} AND c.org_id = ${orgId} AND c.deleted_at IS NULL AND n.phone = ${from})`,
    isOptedOut: sql`EXISTS (SELECT 1 FROM opt_outs o WHERE o.org_id = ${orgId} AND o.phone = ${to})`,
  };
}

function insertContact(db: Db, call: NewCall, condition: SQL) {
  const contact = {
    id: newId("contact"),
    orgId: call.orgId,
    phone: call.to,
    name: call.contactName ?? null,
    metadata: sql`json_patch('{}', ${call.metadataPatch})`,
    createdAt: call.startedAt,
  };
  return db
    .insert(contacts)
    .select(valuesWhere(contacts, contact, condition))
    .onConflictDoUpdate({
      target: [contacts.orgId, contacts.phone],
      set: {
        deletedAt: null,
        name: sql`coalesce(excluded.name, ${contacts.name})`,
        metadata: sql`json_patch(coalesce(${contacts.metadata}, '{}'), ${call.metadataPatch})`,
      },
    });
}

function rowOf(call: NewCall) {
  return {
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
  } as const;
}

function keepAnswerOf(db: Db, call: NewCall, claim: IdempotencyClaim, placed: PlacedCall) {
  return keepAnswer(db, claim, toAnswer(placed), sql`EXISTS (SELECT 1 FROM calls WHERE id = ${call.id})`);
}

function toAnswer(placed: PlacedCall): KeptAnswer {
  const headers = { "content-type": "application/json", location: `/v1/calls/${placed.call_uuid}` };
  return { status: 201, headers, body: JSON.stringify(placed) };
}
