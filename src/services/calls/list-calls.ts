import type { CallList, ListCallsQuery } from "../../contract/call-lists.ts";
import { writeCursor } from "../../contract/cursor.ts";
import { spanOf } from "../../contract/date-range.ts";
import { toSummary } from "../../db/call-records.ts";
import { listCalls as listStored } from "../../db/list-calls.ts";
import type { OrgContext } from "../context.ts";

/** One page of the organisation's calls, newest first (contract A2). Live calls are shown as their rows have them. */
export async function listCalls({ db, orgId, config }: OrgContext, query: ListCallsQuery): Promise<CallList> {
  const filter = {
    orgId,
    campaignId: query.campaign_id,
    contactId: query.contact_id,
    outcome: query.outcome,
    sentiment: query.sentiment,
    status: query.status,
    callType: query.call_type,
    started: spanOf(query),
  };
  const page = { limit: query.limit, offset: query.offset ?? 0, after: query.cursor ?? null };
  const { rows, hasMore, total } = await listStored(db, filter, page);
  const last = rows.at(-1);
  return {
    calls: rows.map((row) => toSummary(row, row, row.isPlayable === 1, config.PUBLIC_BASE_URL)),
    total,
    next_cursor: hasMore && last !== undefined ? writeCursor({ at: last.startedAt, id: last.id }) : null,
  };
}
