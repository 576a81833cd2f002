// Listing calls: the query string as Twilio reads it, and its paging envelope.
// https://www.twilio.com/docs/voice/api/call-resource#read-multiple-call-resources

import { z } from "zod";
import { CALL_STATUSES, type CallStatus } from "./call-state.ts";

export type ListEntry = {
  sid: string;
  version: number;
  createdAtMs: number;
  startedAtMs: number;
  to: string;
  from: string;
  parentCallSid: string | null;
  status: CallStatus;
  resource: string;
};

const optionalText = z.string().min(1).optional().catch(undefined);
/** A date means its midnight in UTC. */
const moment = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })])
  .transform((text) => Date.parse(text));

const DAY_MS = 86_400_000;

/** `StartTime>=2026-01-01` reaches us as the name `StartTime>`, unless its maker escaped it as `StartTime>=`. */
export const callQuery = z
  .object({
    To: optionalText,
    From: optionalText,
    Status: z.enum(CALL_STATUSES).optional(),
    ParentCallSid: optionalText,
    StartTime: z.iso.date().optional(),
    "StartTime<": moment.optional(),
    "StartTime<=": moment.optional(),
    "StartTime>": moment.optional(),
    "StartTime>=": moment.optional(),
    PageSize: z.coerce.number().int().min(1).catch(50).default(50),
    Page: z.coerce.number().int().min(0).catch(0).default(0),
    PageToken: z
      .string()
      .regex(/^PACA[0-9a-f]{32}$/)
      .transform((token) => token.slice(2))
      .optional(),
  })
  .transform((query) => {
    const day = query.StartTime === undefined ? undefined : Date.parse(query.StartTime);
    return {
      to: query.To,
      from: query.From,
      status: query.Status,
      parentCallSid: query.ParentCallSid,
      startedFromMs: query["StartTime>"] ?? query["StartTime>="] ?? day,
      startedToMs:
        query["StartTime<"] ?? query["StartTime<="] ?? (day === undefined ? undefined : day + DAY_MS - 1),
      pageSize: Math.min(1000, query.PageSize),
      page: query.Page,
      afterSid: query.PageToken,
    };
  });

export type CallQuery = z.infer<typeof callQuery>;

/** `resources` are JSON texts. */
export type CallPage = { resources: string[]; lastSid: string | null; hasMore: boolean };

/** `search` is the query string that was asked; the other pages' addresses repeat its filters. */
export function pagedBody(path: string, search: URLSearchParams, query: CallQuery, found: CallPage) {
  const address = (page: number, token?: string): string => {
    const params = new URLSearchParams(search);
    params.delete("PageToken");
    params.set("PageSize", String(query.pageSize));
    params.set("Page", String(page));
    if (token !== undefined) params.set("PageToken", token);
    return `${path}?${params.toString()}`;
  };
  const start = query.page * query.pageSize;
  const next = found.hasMore ? address(query.page + 1, `PA${found.lastSid}`) : null;
  return {
    first_page_uri: address(0),
    end: Math.max(start, start + found.resources.length - 1),
    previous_page_uri: query.page > 0 ? address(query.page - 1) : null,
    calls: found.resources.map((resource): unknown => JSON.parse(resource)),
    uri: search.size > 0 ? `${path}?${search.toString()}` : path,
    page_size: query.pageSize,
    start,
    next_page_uri: next,
    page: query.page,
  };
}
