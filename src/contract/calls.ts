// The wire shapes of calls (contract, part A).

import { z } from "zod";
import { checkJson } from "../domain/json-document.ts";
import {
  CALL_STATUSES,
  CALL_TYPES,
  ENDED_REASONS,
  FAULTS,
  OUTCOMES,
  SENTIMENTS,
} from "../domain/call/status.ts";
import { parsePhone } from "../domain/phone.ts";
import { SPEAKERS } from "../domain/transcript.ts";
import { isId, type IdKind } from "../lib/ids.ts";
import { transferSchema } from "./transfers.ts";

const JSON_PROBLEMS = {
  too_deep: "must not be nested more than 100 deep",
  nul_in_key: "must not have U+0000 in a key",
  not_unicode: "must not have lone surrogates",
  not_finite: "must not have numbers too great for a double, like 1e999",
} as const;

export function idSchema(kind: IdKind) {
  return z.string().refine((text) => isId(kind, text), `must be a ${kind} id`);
}

export const e164Schema = z
  .string()
  .refine((text) => parsePhone(text) !== null, "must be a possible phone number in E.164, like +14155550192");

/** A JSON object that clients fill freely and that is merged by RFC 7396. */
export const freeObjectSchema = z.record(z.string(), z.unknown()).superRefine((value, context) => {
  const problem = checkJson(value);
  if (problem !== null) context.addIssue({ code: "custom", message: JSON_PROBLEMS[problem] });
});

/** A person's name: one line, no control characters, which would reach prompts and speech. */
export const personNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, "must not contain control characters or lone surrogates");

export const placeCallSchema = z.strictObject({
  to: e164Schema,
  campaign_id: idSchema("campaign"),
  contact_name: personNameSchema.optional(),
  metadata: freeObjectSchema.optional(),
});
export type PlaceCallInput = z.infer<typeof placeCallSchema>;

export const placedCallSchema = z.object({
  call_uuid: z.string(),
  status: z.literal("dialing"),
  to: z.string(),
  campaign_id: z.string(),
});
export type PlacedCall = z.infer<typeof placedCallSchema>;

export const turnSchema = z.object({
  speaker: z.enum(SPEAKERS),
  text: z.string(),
  timestamp: z.number(),
});
export const transcriptSchema = z.array(turnSchema);

export const callSummarySchema = z.object({
  uuid: z.string(),
  call_type: z.enum(CALL_TYPES),
  campaign_uuid: z.string(),
  contact_uuid: z.string().nullable(),
  from_number: z.string(),
  to_number: z.string(),
  status: z.enum(CALL_STATUSES),
  duration: z.number().int().nullable(),
  duration_formatted: z.string().nullable(),
  outcome: z.enum(OUTCOMES).nullable(),
  sentiment: z.enum(SENTIMENTS).nullable(),
  summary: z.string().nullable(),
  recording_url: z.string().nullable(),
  started_at: z.string(),
  ended_at: z.string().nullable(),
});

export type CallSummary = z.infer<typeof callSummarySchema>;

export const keyDetailsSchema = z.object({
  extraction: z.record(z.string(), z.unknown()),
  qms_scores: z.record(z.string(), z.unknown()),
});

export const callRecordSchema = callSummarySchema.extend({
  answered_at: z.string().nullable(),
  ended_reason: z.enum(ENDED_REASONS).nullable(),
  fault: z.enum(FAULTS).nullable(),
  carrier: z.object({ carrier_id: z.string(), carrier_call_id: z.string().nullable() }),
  /** The transfer to a human agent that was asked for last. */
  transfer: transferSchema.nullable(),
  transcript: transcriptSchema,
  key_details: keyDetailsSchema,
});
export type CallRecord = z.infer<typeof callRecordSchema>;
