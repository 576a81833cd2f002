import { and, count, desc, eq, isNull, notExists } from "drizzle-orm";
import type { Page } from "../contract/pages.ts";
import type { Db } from "./client.ts";
import { campaigns, voiceAgents } from "./schema.ts";

export type VoiceAgentRow = typeof voiceAgents.$inferSelect;
export type NewVoiceAgent = typeof voiceAgents.$inferInsert;

export async function insertVoiceAgent(db: Db, agent: NewVoiceAgent): Promise<VoiceAgentRow> {
  return db.insert(voiceAgents).values(agent).returning().get();
}

/** Null if the organisation has none such. */
export async function findVoiceAgent(db: Db, orgId: string, agentId: string): Promise<VoiceAgentRow | null> {
  return (await db.select().from(voiceAgents).where(isThere(orgId, agentId)).get()) ?? null;
}

/** Newest first. */
export async function listVoiceAgents(db: Db, orgId: string, { limit, offset }: Page) {
  const all = and(eq(voiceAgents.orgId, orgId), isNull(voiceAgents.deletedAt));
  const [rows, [counted]] = await db.batch([
    db.select().from(voiceAgents).where(all).orderBy(desc(voiceAgents.id)).limit(limit).offset(offset),
    db.select({ total: count() }).from(voiceAgents).where(all),
  ]);
  return { rows, total: counted?.total ?? 0 };
}

/** Null if it was changed meanwhile, or is gone. @param before as it was read. */
export async function updateVoiceAgent(
  db: Db,
  before: VoiceAgentRow,
  changes: Partial<NewVoiceAgent>,
): Promise<VoiceAgentRow | null> {
  const asRead = eq(voiceAgents.voiceConfig, before.voiceConfig);
  const updated = await db
    .update(voiceAgents)
    .set(changes)
    .where(and(isThere(before.orgId, before.id), asRead))
    .returning()
    .get();
  return updated ?? null;
}

/** `in_use`: a campaign has it. Its row stays, for the campaigns that had it once. */
export async function deleteVoiceAgent(
  db: Db,
  orgId: string,
  agentId: string,
  nowSeconds: number,
): Promise<"deleted" | "in_use"> {
  const ofCampaigns = db
    .select({ id: campaigns.id })
    .from(campaigns)
    .where(and(eq(campaigns.orgId, orgId), eq(campaigns.voiceAgentId, agentId), isNull(campaigns.deletedAt)));
  const deleted = await db
    .update(voiceAgents)
    .set({ deletedAt: nowSeconds })
    .where(and(isThere(orgId, agentId), notExists(ofCampaigns)))
    .returning({ id: voiceAgents.id })
    .get();
  return deleted === undefined ? "in_use" : "deleted";
}

function isThere(orgId: string, agentId: string) {
  return and(eq(voiceAgents.id, agentId), eq(voiceAgents.orgId, orgId), isNull(voiceAgents.deletedAt));
}
