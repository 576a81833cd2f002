// Which days and which campaign the address asks for. `days` is a range that ends today, and moves on with it. Days are
// those of UTC, as the API counts them.

import { go } from "../router.tsx";

export const PRESETS = [7, 30, 90] as const;
const USUAL = 30;
const DAY_MS = 86_400_000;

export type Range = {
  /** `2026-05-12` */
  from: string;
  to: string;
  /** Null: two days that somebody chose. */
  preset: number | null;
  campaignId: string | undefined;
};

export function rangeOf(query: URLSearchParams, nowMs: number): Range {
  const campaignId = query.get("campaign_id") ?? undefined;
  const [from, to] = [query.get("date_from"), query.get("date_to")];
  if (from !== null && to !== null) return { from, to, preset: null, campaignId };
  const asked = Number(query.get("days"));
  const preset = PRESETS.find((days) => days === asked) ?? USUAL;
  return { from: dateOf(nowMs - (preset - 1) * DAY_MS), to: dateOf(nowMs), preset, campaignId };
}

/** @param days a preset, or two days. */
export function show(days: number | { from: string; to: string }, campaignId: string | undefined): void {
  const query = new URLSearchParams(
    typeof days === "number" ? { days: String(days) } : { date_from: days.from, date_to: days.to },
  );
  if (campaignId !== undefined) query.set("campaign_id", campaignId);
  go(`/desk/numbers?${query}`, "replace");
}

export function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

const short = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });
const long = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });
const weekday = new Intl.DateTimeFormat(undefined, {
  weekday: "short",
  day: "numeric",
  month: "short",
  timeZone: "UTC",
});
const full = new Intl.DateTimeFormat(undefined, {
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});

/** The days as people write them: the shortest for an axis, the fullest for a row of a table. */
export const showDay = {
  short: (date: string): string => short.format(new Date(date)),
  long: (date: string): string => long.format(new Date(date)),
  weekday: (date: string): string => weekday.format(new Date(date)),
  full: (date: string): string => full.format(new Date(date)),
};
