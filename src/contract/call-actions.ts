// What workflows do with a call (contract A8-A10).

import { z } from "zod";
import { freeObjectSchema, givenIdSchema, jsonSchema, keyDetailsSchema } from "./calls.ts";
import { textSchema } from "./fields.ts";
import { LONGEST_BRIEF } from "../domain/brief.ts";
import { CALL_STATUSES, REQUESTED_END_REASONS } from "../domain/call/status.ts";

export const endCallSchema = z.strictObject({ reason: z.enum(REQUESTED_END_REASONS) });
export type EndCallInput = z.infer<typeof endCallSchema>;

/** `status` is where the call stands now: a carrier takes a moment to hang up. */
export const endedCallSchema = z.object({
  call_uuid: givenIdSchema("call"),
  status: z.enum(CALL_STATUSES),
  reason: z.enum(REQUESTED_END_REASONS),
});
export type EndedCall = z.infer<typeof endedCallSchema>;

const part = z.record(z.string(), z.unknown()).nullable().optional();

/** Merged into what is there (RFC 7396): objects deeply, and null deletes. */
export const writeMetadataSchema = z.strictObject({
  key_details: freeObjectSchema.pipe(z.looseObject({ extraction: part, qms_scores: part })).meta({
    example: {
      extraction: {
        outcome: { call_outcome: "warm_transfer", intent_score: 88 },
        disposition: { lead_stage: "Interested in Buying" },
        next_action: { type: "warm_transfer", transfer_target: "sales_specialist" },
      },
      qms_scores: { opening: 3, energy: 2, probing: 3 },
    },
  }),
});
export type WriteMetadataInput = z.infer<typeof writeMetadataSchema>;

export const writtenMetadataSchema = z.object({
  call_uuid: givenIdSchema("call"),
  key_details: keyDetailsSchema,
});
export type WrittenMetadata = z.infer<typeof writtenMetadataSchema>;

export const transferCallSchema = z.strictObject({
  target: z.string().min(1).max(64).meta({ description: "The queue's name", example: "sales_specialist" }),
  agent_brief: textSchema(4 * LONGEST_BRIEF)
    .refine((text) => [...text].length <= LONGEST_BRIEF, "must have at most 280 characters")
    .optional()
    .meta({ example: "Standing Desk Pro, $850, ready to buy, needs delivery within 3 days." }),
  context: jsonSchema
    .optional()
    .meta({ description: "Attached to the transfer event", example: { intent_score: 88, cart_value: 850 } }),
});
export type TransferCallInput = z.infer<typeof transferCallSchema>;

export const transferredCallSchema = z.object({
  call_uuid: givenIdSchema("call"),
  status: z.literal("transferring"),
  target: z.string(),
  transfer_id: givenIdSchema("transfer"),
});
export type TransferredCall = z.infer<typeof transferredCallSchema>;
