// What travels on the queues. Consumers meet each message at least once, in any order.

import { z } from "zod";

export const dialMessageSchema = z.object({ call_id: z.string() });
export type DialMessage = z.infer<typeof dialMessageSchema>;

export const callEventMessageSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("recording_ready"),
    call_id: z.string(),
    carrier_id: z.string(),
    recording_id: z.string(),
    duration_seconds: z.number().int(),
  }),
  /** The call is over, and its row and transcript say so. */
  z.object({ type: z.literal("call_ended"), call_id: z.string() }),
  /** No object knows the call, whose row lives as of that projection. */
  z.object({
    type: z.literal("call_given_up"),
    call_id: z.string(),
    org_id: z.string(),
    projected_seq: z.number().int(),
    /** The webhooks that have not heard of it; without them, all. */
    webhook_ids: z.array(z.string()).optional(),
  }),
]);
export type CallEventMessage = z.infer<typeof callEventMessageSchema>;
