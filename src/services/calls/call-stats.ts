import {
  MAX_STATS_DAYS,
  type CallStats,
  type CallStatsQuery,
  type DailyCallStats,
  type DayStats,
} from "../../contract/call-lists.ts";
import { spanOf } from "../../contract/date-range.ts";
import type { Refusal } from "../../contract/problems.ts";
import { countsOf, dailyCountsOf } from "../../db/call-counts.ts";
import { ask } from "../../db/kept.ts";
import { NO_CALLS, statsOf, type StatsInput } from "../../domain/call-stats.ts";
import { countDays, daysOf, endedSpan, isoDate } from "../../domain/days.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import type { OrgContext } from "../context.ts";

/** What the organisation's calls amounted to (contract A5): exactly what a full count would give. */
export async function readCallStats({ db, orgId }: OrgContext, query: CallStatsQuery): Promise<CallStats> {
  const scope = { orgId, campaignId: query.campaign_id, started: spanOf(query) };
  const [counts] = await ask(db, countsOf(scope));
  if (counts === undefined) throw new Error("A sum always has a row");
  return toCallStats(counts);
}

/** The same for each day of a range: its days' counts are together what `readCallStats` says of it. */
export async function readDailyCallStats(
  { db, orgId }: OrgContext,
  query: CallStatsQuery,
): Promise<Result<DailyCallStats, Refusal<"validation_failed">>> {
  const started = endedSpan(spanOf(query), toEpochSeconds(Date.now()));
  if (countDays(started) > MAX_STATS_DAYS) return err(TOO_MANY_DAYS);
  const rows = await ask(db, dailyCountsOf({ orgId, campaignId: query.campaign_id, started }));
  const counts = new Map(rows.map((row) => [row.day, row]));
  const days = daysOf(started).map((day) => toDayStats(day, counts.get(day) ?? NO_CALLS));
  return ok({ days, total: days.length });
}

const TOO_MANY_DAYS: Refusal<"validation_failed"> = {
  code: "validation_failed",
  detail: "Please check date_from.",
  errors: [
    {
      path: "date_from",
      message: `must leave a range of at most ${MAX_STATS_DAYS} days (UTC) up to its end`,
    },
  ],
};

function toDayStats(day: number, counts: StatsInput): DayStats {
  return { date: isoDate(day), ...toCallStats(counts), talk_seconds: counts.talkSeconds };
}

function toCallStats(counts: StatsInput): CallStats {
  const stats = statsOf(counts);
  return {
    total_calls: stats.total,
    connected: stats.connected,
    voicemail: stats.voicemail,
    no_answer: stats.noAnswer,
    failed: stats.failed,
    connect_rate: stats.connectRate,
    sentiment_breakdown: { positive: stats.positive, neutral: stats.neutral, negative: stats.negative },
    avg_duration_seconds: stats.averageSeconds,
  };
}
