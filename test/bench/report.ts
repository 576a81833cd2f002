// What was measured, as a table, and in figures.

import type { Requests } from "./requests.ts";
import type { Pipeline } from "./pipeline.ts";
import { median, summaryOf, type Summary } from "./statistics.ts";

export type Row = {
  title: string;
  perSecond: Record<"ours" | "limit", number[]>;
  processorMs: Record<"ours" | "limit", number[]>;
  times?: Record<"ours" | "limit", number[]>;
};

/** Throughput, ours by the limit's; the limit's processor time by ours; and the milliseconds of one, of both. */
export type Figures = {
  ratios: Record<string, number>;
  spread: Record<string, [number, number]>;
  cpu_ratios: Record<string, number>;
  dial_ms?: Record<"ours" | "limit", Summary>;
};

const HEADINGS = ["ours", "limit", "ratio", "min..max", "p50 ours", "limit", "CPU ours", "limit", "ratio"];

export function report(requests: Requests | null, pipeline: Pipeline | null): Figures {
  const figures: Figures = { ratios: {}, spread: {}, cpu_ratios: {} };
  const rows: Record<string, Row> = {
    ...requests?.paths,
    ...(pipeline === null ? {} : { pipeline: { title: "pipeline, whole calls", ...pipeline } }),
  };
  line("a second; milliseconds", HEADINGS);
  for (const [name, row] of Object.entries(rows)) addRow(figures, name, row);
  if (requests !== null) {
    line("the client's end of it", ["", median(requests.floor).toFixed(0)]);
    console.log("  which is what a constant answer comes to: client, HTTP and runtime without any work.");
  }
  if (pipeline !== null) {
    const { ours, limit } = pipeline.dialMs;
    figures.dial_ms = { ours: summaryOf(ours), limit: summaryOf(limit) };
    for (const [side, { p50, p99 }] of Object.entries(figures.dial_ms)) {
      console.log(`From the 201 to the carrier's create request, ${side}: p50 ${p50} ms, p99 ${p99} ms.`);
    }
  }
  return figures;
}

function addRow(figures: Figures, name: string, { title, perSecond, processorMs, times }: Row): void {
  const each = perSecond.ours.map((count, round) => count / (perSecond.limit[round] ?? Number.NaN));
  const [least, most] = [rounded(Math.min(...each)), rounded(Math.max(...each))];
  const [own, beside] = [median(processorMs.ours), median(processorMs.limit)];
  figures.ratios[name] = rounded(median(each));
  figures.spread[name] = [least, most];
  figures.cpu_ratios[name] = rounded(beside / own);
  line(title, [
    median(perSecond.ours).toFixed(times === undefined ? 1 : 0),
    median(perSecond.limit).toFixed(times === undefined ? 1 : 0),
    median(each).toFixed(2),
    `${least.toFixed(2)}..${most.toFixed(2)}`,
    times === undefined ? "" : summaryOf(times.ours).p50.toFixed(2),
    times === undefined ? "" : summaryOf(times.limit).p50.toFixed(2),
    own.toFixed(2),
    beside.toFixed(2),
    (beside / own).toFixed(2),
  ]);
}

function line(title: string, cells: string[]): void {
  console.log(title.padEnd(26) + cells.map((cell) => cell.padStart(11)).join(""));
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}
