// What workflows do with a call (contract A8-A10).

import { z } from "zod";
import { freeObjectSchema, givenIdSchema, keyDetailsSchema } from "./calls.ts";
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
