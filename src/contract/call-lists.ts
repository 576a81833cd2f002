// Lists and statistics of calls (contract A2, A5).

import { z } from "zod";
import { CALL_STATUSES, CALL_TYPES, OUTCOMES, SENTIMENTS } from "../domain/call/status.ts";
import { callSummarySchema, idSchema } from "./calls.ts";
import { cursorSchema } from "./cursor.ts";
import { dateRangeShape } from "./date-range.ts";

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.number().min(min).max(max));

/** The farthest that `offset` reaches; beyond it there is `cursor`. */
const MAX_OFFSET = 1_000_000;

export const listCallsSchema = z
  .object({
    campaign_id: idSchema("campaign").optional(),
    contact_id: idSchema("contact").optional(),
    outcome: z.enum(OUTCOMES).optional(),
    sentiment: z.enum(SENTIMENTS).optional(),
    status: z.enum(CALL_STATUSES).optional(),
    call_type: z.enum(CALL_TYPES).optional(),
    ...dateRangeShape,
    limit: wholeNumber(1, 100).default(50),
    offset: wholeNumber(0, MAX_OFFSET).optional(),
    cursor: cursorSchema("call").optional(),
  })
  .refine(({ cursor, offset }) => cursor === undefined || offset === undefined, {
    path: ["cursor"],
    message: "can't be given together with offset",
  });
export type ListCallsQuery = z.infer<typeof listCallsSchema>;

export const callListSchema = z.object({
  calls: z.array(callSummarySchema),
  total: z.number().int(),
  next_cursor: z.string().nullable(),
});
export type CallList = z.infer<typeof callListSchema>;

export const callStatsQuerySchema = z.object({
  campaign_id: idSchema("campaign").optional(),
  ...dateRangeShape,
});
export type CallStatsQuery = z.infer<typeof callStatsQuerySchema>;

const counter = z.number().int();

export const callStatsSchema = z.object({
  total_calls: counter,
  connected: counter,
  voicemail: counter,
  no_answer: counter,
  failed: counter,
  connect_rate: z.number(),
  sentiment_breakdown: z.object({ positive: counter, neutral: counter, negative: counter }),
  avg_duration_seconds: counter,
});
export type CallStats = z.infer<typeof callStatsSchema>;
