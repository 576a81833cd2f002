// The two round trips of placing a call: one read of everything that could refuse it, one batch that
// writes contact and call together or not at all.

import { and, eq, isNull, sql, type SQL } from "drizzle-orm";
import type { PlacedCall } from "../contract/calls.ts";
import { newId } from "../lib/ids.ts";
import { countryColumns, toAllowedCountries } from "./allowed-countries.ts";
import { isUniqueViolation, type Db } from "./client.ts";
import {
  holdsUnanswered,
  updateAnswer,
  valuesOfAnswer,
  type IdempotencyClaim,
  type KeptAnswer,
} from "./idempotency.ts";
import { ask, askAll, keep, placesOf } from "./kept.ts";
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
  const [row] = await ask(db, keptPlacement().given(query));
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

const QUERY = placesOf(["orgId", "campaignId", "to", "metadataPatch"]);

const keptPlacement = keep((db) =>
  db
    .select({
      kind: campaigns.kind,
      status: campaigns.status,
      carrierId: campaigns.carrierId,
      phoneNumber: campaigns.phoneNumber,
      ownedNumber: carrierNumbers.phone,
      agentIsActive: voiceAgents.isActive,
      ...countryColumns(QUERY.orgId),
      optedOut: optOuts.phone,
      liveCallId: calls.id,
      mergedMetadataBytes: sql<number>`octet_length(json_patch(coalesce(${contacts.metadata}, '{}'), ${QUERY.metadataPatch}))`,
    })
    .from(campaigns)
    .innerJoin(organisations, eq(organisations.id, campaigns.orgId))
    .leftJoin(voiceAgents, eq(voiceAgents.id, campaigns.voiceAgentId))
    .leftJoin(
      carrierNumbers,
      and(
        eq(carrierNumbers.carrierId, campaigns.carrierId),
        eq(carrierNumbers.phone, campaigns.phoneNumber),
        eq(carrierNumbers.orgId, QUERY.orgId),
      ),
    )
    .leftJoin(optOuts, and(eq(optOuts.orgId, QUERY.orgId), eq(optOuts.phone, QUERY.to)))
    .leftJoin(contacts, and(eq(contacts.orgId, QUERY.orgId), eq(contacts.phone, QUERY.to)))
    .leftJoin(
      calls,
      and(
        eq(calls.orgId, QUERY.orgId),
        eq(calls.toNumber, QUERY.to),
        sql`${calls.callType} = 'outbound'`,
        sql`${calls.endedAt} IS NULL`,
      ),
    )
    .where(
      and(eq(campaigns.id, QUERY.campaignId), eq(campaigns.orgId, QUERY.orgId), isNull(campaigns.deletedAt)),
    ),
);

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
  const { why, contact, row } = kept === undefined ? UNKEYED : KEYED;
  const own = { ...call, contactId: newId("contact"), contactName: call.contactName ?? null };
  const values =
    kept === undefined ? own : { ...own, ...kept.claim, ...valuesOfAnswer(toAnswer(kept.answer)) };
  const writes = [why().given(values), contact().given(values), row().given(values)] as const;
  try {
    const [[found], , [placed]] =
      kept === undefined
        ? await askAll(db, writes)
        : await askAll(db, [...writes, keptAnswer().given(values)]);
    if (placed !== undefined) return "placed";
    if (found?.holds === 0) return "idempotency_in_progress";
    return found?.hasNumber === 0 ? "campaign_without_number" : "contact_opted_out";
  } catch (error) {
    if (isUniqueViolation(error, "calls.org_id, calls.to_number")) return "number_in_call";
    throw error;
  }
}

const CALL = placesOf([
  "id",
  "orgId",
  "campaignId",
  "contactId",
  "carrierId",
  "from",
  "to",
  "startedAt",
  "contactName",
  "metadataPatch",
]);

// What must be so in the very statement that writes.
const HAS_NUMBER = sql`EXISTS (SELECT 1 FROM carriers c JOIN carrier_numbers n ON n.carrier_id = c.id
  WHERE c.id = ${CALL.carrierId} AND c.org_id = ${CALL.orgId} AND c.deleted_at IS NULL AND n.phone = ${CALL.from})`;
const IS_OPTED_OUT = sql`EXISTS (SELECT 1 FROM opt_outs o WHERE o.org_id = ${CALL.orgId} AND o.phone = ${CALL.to})`;

const UNKEYED = statementsIf(sql`1`);
const KEYED = statementsIf(holdsUnanswered);
const keptAnswer = keep((db) => updateAnswer(db, sql`EXISTS (SELECT 1 FROM calls WHERE id = ${CALL.id})`));

function statementsIf(holds: SQL) {
  const mayBe = sql`${holds} AND ${HAS_NUMBER} AND NOT ${IS_OPTED_OUT}`;
  return {
    // Read before anything is written: the answer that is kept ends the claim.
    why: keep((db) =>
      db
        .select({
          holds: sql<number>`${holds}`.as("holds"),
          hasNumber: sql<number>`${HAS_NUMBER}`.as("has_number"),
        })
        .from(organisations)
        .where(eq(organisations.id, CALL.orgId)),
    ),
    contact: keep((db) => insertContact(db, mayBe)),
    row: keep((db) =>
      db
        .insert(calls)
        .select(valuesWhere(calls, ROW, mayBe))
        .returning({ id: calls.id }),
    ),
  };
}

function insertContact(db: Db, condition: SQL) {
  const contact = {
    id: CALL.contactId,
    orgId: CALL.orgId,
    phone: CALL.to,
    name: CALL.contactName,
    metadata: sql`json_patch('{}', ${CALL.metadataPatch})`,
    createdAt: CALL.startedAt,
  };
  return db
    .insert(contacts)
    .select(valuesWhere(contacts, contact, condition))
    .onConflictDoUpdate({
      target: [contacts.orgId, contacts.phone],
      set: {
        deletedAt: null,
        name: sql`coalesce(excluded.name, ${contacts.name})`,
        metadata: sql`json_patch(coalesce(${contacts.metadata}, '{}'), ${CALL.metadataPatch})`,
      },
    });
}

const ROW = {
  id: CALL.id,
  orgId: CALL.orgId,
  campaignId: CALL.campaignId,
  contactId: sql`(SELECT id FROM contacts WHERE org_id = ${CALL.orgId} AND phone = ${CALL.to})`,
  carrierId: CALL.carrierId,
  callType: "outbound",
  fromNumber: CALL.from,
  toNumber: CALL.to,
  status: "dialing",
  startedAt: CALL.startedAt,
} as const;

function toAnswer(placed: PlacedCall): KeptAnswer {
  const headers = { "content-type": "application/json", location: `/v1/calls/${placed.call_uuid}` };
  return { status: 201, headers, body: JSON.stringify(placed) };
}
