// What workflows do with a call (contract A8-A10).

import { z } from "zod";
import { CALL_STATUSES, REQUESTED_END_REASONS } from "../domain/call/status.ts";

export const endCallSchema = z.strictObject({ reason: z.enum(REQUESTED_END_REASONS) });
export type EndCallInput = z.infer<typeof endCallSchema>;

/** `status` is where the call stands now: a carrier takes a moment to hang up. */
export const endedCallSchema = z.object({
  call_uuid: z.string(),
  status: z.enum(CALL_STATUSES),
  reason: z.enum(REQUESTED_END_REASONS),
});
export type EndedCall = z.infer<typeof endedCallSchema>;
