// What travels between objects, and to those who watch.

import { z } from "zod";
import { CALL_STATUSES, CALL_TYPES, ENDED_REASONS, FAULTS, OUTCOMES } from "../domain/call/status.ts";
import { callSummarySchema, turnSchema } from "./calls.ts";
import { timeSchema } from "./fields.ts";

/** A live call as the board of its organisation shows it. Times are epoch seconds. */
export const boardEntrySchema = z.object({
  callId: z.string(),
  callType: z.enum(CALL_TYPES),
  campaignId: z.string(),
  contactId: z.string().nullable(),
  from: z.string(),
  to: z.string(),
  status: z.enum(CALL_STATUSES),
  startedAt: z.number().int(),
  answeredAt: z.number().int().nullable(),
});
export type BoardEntry = z.infer<typeof boardEntrySchema>;

const liveCallSchema = callSummarySchema
  .extend({ answered_at: timeSchema.nullable() })
  .meta({ id: "LiveCall" });

/** The calls that live now (contract A6), newest first. `duration` is the talk time so far. */
export const liveCallsSchema = z.object({
  calls: z.array(liveCallSchema),
  total: z.number().int(),
});
export type LiveCalls = z.infer<typeof liveCallsSchema>;
export type LiveCall = LiveCalls["calls"][number];

/**
 * Messages of `/ws/live/{call_uuid}`. `cursor` grows with each; a watcher that reconnects names the last one
 * it saw. `index` numbers the lines; one that was sent before is replaced, and taken back if its text is empty.
 */
const cursor = z.number().int();
export const liveMessageSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("start"),
    cursor,
    call_uuid: z.string(),
    call_type: z.enum(CALL_TYPES),
    campaign_uuid: z.string(),
    from_number: z.string(),
    to_number: z.string(),
    started_at: timeSchema,
  }),
  z.object({ type: z.literal("status"), cursor, status: z.enum(CALL_STATUSES), at: timeSchema }),
  z.object({ type: z.literal("transcript"), cursor, index: z.number().int(), ...turnSchema.shape }),
  z.object({
    type: z.literal("end"),
    cursor,
    outcome: z.enum(OUTCOMES),
    ended_reason: z.enum(ENDED_REASONS),
    fault: z.enum(FAULTS),
    duration: z.number().int(),
    at: timeSchema,
  }),
]);
export type LiveMessage = z.infer<typeof liveMessageSchema>;
/** Without the cursor, which the feed gives. */
export type NewLiveMessage = LiveMessage extends infer M
  ? M extends LiveMessage
    ? Omit<M, "cursor">
    : never
  : never;

/**
 * Messages of `/ws/board`: first all live calls, newest first, and then each change of one. `cursor` grows with each
 * change; a watcher that reconnects names the last one it saw and is told what it missed, or is sent a new snapshot.
 */
export const boardMessageSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("snapshot"), cursor, calls: z.array(liveCallSchema) }),
  z.object({ type: z.literal("call"), cursor, call: liveCallSchema }),
  z.object({ type: z.literal("ended"), cursor, call_uuid: z.string() }),
]);
export type BoardMessage = z.infer<typeof boardMessageSchema>;
