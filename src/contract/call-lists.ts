// Lists and statistics of calls (contract A2, A5).

import { z } from "zod";
import { CALL_STATUSES, CALL_TYPES, OUTCOMES, SENTIMENTS } from "../domain/call/status.ts";
import { callSummarySchema, idSchema } from "./calls.ts";
import { cursorSchema } from "./cursor.ts";
import { dateRangeShape } from "./date-range.ts";
import { MAX_OFFSET, pageShape, totalSchema, wholeNumber } from "./pages.ts";

export const listCallsSchema = z
  .object({
    campaign_id: idSchema("campaign").optional(),
    contact_id: idSchema("contact").optional(),
    outcome: z.enum(OUTCOMES).optional(),
    sentiment: z.enum(SENTIMENTS).optional(),
    status: z.enum(CALL_STATUSES).optional(),
    call_type: z.enum(CALL_TYPES).optional(),
    ...dateRangeShape,
    limit: pageShape.limit,
    offset: wholeNumber(0, MAX_OFFSET)
      .optional()
      .meta({ description: "How many to skip; beyond its maximum there is `cursor`." }),
    cursor: cursorSchema("call")
      .optional()
      .meta({ description: "The `next_cursor` of the page before; not together with `offset`." }),
  })
  .refine(({ cursor, offset }) => cursor === undefined || offset === undefined, {
    path: ["cursor"],
    message: "can't be given together with offset",
  });
export type ListCallsQuery = z.infer<typeof listCallsSchema>;

export const callListSchema = z.object({
  calls: z.array(callSummarySchema),
  total: totalSchema,
  next_cursor: z.string().nullable().meta({ description: "Null at the end." }),
});
export type CallList = z.infer<typeof callListSchema>;

export const callStatsQuerySchema = z.object({
  campaign_id: idSchema("campaign").optional(),
  ...dateRangeShape,
});
export type CallStatsQuery = z.infer<typeof callStatsQuerySchema>;

const counter = z.int().min(0);

const statsShape = {
  total_calls: counter.meta({ description: "Calls that have ended." }),
  connected: counter,
  voicemail: counter,
  no_answer: counter,
  failed: counter,
  connect_rate: z.number().meta({ description: "connected / total_calls, two decimals.", example: 0.61 }),
  sentiment_breakdown: z.object({ positive: counter, neutral: counter, negative: counter }),
  avg_duration_seconds: counter.meta({ description: "Over connected calls." }),
};
export const callStatsSchema = z.object(statsShape).meta({ id: "CallStats" });
export type CallStats = z.infer<typeof callStatsSchema>;

/** More days than this are refused: a leap year. */
export const MAX_STATS_DAYS = 366;

const dayStatsSchema = z
  .object({
    date: z.string().meta({ description: "A day of UTC.", example: "2026-05-12" }),
    ...statsShape,
    talk_seconds: counter.meta({ description: "Of connected calls." }),
  })
  .meta({ id: "DayStats" });
export const dailyCallStatsSchema = z.object({
  days: z.array(dayStatsSchema).meta({ description: "Every day of the range, oldest first." }),
  total: z.int().min(0).meta({ description: "How many days." }),
});
export type DayStats = z.infer<typeof dayStatsSchema>;
export type DailyCallStats = z.infer<typeof dailyCallStatsSchema>;
