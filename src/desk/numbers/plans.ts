// What each chart shows, as plain data: the drawing, the legend, the table and the words for it are made of the same.

import type { DayStats } from "../../contract/call-lists.ts";
import { showDuration, showNumber } from "../format.ts";
import { showDay } from "./range.ts";

type Series = {
  name: string;
  /** Its colour, by name (styles/numbers.css). */
  tone: string;
  /** Null: there is nothing to say of that day. */
  of: (day: DayStats) => number | null;
};
export type ChartPlan = {
  title: string;
  kind: "stack" | "line";
  series: readonly Series[];
  /** What all days amount to, for each series. */
  whole: (series: Series, days: readonly DayStats[]) => number | null;
  show: (value: number | null) => string;
  /** The distances that marks on the axis may have. */
  steps: number[];
  /** Where the axis ends, if not by the greatest value. */
  top?: number;
};

const percent = new Intl.NumberFormat(undefined, { style: "percent" });
const DASH = "–";

export function showRate(rate: number | null): string {
  return rate === null ? DASH : percent.format(rate);
}

const counts = {
  kind: "stack",
  whole: sumOf,
  show: (value: number | null) => (value === null ? DASH : showNumber(value)),
  steps: [1, 2, 5]
    .flatMap((step) => [1, 10, 100, 1_000, 10_000, 100_000].map((size) => step * size))
    .toSorted((a, b) => a - b),
} as const;

export const PLANS: readonly ChartPlan[] = [
  {
    ...counts,
    title: "Calls per day by outcome",
    series: [
      { name: "Connected", tone: "connected", of: (day) => day.connected },
      { name: "Voicemail", tone: "voicemail", of: (day) => day.voicemail },
      { name: "No answer", tone: "no-answer", of: (day) => day.no_answer },
      { name: "Failed", tone: "failed", of: (day) => day.failed },
    ],
  },
  {
    title: "Connect rate per day",
    kind: "line",
    series: [
      {
        name: "Connect rate",
        tone: "plain",
        of: (day) => (day.total_calls === 0 ? null : day.connect_rate),
      },
    ],
    whole: (_, days) => {
      const calls = days.reduce((sum, day) => sum + day.total_calls, 0);
      return calls === 0 ? null : days.reduce((sum, day) => sum + day.connected, 0) / calls;
    },
    show: showRate,
    steps: [0.25, 0.5, 1],
    top: 1,
  },
  {
    title: "Talk time per day",
    kind: "stack",
    series: [{ name: "Talk time", tone: "plain", of: (day) => day.talk_seconds }],
    whole: sumOf,
    show: showDuration,
    steps: [
      1, 5, 15, 30, 60, 300, 900, 1_800, 3_600, 7_200, 18_000, 36_000, 72_000, 180_000, 360_000, 720_000,
    ],
  },
  {
    ...counts,
    title: "Sentiment per day",
    series: [
      { name: "Positive", tone: "positive", of: (day) => day.sentiment_breakdown.positive },
      { name: "Neutral", tone: "neutral", of: (day) => day.sentiment_breakdown.neutral },
      { name: "Negative", tone: "negative", of: (day) => day.sentiment_breakdown.negative },
    ],
  },
];

function sumOf({ of }: Series, days: readonly DayStats[]): number {
  return days.reduce((sum, day) => sum + (of(day) ?? 0), 0);
}

/** The chart in words. */
export function describe(plan: ChartPlan, days: readonly DayStats[]): string {
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return plan.title;
  const all = plan.series.map((series) => `${series.name}: ${plan.show(plan.whole(series, days))}`);
  const heights = days.map((day) => plan.series.reduce((sum, { of }) => sum + (of(day) ?? 0), 0));
  const highest = Math.max(...heights);
  const peak = days[heights.indexOf(highest)];
  const most = peak === undefined ? "" : ` The most on ${showDay.long(peak.date)}: ${plan.show(highest)}.`;
  return `${plan.title}, ${showDay.long(first.date)} to ${showDay.long(last.date)}. ${all.join(", ")} in all.${most}`;
}
