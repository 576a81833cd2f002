import { z } from "zod";
import { languageTagSchema, lineSchema, textSchema } from "./fields.ts";

/** How a campaign's calls are made and what its agent is told. Absent fields take these defaults. */
export const campaignConfigSchema = z.object({
  persona_prompt: textSchema(20_000).optional(),
  /** Spoken at the beginning when the call is recorded. */
  recording_disclosure: textSchema(500).optional(),
  guardrails: z.array(textSchema(1_000)).max(50).default([]),
  record: z.boolean().default(true),
  voicemail: z.enum(["hang_up", "leave_message"]).default("hang_up"),
  voicemail_message: textSchema(1_000).optional(),
  /** Seconds that a phone may ring. */
  ring_timeout: z.int().min(5).max(600).default(30),
  /** Seconds that the agent's part of a call may last. */
  max_duration: z.int().min(5).max(14_400).default(600),
  /** The queue of people that the agent hands a call to. */
  transfer_queue: z.string().max(64).optional(),
  /** Seconds that the part of a person who took the call over may last. */
  bridge_max_duration: z.int().min(60).max(86_400).default(14_400),
});

export const voiceConfigSchema = z.object({
  provider: lineSchema(50).optional(),
  model: lineSchema(100).optional(),
  speaker: lineSchema(100).optional(),
  language_code: languageTagSchema.default("en-US"),
});
