// A span of time as whole months, days and hours, and the at most two pieces of an hour that are left over. Counts
// kept by bucket are added up over the former; only the latter have to be counted. All times are epoch seconds, UTC.

export const GRAINS = ["hour", "day", "month"] as const;
export type Grain = (typeof GRAINS)[number];

/** From `from`, and before `to`; null is without bound. */
export type Span = { from: number | null; to: number | null };

/** `whole` are spans of buckets, by their beginnings; at most five. `partial` are spans within one hour; at most two. */
export type Cover = { whole: ({ grain: Grain } & Span)[]; partial: { from: number; to: number }[] };

const HOUR = 3_600;
export const DAY = 86_400;

/** @param widest of the buckets: `day` where it has to be known how much each day had. */
export function coverSpan({ from, to }: Span, widest: "month" | "day" = "month"): Cover {
  const cover: Cover = { whole: [], partial: [] };
  if (from !== null && to !== null && from >= to) return cover;
  const hours = {
    from: from === null ? null : ceilTo(from, HOUR),
    to: to === null ? null : floorTo(to, HOUR),
  };
  if (from !== null && to !== null && isBehind(hours)) return { whole: [], partial: [{ from, to }] };
  if (from !== null && hours.from !== null && from < hours.from) {
    cover.partial.push({ from, to: hours.from });
  }
  coverHours(cover, hours, widest);
  if (to !== null && hours.to !== null && hours.to < to) cover.partial.push({ from: hours.to, to });
  return cover;
}

function coverHours(cover: Cover, hours: Span, widest: "month" | "day"): void {
  const days = {
    from: hours.from === null ? null : ceilTo(hours.from, DAY),
    to: hours.to === null ? null : floorTo(hours.to, DAY),
  };
  coverBy(cover, "hour", hours, days, () =>
    widest === "day" ? push(cover, "day", days) : coverDays(cover, days),
  );
}

function coverDays(cover: Cover, days: Span): void {
  const months = {
    from: days.from === null ? null : ceilToMonth(days.from),
    to: days.to === null ? null : floorToMonth(days.to),
  };
  coverBy(cover, "day", days, months, () => push(cover, "month", months));
}

/** What of `outer` lies around `inner` is covered at this grain, and `inner` by the next. */
function coverBy(cover: Cover, grain: Grain, outer: Span, inner: Span, coverInner: () => void): void {
  if (isBehind(inner)) return push(cover, grain, outer);
  if (inner.from !== null) push(cover, grain, { from: outer.from, to: inner.from });
  coverInner();
  if (inner.to !== null) push(cover, grain, { from: inner.to, to: outer.to });
}

function push(cover: Cover, grain: Grain, span: Span): void {
  if (span.from !== null && span.to !== null && span.from >= span.to) return;
  cover.whole.push({ grain, ...span });
}

function isBehind({ from, to }: Span): boolean {
  return from !== null && to !== null && from > to;
}

function floorTo(seconds: number, size: number): number {
  return Math.floor(seconds / size) * size;
}

function ceilTo(seconds: number, size: number): number {
  return Math.ceil(seconds / size) * size;
}

function floorToMonth(seconds: number): number {
  const date = new Date(seconds * 1000);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / 1000;
}

function ceilToMonth(seconds: number): number {
  const floor = floorToMonth(seconds);
  if (floor === seconds) return seconds;
  const date = new Date(floor * 1000);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / 1000;
}
