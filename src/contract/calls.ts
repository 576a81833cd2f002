// The wire shapes of calls (contract, part A).

import { z } from "zod";
import { lineSchema, timeSchema } from "./fields.ts";
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
import { ID_PREFIXES, isId, type IdKind } from "../lib/ids.ts";
import { transferSchema } from "./transfers.ts";

const JSON_PROBLEMS = {
  too_deep: "must not be nested more than 100 deep",
  nul_in_key: "must not have U+0000 in a key",
  proto_key: "must not have a key named __proto__",
  not_unicode: "must not have lone surrogates",
  not_finite: "must not have numbers too great for a double, like 1e999",
} as const;

export function idSchema(kind: IdKind) {
  return z
    .string()
    .refine((text) => isId(kind, text), `must be a ${kind} id`)
    .meta({ pattern: `^${ID_PREFIXES[kind]}_[0-7][0-9a-hjkmnp-tv-z]{25}$`, example: exampleId(kind) });
}

/** An id in an answer. */
export const givenIdSchema = (kind: IdKind) => z.string().meta({ example: exampleId(kind) });

const exampleId = (kind: IdKind): string => `${ID_PREFIXES[kind]}_01k4v4n5r7f0a9d8c3b2e1h6jm`;

export const e164Schema = z
  .string()
  .refine((text) => parsePhone(text) !== null, "must be a possible phone number in E.164, like +14155550192")
  .meta({ description: "A phone number in E.164.", pattern: "^\\+[1-9]\\d{1,14}$", example: "+14155550192" });
const phoneSchema = z.string().meta({ example: "+14155550192" });

/** Any JSON that is stored and shown again as it came. */
export const jsonSchema = z.unknown().superRefine(refuseBadJson);

/** A JSON object that clients fill freely and that is merged by RFC 7396. */
export const freeObjectSchema = z.preprocess(
  (value, context) => {
    // Judged as it came: the record leaves out a key named __proto__ without a word.
    refuseBadJson(value, context);
    return value;
  },
  z.record(z.string(), z.unknown()),
);

function refuseBadJson(value: unknown, context: z.RefinementCtx): void {
  const problem = checkJson(value);
  if (problem !== null) context.addIssue({ code: "custom", message: JSON_PROBLEMS[problem] });
}

export const personNameSchema = lineSchema(200);

export const placeCallSchema = z.strictObject({
  to: e164Schema,
  campaign_id: idSchema("campaign").meta({
    description: "The campaign whose voice agent and number are used.",
  }),
  contact_name: personNameSchema
    .optional()
    .meta({ description: "Creates or renames the contact.", example: "Priya Kumar" }),
  metadata: freeObjectSchema.optional().meta({
    description: "Merged into the contact's metadata (RFC 7396).",
    example: { product_interest: "Standing Desk Pro", cart_value: 850 },
  }),
});
export type PlaceCallInput = z.infer<typeof placeCallSchema>;

export const placedCallSchema = z
  .object({
    call_uuid: givenIdSchema("call"),
    status: z.literal("dialing"),
    to: phoneSchema,
    campaign_id: givenIdSchema("campaign"),
  })
  .meta({ id: "PlacedCall" });
export type PlacedCall = z.infer<typeof placedCallSchema>;

export const turnSchema = z
  .object({
    speaker: z.enum(SPEAKERS),
    text: z.string().meta({ example: "Hello, this is Aria of Luminary Home." }),
    timestamp: z.number().meta({ description: "Seconds from the answer.", example: 1.4 }),
  })
  .meta({ id: "Turn" });
export const transcriptSchema = z.array(turnSchema);

const summaryShape = {
  uuid: givenIdSchema("call"),
  call_type: z.enum(CALL_TYPES),
  campaign_uuid: givenIdSchema("campaign"),
  contact_uuid: givenIdSchema("contact").nullable(),
  from_number: phoneSchema,
  to_number: phoneSchema,
  status: z.enum(CALL_STATUSES),
  duration: z
    .int()
    .nullable()
    .meta({ description: "Seconds from the answer to the customer's hang-up.", example: 113 }),
  duration_formatted: z
    .string()
    .nullable()
    .meta({ description: "MM:SS, from an hour on HH:MM:SS.", example: "01:53" }),
  outcome: z.enum(OUTCOMES).nullable(),
  sentiment: z.enum(SENTIMENTS).nullable().meta({ description: "Judged on connected calls only." }),
  summary: z.string().nullable(),
  recording_url: z.string().nullable(),
  started_at: timeSchema.meta({
    description: "When the call was accepted; for an inbound one, when it came.",
  }),
  ended_at: timeSchema.nullable(),
};

export const callSummarySchema = z
  .object(summaryShape)
  .meta({ id: "CallSummary", description: "Fields that are not known yet are null." });
export type CallSummary = z.infer<typeof callSummarySchema>;

/** Results of a call. Workflows may add parts of their own. */
export const keyDetailsSchema = z
  .looseObject({
    extraction: z.record(z.string(), z.unknown()),
    qms_scores: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "KeyDetails" });
export type KeyDetails = z.infer<typeof keyDetailsSchema>;

export const callRecordSchema = z
  .object({
    ...summaryShape,
    answered_at: timeSchema.nullable(),
    ended_reason: z.enum(ENDED_REASONS).nullable(),
    fault: z.enum(FAULTS).nullable(),
    carrier: z.object({
      carrier_id: givenIdSchema("carrier"),
      carrier_call_id: z.string().nullable().meta({ description: "The call's id at the carrier." }),
    }),
    transfer: transferSchema
      .nullable()
      .meta({ description: "The transfer to a human agent that was asked for last." }),
    transcript: transcriptSchema,
    key_details: keyDetailsSchema,
  })
  .meta({ id: "Call" });
export type CallRecord = z.infer<typeof callRecordSchema>;
