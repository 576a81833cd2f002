// Voice agents: who speaks in a campaign's calls.

import { z } from "zod";
import { freeObjectSchema } from "./calls.ts";
import { voiceConfigSchema } from "./campaign-config.ts";
import { lineSchema, textSchema, timeSchema } from "./fields.ts";
import { pageSchema, totalSchema } from "./pages.ts";

const shape = {
  name: lineSchema(100).meta({ example: "Aria" }),
  role: lineSchema(200).nullable().meta({ example: "Sales consultant" }),
  description: textSchema(2_000).nullable(),
  avatar_color: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i, "must be a colour like #1f6feb")
    .nullable(),
  avatar_initials: lineSchema(4).nullable(),
  is_active: z.boolean(),
};

export const createVoiceAgentSchema = z.strictObject({
  name: shape.name,
  role: shape.role.default(null),
  description: shape.description.default(null),
  avatar_color: shape.avatar_color.default(null),
  avatar_initials: shape.avatar_initials.default(null),
  voice_config: voiceConfigSchema.strict().prefault({}),
  is_active: shape.is_active.default(true),
});
export type CreateVoiceAgentInput = z.infer<typeof createVoiceAgentSchema>;

/** A merge patch: what is not named stays. */
export const changeVoiceAgentSchema = z.strictObject({ ...shape, voice_config: freeObjectSchema }).partial();
export type ChangeVoiceAgentInput = z.infer<typeof changeVoiceAgentSchema>;

export const voiceAgentSchema = z
  .object({ uuid: z.string(), ...shape, voice_config: voiceConfigSchema, created_at: timeSchema })
  .meta({ id: "VoiceAgent" });
export type VoiceAgent = z.infer<typeof voiceAgentSchema>;

export const listVoiceAgentsSchema = pageSchema;
export const voiceAgentListSchema = z.object({ voice_agents: z.array(voiceAgentSchema), total: totalSchema });
