import { z } from "zod";
import { languageTagSchema, lineSchema, textSchema } from "./fields.ts";

const detailNameSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, "must be a letter, then letters, digits and _, 64 at most")
  .meta({ example: "delivery_date" });

/** How a campaign's calls are made and what its agent is told. Absent fields take these defaults. */
export const campaignConfigSchema = z.object({
  persona_prompt: textSchema(20_000).optional(),
  /** Spoken at the beginning when the call is recorded. */
  recording_disclosure: textSchema(500).optional(),
  guardrails: z.array(textSchema(1_000)).max(50).default([]),
  /** What the analysis is to find out, by the name under which it is stored in `key_details.extraction`. */
  extraction: z
    .array(z.strictObject({ name: detailNameSchema, description: textSchema(500).optional() }))
    .max(50)
    .default([]),
  /** What the agent's part is scored by, from 0 to 5, in `key_details.qms_scores`; absent: the usual four. */
  qms_criteria: z
    .array(z.strictObject({ name: detailNameSchema, description: textSchema(500).optional() }))
    .max(20)
    .optional(),
  record: z.boolean().default(true),
  voicemail: z.enum(["hang_up", "leave_message"]).default("hang_up"),
  voicemail_message: textSchema(1_000).optional(),
  /** Seconds that a phone may ring. */
  ring_timeout: z.int().min(5).max(600).default(30),
  /** Seconds that the agent's part of a call may last. */
  max_duration: z.int().min(5).max(14_400).default(600),
  /** The queue from which the agent calls a human when the customer asks for one. */
  transfer_queue: z.string().min(1).max(64).optional(),
  /** Seconds that a human agent's part of a call may last. */
  bridge_max_duration: z.int().min(60).max(86_400).default(14_400),
});

export const voiceConfigSchema = z.object({
  provider: lineSchema(50).optional(),
  model: lineSchema(100).optional(),
  speaker: lineSchema(100).optional(),
  language_code: languageTagSchema.default("en-US"),
});
