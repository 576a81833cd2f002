import { voiceConfigSchema } from "../../contract/campaign-config.ts";
import type { Page } from "../../contract/pages.ts";
import type { VoiceAgent } from "../../contract/voice-agents.ts";
import { findVoiceAgent, listVoiceAgents as listStored, type VoiceAgentRow } from "../../db/voice-agents.ts";
import { isId } from "../../lib/ids.ts";
import { isoSeconds } from "../../lib/time.ts";
import type { OrgContext } from "../context.ts";

/** The voice agent that a path names; null if the organisation has none such, whatever is wrong with the name. */
export async function findNamedVoiceAgent(
  { db, orgId }: OrgContext,
  agentId: string,
): Promise<VoiceAgentRow | null> {
  return isId("agent", agentId) ? findVoiceAgent(db, orgId, agentId) : null;
}

export async function listVoiceAgents({ db, orgId }: OrgContext, page: Page) {
  const { rows, total } = await listStored(db, orgId, page);
  return { voice_agents: rows.map(toVoiceAgent), total };
}

export function toVoiceAgent(row: VoiceAgentRow): VoiceAgent {
  return {
    uuid: row.id,
    name: row.name,
    role: row.role,
    description: row.description,
    avatar_color: row.avatarColor,
    avatar_initials: row.avatarInitials,
    voice_config: voiceConfigSchema.parse(JSON.parse(row.voiceConfig)),
    is_active: row.isActive,
    created_at: isoSeconds(row.createdAt),
  };
}
