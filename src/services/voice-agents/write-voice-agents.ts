import { voiceConfigSchema } from "../../contract/campaign-config.ts";
import type { Refusal } from "../../contract/problems.ts";
import type {
  ChangeVoiceAgentInput,
  CreateVoiceAgentInput,
  VoiceAgent,
} from "../../contract/voice-agents.ts";
import {
  deleteVoiceAgent as deleteStored,
  findVoiceAgent,
  insertVoiceAgent,
  updateVoiceAgent,
  type VoiceAgentRow,
} from "../../db/voice-agents.ts";
import { applyMergePatch } from "../../domain/merge-patch.ts";
import { newId } from "../../lib/ids.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import type { OrgContext } from "../context.ts";
import { refusedPart } from "../refused-part.ts";
import { toVoiceAgent } from "./read-voice-agents.ts";

export async function createVoiceAgent(
  { db, orgId }: OrgContext,
  input: CreateVoiceAgentInput,
): Promise<VoiceAgent> {
  const row = await insertVoiceAgent(db, {
    id: newId("agent"),
    orgId,
    ...columnsOf(input),
    name: input.name,
    voiceConfig: JSON.stringify(input.voice_config),
    createdAt: toEpochSeconds(Date.now()),
  });
  return toVoiceAgent(row);
}

/** Merges the change into the agent; calls that live keep the agent they began with. */
export async function changeVoiceAgent(
  context: OrgContext,
  agent: VoiceAgentRow,
  input: ChangeVoiceAgentInput,
): Promise<Result<VoiceAgent, Refusal<"validation_failed" | "not_found">>> {
  const { db, orgId } = context;
  const merged = voiceConfigSchema
    .strict()
    .safeParse(applyMergePatch(JSON.parse(agent.voiceConfig), input.voice_config ?? {}));
  if (!merged.success) return err(refusedPart("voice_config", merged.error));
  const voiceConfig = JSON.stringify(merged.data);
  const updated = await updateVoiceAgent(db, agent, { ...columnsOf(input), voiceConfig });
  if (updated !== null) return ok(toVoiceAgent(updated));
  // Somebody else changed it meanwhile: the change is merged into what it is now.
  const current = await findVoiceAgent(db, orgId, agent.id);
  if (current === null) return err({ code: "not_found", detail: "There is no such voice agent." });
  return changeVoiceAgent(context, current, input);
}

export async function deleteVoiceAgent(
  { db, orgId }: OrgContext,
  agent: VoiceAgentRow,
): Promise<Result<null, Refusal<"in_use">>> {
  const result = await deleteStored(db, orgId, agent.id, toEpochSeconds(Date.now()));
  if (result === "deleted") return ok(null);
  return err({ code: "in_use", detail: "A campaign speaks with this voice agent." });
}

/** Those of the columns that the input names. */
function columnsOf(input: ChangeVoiceAgentInput) {
  return {
    ...(input.name === undefined ? {} : { name: input.name }),
    ...(input.role === undefined ? {} : { role: input.role }),
    ...(input.description === undefined ? {} : { description: input.description }),
    ...(input.avatar_color === undefined ? {} : { avatarColor: input.avatar_color }),
    ...(input.avatar_initials === undefined ? {} : { avatarInitials: input.avatar_initials }),
    ...(input.is_active === undefined ? {} : { isActive: input.is_active }),
  };
}
