// npm run bench: how near each path is to what the platform allows.

import { parseArgs } from "node:util";
import { PATHS } from "./paths.ts";
import { measureRequests, type Requests } from "./requests.ts";
import { median, summaryOf } from "./statistics.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "0.4" },
    only: { type: "string" },
  },
});
const only = values.only?.split(",") ?? Object.keys(PATHS);
const measured = await measureRequests(only, {
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
});
const ratios: Record<string, number> = {};
const cpuRatios: Record<string, number> = {};
print(measured);
console.log(JSON.stringify({ ratios, cpu_ratios: cpuRatios }));

function print({ floor, paths }: Requests): void {
  const line = (title: string, cells: string[]) =>
    console.log(title.padEnd(26) + cells.map((cell) => cell.padStart(12)).join(""));
  line("requests a second", [
    "ours",
    "limit",
    "ratio",
    "min..max",
    "ms, ours",
    "limit",
    "CPU ms, ours",
    "limit",
    "ratio",
  ]);
  for (const [name, { title, perSecond, processorMs, times }] of Object.entries(paths)) {
    const each = perSecond.ours.map((count, round) => count / (perSecond.limit[round] ?? Number.NaN));
    const costs = [median(processorMs.ours), median(processorMs.limit)] as const;
    ratios[name] = Number(median(each).toFixed(3));
    cpuRatios[name] = Number((costs[1] / costs[0]).toFixed(3));
    line(title, [
      median(perSecond.ours).toFixed(0),
      median(perSecond.limit).toFixed(0),
      median(each).toFixed(2),
      `${Math.min(...each).toFixed(2)}..${Math.max(...each).toFixed(2)}`,
      summaryOf(times.ours).p50.toFixed(2),
      summaryOf(times.limit).p50.toFixed(2),
      costs[0].toFixed(2),
      costs[1].toFixed(2),
      (costs[1] / costs[0]).toFixed(2),
    ]);
  }
  line("a constant, by the limit", ["", median(floor).toFixed(0)]);
}
