// The drawing itself, loaded when somebody comes to look at numbers: uPlot and its styles are nobody else's.

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { DayStats } from "../../contract/call-lists.ts";
import type { ChartPlan } from "./plans.ts";
import { showDay } from "./range.ts";

const HEIGHT = 220;
const FONT = "12px system-ui, sans-serif";
const LEGIBLE_DAYS_PX = 70;
/** With more days bars are too thin for a line around them, and points too close for a great one. */
const ROOMY_DAYS = 45;
/** The distances that marks below may have, in days. */
const DAY_STEPS = [1, 2, 7, 14, 28, 56, 112, 224];

type Colours = { text: string; line: string; ground: string; series: string[] };

/**
 * Draws the days into the host, as wide as it is at any time and in the colours of the theme that is on.
 * @param onDay which day the pointer is at; null: at none.
 * @returns what takes it away.
 */
export function drawChart(
  host: HTMLElement,
  plan: ChartPlan,
  days: readonly DayStats[],
  { label, onDay }: { label: string; onDay: (index: number | null) => void },
): () => void {
  let colours = coloursOf(host, plan);
  const chart = new uPlot(
    {
      width: host.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: false, y: false },
        points: { show: plan.kind === "line" },
        // The pointer is at the same day in all charts.
        sync: { key: "numbers" },
      },
      scales: {
        // By number, not by time: a day is a day, whatever the reader's clocks do in it.
        x: { time: false, range: () => [-0.5, days.length - 0.5] },
        y: { range: (_, __, max) => [0, plan.top ?? Math.max(plan.steps[0] ?? 1, max) * 1.05] },
      },
      axes: axesOf(plan, days, () => colours),
      padding: [10, null, 0, 0],
      series: [{}, ...seriesOf(plan, days.length <= ROOMY_DAYS, () => colours)],
      hooks: { setCursor: [({ cursor }) => onDay(cursor.idx ?? null)] },
    },
    dataOf(plan, days),
    host,
  );
  chart.ctx.canvas.setAttribute("role", "img");
  chart.ctx.canvas.setAttribute("aria-label", label);
  const widths = new ResizeObserver(() => {
    if (host.clientWidth > 0) chart.setSize({ width: host.clientWidth, height: HEIGHT });
  });
  widths.observe(host);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const recolour = (): void => {
    colours = coloursOf(host, plan);
    chart.redraw();
  };
  dark.addEventListener("change", recolour);
  return () => {
    widths.disconnect();
    dark.removeEventListener("change", recolour);
    chart.destroy();
  };
}

/** Bars of a stack are drawn from the ground up, the tallest first: what a shorter one covers is not the taller one's. */
function dataOf({ kind, series }: ChartPlan, days: readonly DayStats[]): uPlot.AlignedData {
  const rows = series.map((_, index) =>
    days.map((day) => {
      if (kind === "line") return series[index]?.of(day) ?? null;
      const sum = series.slice(0, index + 1).reduce((height, { of }) => height + (of(day) ?? 0), 0);
      return sum === 0 ? null : sum;
    }),
  );
  return [days.map((_, index) => index), ...rows.toReversed()];
}

const bars = uPlot.paths.bars?.({ size: [0.8, 36] });

function seriesOf({ kind, series }: ChartPlan, isRoomy: boolean, colours: () => Colours): uPlot.Series[] {
  const drawn = series.map((_, index): uPlot.Series => {
    const own = (): string => colours().series[index] ?? "";
    if (kind === "line") {
      return { stroke: own, width: 2, points: { show: true, size: isRoomy ? 6 : 4, fill: own, stroke: own } };
    }
    return {
      fill: own,
      ...(isRoomy ? { stroke: () => colours().ground, width: 1 } : {}),
      ...(bars === undefined ? {} : { paths: bars }),
      points: { show: false },
    };
  });
  return drawn.toReversed();
}

function axesOf(plan: ChartPlan, days: readonly DayStats[], colours: () => Colours): uPlot.Axis[] {
  const look = {
    font: FONT,
    stroke: () => colours().text,
    ticks: { show: false },
  };
  const line = { stroke: () => colours().line, width: 1 };
  return [
    {
      ...look,
      grid: { show: false },
      border: { show: true, ...line },
      size: 28,
      incrs: DAY_STEPS,
      space: LEGIBLE_DAYS_PX,
      values: (_, marks) => marks.map((mark) => labelOf(days[mark])),
    },
    {
      ...look,
      grid: line,
      size: 60,
      incrs: plan.steps,
      values: (_, marks) => marks.map((mark) => plan.show(mark)),
    },
  ];
}

function labelOf(day: DayStats | undefined): string {
  return day === undefined ? "" : showDay.short(day.date);
}

/** What the stylesheet makes of the tones now; a canvas knows nothing of `light-dark()`. */
function coloursOf(host: HTMLElement, { series }: ChartPlan): Colours {
  const probe = document.createElement("span");
  host.append(probe);
  const colour = (name: string): string => {
    probe.className = `tone tone-${name}`;
    return getComputedStyle(probe).backgroundColor;
  };
  const colours = {
    text: colour("text"),
    line: colour("line"),
    ground: colour("ground"),
    series: series.map(({ tone }) => colour(tone)),
  };
  probe.remove();
  return colours;
}
