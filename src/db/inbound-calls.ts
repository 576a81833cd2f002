// The two round trips of taking a call that comes in: whose number was called, and one batch that writes caller and
// call together and reads back all that the talk needs.

import { and, eq, isNull, sql } from "drizzle-orm";
import { newId } from "../lib/ids.ts";
import type { Db } from "./client.ts";
import { selectPlans, toPlan, type StoredPlan } from "./plans.ts";
import { calls, campaigns, carrierNumbers, contacts, voiceAgents } from "./schema.ts";

export type InboundCampaign = { id: string; orgId: string; isOpen: boolean; callIsKnown: boolean };

/**
 * The campaign that answers this number of the carrier account: the active one, if there is one; null for none. Tells
 * too whether the call is known already.
 */
export async function findInboundCampaign(
  db: Db,
  carrierId: string,
  { to: number, carrierCallId }: Pick<NewInboundCall, "to" | "carrierCallId">,
): Promise<InboundCampaign | null> {
  const row = await db
    .select({
      id: campaigns.id,
      orgId: campaigns.orgId,
      isOpen: sql<number>`${campaigns.status} = 'active' AND coalesce(${voiceAgents.isActive}, 0)`,
      callIsKnown: sql<number>`EXISTS (SELECT 1 FROM calls c
        WHERE c.carrier_id = ${carrierId} AND c.carrier_call_id = ${carrierCallId} AND c.call_type = 'inbound')`,
    })
    .from(campaigns)
    .innerJoin(
      carrierNumbers,
      and(
        eq(carrierNumbers.carrierId, campaigns.carrierId),
        eq(carrierNumbers.phone, campaigns.phoneNumber),
        eq(carrierNumbers.orgId, campaigns.orgId),
      ),
    )
    .leftJoin(voiceAgents, eq(voiceAgents.id, campaigns.voiceAgentId))
    .where(
      and(
        eq(campaigns.carrierId, carrierId),
        eq(campaigns.phoneNumber, number),
        isNull(campaigns.deletedAt),
        // Written out, so that the planner uses the partial index.
        sql`${campaigns.kind} = 'inbound'`,
      ),
    )
    .orderBy(sql`${campaigns.status} = 'active' DESC`, campaigns.id)
    .get();
  return row === undefined ? null : { ...row, isOpen: row.isOpen === 1, callIsKnown: row.callIsKnown === 1 };
}

export type NewInboundCall = {
  orgId: string;
  campaignId: string;
  carrierId: string;
  carrierCallId: string;
  from: string;
  to: string;
  startedAt: number;
  /** False for a caller who withholds the number: nobody to be a contact. */
  callerIsKnown: boolean;
};

/**
 * Writes the call once, however often the carrier asks, and its caller as a contact. Answers the plan of the call
 * that is there now; null if it has ended.
 */
export async function insertInboundCall(db: Db, call: NewInboundCall): Promise<StoredPlan | null> {
  const { orgId, campaignId, carrierId, carrierCallId, from, to, startedAt, callerIsKnown } = call;
  const contact = db
    .insert(contacts)
    .values({ id: newId("contact"), orgId, phone: from, metadata: "{}", createdAt: startedAt })
    .onConflictDoUpdate({ target: [contacts.orgId, contacts.phone], set: { deletedAt: null } });
  const contactOfCaller = sql`(SELECT id FROM contacts WHERE org_id = ${orgId} AND phone = ${from})`;
  const row = db
    .insert(calls)
    .values({
      id: newId("call"),
      orgId,
      campaignId,
      contactId: callerIsKnown ? contactOfCaller : null,
      carrierId,
      carrierCallId,
      callType: "inbound",
      fromNumber: from,
      toNumber: to,
      status: "ringing",
      startedAt,
    })
    .onConflictDoNothing();
  const plans = selectPlans(
    db,
    and(
      eq(calls.carrierId, carrierId),
      eq(calls.carrierCallId, carrierCallId),
      // Written out, so that the planner uses the partial index.
      sql`${calls.callType} = 'inbound'`,
    ),
  );
  const found = callerIsKnown
    ? (await db.batch([contact, row, plans]))[2]
    : (await db.batch([row, plans]))[1];
  const stored = found[0];
  if (stored === undefined) throw new Error("An inbound call was written and is not there");
  return toPlan(stored);
}
