// Days of UTC, by which numbers are told. All times are epoch seconds.

import { DAY, type Span } from "./time-cover.ts";

const USUAL_DAYS = 30;

/** A span with both its ends: without an end to the end of today, without a beginning the 30 days before its end. */
export function endedSpan({ from, to }: Span, now: number): { from: number; to: number } {
  const end = to ?? (dayOf(now) + 1) * DAY;
  return { from: from ?? (dayOf(end - 1) + 1 - USUAL_DAYS) * DAY, to: end };
}

/** How many days a span touches. */
export function countDays({ from, to }: { from: number; to: number }): number {
  return from < to ? dayOf(to - 1) - dayOf(from) + 1 : 0;
}

/** The beginning of each day that a span touches, in order. */
export function daysOf(span: { from: number; to: number }): number[] {
  const first = dayOf(span.from);
  return Array.from({ length: countDays(span) }, (_, index) => (first + index) * DAY);
}

/** `2026-05-12` */
export function isoDate(epochSeconds: number): string {
  const text = new Date(epochSeconds * 1000).toISOString();
  return text.slice(0, text.indexOf("T"));
}

function dayOf(epochSeconds: number): number {
  return Math.floor(epochSeconds / DAY);
}
