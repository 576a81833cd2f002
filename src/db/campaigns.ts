// Campaigns. What one refers to is asked for in the statement that writes it, so that nothing that is deleted
// meanwhile is ever referred to.

import { and, count, desc, eq, isNull, sql, type SQL } from "drizzle-orm";
import type { ListCampaignsQuery } from "../contract/campaigns.ts";
import { isUniqueViolation, type Db } from "./client.ts";
import { campaigns, organisations } from "./schema.ts";
import { valuesWhere } from "./values-where.ts";

export type CampaignRow = typeof campaigns.$inferSelect;

/** What a campaign refers to; null: nothing, or nothing that must be looked for. */
export type References = Pick<CampaignRow, "voiceAgentId" | "carrierId" | "phoneNumber"> & {
  /** The name of a queue, which stands in the config. */
  transferQueue: string | null;
};

export type CampaignWrite =
  | { kind: "written"; campaign: CampaignRow }
  /** The organisation has none such; or the carrier account, of the number. */
  | { kind: "missing"; reference: keyof References }
  /** Another active inbound campaign has it. */
  | { kind: "number_in_use" }
  /** Somebody else changed it meanwhile: to this, or it is gone. */
  | { kind: "changed"; current: CampaignRow | null };

/** One round trip: all of it is written, or nothing. */
export async function insertCampaign(
  db: Db,
  campaign: CampaignRow,
  references: References,
): Promise<Exclude<CampaignWrite, { kind: "changed" }>> {
  const insert = db
    .insert(campaigns)
    .select(valuesWhere(campaigns, campaign, areThere(campaign.orgId, references)))
    .returning();
  return refuseTakenNumber(async () => {
    const [[written], [found]] = await db.batch([insert, selectFound(db, campaign.orgId, references)]);
    if (written !== undefined) return { kind: "written", campaign: written };
    const reference = firstMissing(found);
    if (reference === null) throw new Error("A campaign was not written, and nothing is missing");
    return { kind: "missing", reference };
  });
}

/** Null if the organisation has none such. */
export async function findCampaign(db: Db, orgId: string, campaignId: string): Promise<CampaignRow | null> {
  return (await db.select().from(campaigns).where(isThere(orgId, campaignId)).get()) ?? null;
}

/** Newest first. */
export async function listCampaigns(db: Db, orgId: string, query: ListCampaignsQuery) {
  const matching = and(
    eq(campaigns.orgId, orgId),
    isNull(campaigns.deletedAt),
    query.status === undefined ? undefined : eq(campaigns.status, query.status),
    query.kind === undefined ? undefined : eq(campaigns.kind, query.kind),
  );
  const [rows, [counted]] = await db.batch([
    db
      .select()
      .from(campaigns)
      .where(matching)
      .orderBy(desc(campaigns.id))
      .limit(query.limit)
      .offset(query.offset),
    db.select({ total: count() }).from(campaigns).where(matching),
  ]);
  return { rows, total: counted?.total ?? 0 };
}

/** All that a change may touch. */
const CHANGEABLE = [
  "name",
  "status",
  "voiceAgentId",
  "carrierId",
  "phoneNumber",
  "branches",
  "startDate",
  "endDate",
  "timeWindow",
  "config",
] as const satisfies (keyof CampaignRow)[];

/**
 * Writes the campaign as `after`, if it still is as it was read. One round trip.
 * @param references what must be there now.
 */
export async function updateCampaign(
  db: Db,
  before: CampaignRow,
  after: CampaignRow,
  references: References,
): Promise<CampaignWrite> {
  const { orgId, id } = before;
  const asRead = CHANGEABLE.map((column) => sql`${campaigns[column]} IS ${before[column]}`);
  const update = db
    .update(campaigns)
    .set(after)
    .where(and(isThere(orgId, id), ...asRead, areThere(orgId, references)))
    .returning();
  return refuseTakenNumber(async () => {
    const [[written], [current], [found]] = await db.batch([
      update,
      db.select().from(campaigns).where(isThere(orgId, id)),
      selectFound(db, orgId, references),
    ]);
    if (written !== undefined) return { kind: "written", campaign: written };
    const isAsRead =
      current !== undefined && CHANGEABLE.every((column) => current[column] === before[column]);
    const reference = isAsRead ? firstMissing(found) : null;
    return reference === null
      ? { kind: "changed", current: current ?? null }
      : { kind: "missing", reference };
  });
}

/** Null if all of it is there. */
export async function findMissingReference(
  db: Db,
  orgId: string,
  references: References,
): Promise<keyof References | null> {
  return firstMissing(await selectFound(db, orgId, references).get());
}

/** Its row stays for its calls; completed, so that it takes up no number and no call finds it. */
export async function deleteCampaign(
  db: Db,
  orgId: string,
  campaignId: string,
  nowSeconds: number,
): Promise<void> {
  await db
    .update(campaigns)
    .set({ deletedAt: nowSeconds, status: "completed" })
    .where(isThere(orgId, campaignId));
}

function isThere(orgId: string, campaignId: string) {
  return and(eq(campaigns.id, campaignId), eq(campaigns.orgId, orgId), isNull(campaigns.deletedAt));
}

function areThere(orgId: string, references: References): SQL {
  const { agent, carrier, number, queue } = conditions(orgId, references);
  return sql`(${agent} AND ${carrier} AND ${number} AND ${queue})`;
}

function selectFound(db: Db, orgId: string, references: References) {
  const { agent, carrier, number, queue } = conditions(orgId, references);
  return db
    .select({
      agent: sql<number>`${agent}`.as("has_agent"),
      carrier: sql<number>`${carrier}`.as("has_carrier"),
      number: sql<number>`${number}`.as("has_number"),
      queue: sql<number>`${queue}`.as("has_queue"),
    })
    .from(organisations)
    .where(eq(organisations.id, orgId));
}

function conditions(orgId: string, { voiceAgentId, carrierId, phoneNumber, transferQueue }: References) {
  const nothing = sql`1`;
  return {
    agent:
      voiceAgentId === null
        ? nothing
        : sql`EXISTS (SELECT 1 FROM voice_agents a
            WHERE a.id = ${voiceAgentId} AND a.org_id = ${orgId} AND a.deleted_at IS NULL)`,
    carrier:
      carrierId === null
        ? nothing
        : sql`EXISTS (SELECT 1 FROM carriers c
            WHERE c.id = ${carrierId} AND c.org_id = ${orgId} AND c.deleted_at IS NULL)`,
    number:
      carrierId === null || phoneNumber === null
        ? nothing
        : sql`EXISTS (SELECT 1 FROM carrier_numbers n
            WHERE n.carrier_id = ${carrierId} AND n.phone = ${phoneNumber} AND n.org_id = ${orgId})`,
    queue:
      transferQueue === null
        ? nothing
        : sql`EXISTS (SELECT 1 FROM queues q WHERE q.org_id = ${orgId} AND q.name = ${transferQueue})`,
  };
}

type Found = { agent: number; carrier: number; number: number; queue: number };

function firstMissing(found: Found | undefined): keyof References | null {
  if (found === undefined) throw new Error("A campaign of an organisation that is not there");
  if (found.agent === 0) return "voiceAgentId";
  if (found.carrier === 0) return "carrierId";
  if (found.number === 0) return "phoneNumber";
  return found.queue === 0 ? "transferQueue" : null;
}

async function refuseTakenNumber<T>(write: () => Promise<T>): Promise<T | { kind: "number_in_use" }> {
  try {
    return await write();
  } catch (error) {
    if (isUniqueViolation(error, "campaigns.org_id, campaigns.phone_number"))
      return { kind: "number_in_use" };
    throw error;
  }
}
