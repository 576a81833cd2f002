import type { CallStats, CallStatsQuery } from "../../contract/call-lists.ts";
import { spanOf } from "../../contract/date-range.ts";
import { selectCounts } from "../../db/call-counts.ts";
import { statsOf } from "../../domain/call-stats.ts";
import type { OrgContext } from "../context.ts";

/** What the organisation's calls amounted to (contract A5): exactly what a full count would give. */
export async function readCallStats({ db, orgId }: OrgContext, query: CallStatsQuery): Promise<CallStats> {
  const scope = { orgId, campaignId: query.campaign_id, started: spanOf(query) };
  const [counts] = await selectCounts(db, scope);
  if (counts === undefined) throw new Error("A sum always has a row");
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
