// Twilio's lists: the query string's paging and time filters, the page that is read, and its envelope.
// https://www.twilio.com/docs/usage/twilios-response#pagination

import { z } from "zod";

export type Paging = { pageSize: number; page: number; afterSid: string | undefined };

/** `resources` are JSON texts. */
export type Page = { resources: string[]; lastSid: string | null; hasMore: boolean };

/** Left out when its value is undefined. */
export type Filter = [condition: string, value: string | number | undefined];

const MAX_PAGE_SIZE = 1000;
const DAY_MS = 86_400_000;

export const pagingFields = {
  PageSize: z.coerce.number().int().min(1).catch(50).default(50),
  Page: z.coerce.number().int().min(0).catch(0).default(0),
  PageToken: z
    .string()
    .regex(/^PA(CA|PN|RE)[0-9a-f]{32}$/)
    .optional(),
};

export function pagingOf(query: { PageSize: number; Page: number; PageToken?: string | undefined }): Paging {
  return {
    pageSize: Math.min(MAX_PAGE_SIZE, query.PageSize),
    page: query.Page,
    afterSid: query.PageToken?.slice(2),
  };
}

export const optionalText = z.string().min(1).optional().catch(undefined);

/** A date means its midnight in UTC. */
export const moment = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })])
  .transform((text) => Date.parse(text))
  .optional();

export type TimeRange = { fromMs: number | undefined; toMs: number | undefined };

/** `on` is any moment of the UTC day that is meant. */
export function timeRange(
  on: number | undefined,
  since: number | undefined,
  until: number | undefined,
): TimeRange {
  const dayMs = on === undefined ? undefined : Math.floor(on / DAY_MS) * DAY_MS;
  return { fromMs: since ?? dayMs, toMs: until ?? (dayMs === undefined ? undefined : dayMs + DAY_MS - 1) };
}

/**
 * A query under plain names: `StartTime>=x`, which reaches us as the name `StartTime>` unless its maker escaped it
 * as `StartTime>=`, is `StartTimeSince` here, and `StartTime<` is `StartTimeUntil`.
 */
export function queryFields(search: URLSearchParams): Record<string, string> {
  return Object.fromEntries(
    [...search].map(([name, value]) => [name.replace(/>=?$/, "Since").replace(/<=?$/, "Until"), value]),
  );
}

/** Newest first. A page is found by the last entry of the page before it, or else by its number. */
export function selectPage(sql: SqlStorage, table: string, filters: readonly Filter[], paging: Paging): Page {
  const { pageSize, page, afterSid } = paging;
  const after: Filter = [
    `(created_ms, sid) < (SELECT created_ms, sid FROM ${table} WHERE sid = ?)`,
    afterSid,
  ];
  const used = [...filters, after].flatMap(([condition, value]) =>
    value === undefined ? [] : [{ condition, value }],
  );
  const where = ["1 = 1", ...used.map(({ condition }) => condition)].join(" AND ");
  const rows = sql
    .exec<{ sid: string; resource: string }>(
      `SELECT sid, resource FROM ${table} WHERE ${where} ORDER BY created_ms DESC, sid DESC LIMIT ? OFFSET ?`,
      ...used.map(({ value }) => value),
      pageSize + 1,
      afterSid === undefined ? page * pageSize : 0,
    )
    .toArray();
  const shown = rows.slice(0, pageSize);
  return {
    resources: shown.map((row) => row.resource),
    lastSid: shown.at(-1)?.sid ?? null,
    hasMore: rows.length > shown.length,
  };
}

/** `search` is the query string that was asked; the other pages' addresses repeat its filters. */
export function pagedBody(
  key: "calls" | "recordings" | "incoming_phone_numbers",
  path: string,
  search: URLSearchParams,
  { pageSize, page }: Paging,
  found: Page,
) {
  const address = (number: number, token?: string): string => {
    const params = new URLSearchParams(search);
    params.delete("PageToken");
    params.set("PageSize", String(pageSize));
    params.set("Page", String(number));
    if (token !== undefined) params.set("PageToken", token);
    return `${path}?${params.toString()}`;
  };
  const start = page * pageSize;
  return {
    first_page_uri: address(0),
    end: Math.max(start, start + found.resources.length - 1),
    previous_page_uri: page > 0 ? address(page - 1) : null,
    [key]: found.resources.map((resource): unknown => JSON.parse(resource)),
    uri: search.size > 0 ? `${path}?${search.toString()}` : path,
    page_size: pageSize,
    start,
    next_page_uri: found.hasMore ? address(page + 1, `PA${found.lastSid}`) : null,
    page,
  };
}
