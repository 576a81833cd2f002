import { z } from "zod";
import type { CallList, ListCallsQuery } from "../../contract/call-lists.ts";
import { spanOf } from "../../contract/date-range.ts";
import { listCalls as listStored, type CallCursor } from "../../db/list-calls.ts";
import { isId } from "../../lib/ids.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import type { OrgContext } from "../context.ts";
import { toSummary } from "./call-summary.ts";

/** One page of the organisation's calls, newest first (contract A2). Live calls are shown as their rows have them. */
export async function listCalls(
  { db, orgId, config }: OrgContext,
  query: ListCallsQuery,
): Promise<Result<CallList, "bad_cursor">> {
  const after = query.cursor === undefined ? null : readCursor(query.cursor);
  if (after === undefined) return err("bad_cursor");
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
  const page = { limit: query.limit, offset: query.offset ?? 0, after };
  const { rows, hasMore, total } = await listStored(db, filter, page);
  const last = rows.at(-1)?.row;
  return ok({
    calls: rows.map(({ row, optedOut }) => toSummary(row, row, optedOut === 1, config.PUBLIC_BASE_URL)),
    total,
    next_cursor: hasMore && last !== undefined ? writeCursor(last) : null,
  });
}

const cursorSchema = z.tuple([z.number().int().nonnegative(), z.string()]);

function writeCursor({ startedAt, id }: CallCursor): string {
  return btoa(JSON.stringify([startedAt, id])).replaceAll("=", "");
}

/** Undefined for what is no cursor of ours. */
function readCursor(text: string): CallCursor | undefined {
  try {
    const parsed = cursorSchema.safeParse(JSON.parse(atob(text)));
    if (!parsed.success || !isId("call", parsed.data[1])) return undefined;
    const [startedAt, id] = parsed.data;
    return { startedAt, id };
  } catch {
    return undefined;
  }
}
