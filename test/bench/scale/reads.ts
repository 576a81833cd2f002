// The read paths at each size of the database, grown within one run: what each takes and reads, beside the smallest size.

import { summaryOf, type Summary } from "../statistics.ts";
import type { CountedRequest } from "./door-shapes.ts";
import type { Door } from "./door.ts";
import { Filler } from "./fill.ts";
import { CONSTANT, pathsOf, type Path } from "./paths.ts";
import { table } from "./table.ts";

/** So many requests of a path follow each other in a round. */
const IN_A_ROW = 8;
const COUNTED = 4;
/** An object of our own that is asked for the first time makes its tables. */
const WARM_UP = 6;
/** At the largest size a path may take so much longer than at the smallest, the machine's own mood taken off. */
const REACH = 1.2;
/** An entry of a page reads its own row, and whether it may be heard: its number's opt-out and its carrier. */
const ROWS_OF_AN_ENTRY = 4;
const SLACK_ROWS = 5;

type Cost = {
  ms: Summary;
  trips: number;
  read: number;
  written: number;
  entries: number;
  counted: CountedRequest;
};
type Size = { calls: number; bytes: number; bareMs: Summary; costs: Map<string, Cost> };

export type ReadsReport = {
  reach: number;
  sizes: { calls: number; bytes: number; bare_ms: Summary }[];
  paths: Record<
    string,
    {
      ms: Summary[];
      rows_read: number[];
      rows_written: number[];
      trips: number;
      ratio: number;
      ratio_to_constant: number;
    }
  >;
  beyond: Record<string, string[]>;
  /** Some serve the sweeps, or keep rows unique. */
  indexes_that_no_path_used: string[];
};

export async function benchReads(
  door: Door,
  counts: readonly number[],
  rounds: number,
): Promise<ReadsReport> {
  const filler = new Filler(door);
  await filler.begin();
  const paths = pathsOf(Math.min(...counts));
  const sizes: Size[] = [];
  for (const calls of counts) {
    const beganMs = performance.now();
    const bytes = await filler.growTo(calls);
    const seconds = (performance.now() - beganMs) / 1000;
    console.log(`${calls} calls in ${(bytes / 1e6).toFixed(0)} MB, written in ${seconds.toFixed(0)} s`);
    sizes.push({ calls, bytes, ...(await measure(door, paths, rounds)) });
  }
  return { ...report(sizes), indexes_that_no_path_used: await unusedIndexes(door, sizes) };
}

/** Of the big tables. */
async function unusedIndexes(door: Door, sizes: readonly Size[]): Promise<string[]> {
  const counted = sizes.flatMap(({ costs }) => [...costs.values()].map((cost) => cost.counted));
  const steps = counted.flatMap(({ questions }) => questions.flatMap(({ plan }) => plan)).join("\n");
  const [result] = await door.sql([
    `SELECT name FROM sqlite_master WHERE type = 'index'
     AND tbl_name IN ('calls', 'contacts', 'transcripts', 'call_rollups', 'opt_outs')`,
  ]);
  const unused = (result?.rows ?? [])
    .map(({ name }) => String(name))
    .filter((name) => !new RegExp(`INDEX ${name}\\b`).test(steps));
  console.log(`\nIndexes of the big tables that none of these paths used: ${unused.join(", ")}`);
  return unused;
}

async function measure(door: Door, paths: Record<string, Path>, rounds: number) {
  const times = new Map(Object.keys(paths).map((name) => [name, [] as number[]]));
  const bareMs: number[] = [];
  for (const path of Object.values(paths)) {
    for (let at = 0; at < WARM_UP; at += 1) await door.get(path(at));
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, path] of Object.entries(paths)) {
      bareMs.push(await door.bareMs());
      for (let at = 0; at < IN_A_ROW; at += 1) {
        times.get(name)?.push((await door.get(path(round * IN_A_ROW + at))).ms);
      }
    }
  }
  const costs = new Map<string, Cost>();
  for (const [name, path] of Object.entries(paths)) {
    const { trips, read, written, entries, counted } = await countOf(door, path);
    costs.set(name, { ms: summaryOf(times.get(name) ?? []), trips, read, written, entries, counted });
  }
  return { bareMs: summaryOf(bareMs), costs };
}

/** The dearest of some requests of a path. */
async function countOf(door: Door, path: Path) {
  let dearest: { counted: CountedRequest; at: number } | null = null;
  for (let at = 0; at < COUNTED; at += 1) {
    const counted = await door.count(path(at));
    if (dearest === null || counted.read > dearest.counted.read) dearest = { counted, at };
  }
  if (dearest === null) throw new Error("Nothing was counted");
  const { counted, at } = dearest;
  return { ...counted, counted, entries: entriesIn((await door.get(path(at))).text) };
}

/** How many calls, contacts … the page holds. */
function entriesIn(text: string): number {
  const body: unknown = text.startsWith("{") ? JSON.parse(text) : null;
  const lists = body === null ? [] : Object.values(body as object).filter(Array.isArray);
  return lists.reduce((sum, list) => sum + list.length, 0);
}

function report(sizes: Size[]): Omit<ReadsReport, "indexes_that_no_path_used"> {
  const [first, last] = [sizes[0], sizes.at(-1)];
  if (first === undefined || last === undefined) throw new Error("No size was measured");
  const of = ({ costs }: Size, name: string): Cost => {
    const cost = costs.get(name);
    if (cost === undefined) throw new Error(`${name} was not measured`);
    return cost;
  };
  const ratioOf = (name: string): number => of(last, name).ms.p50 / of(first, name).ms.p50;
  // What slows the path down whose table does not grow is the machine.
  const steadyOf = (name: string): number => ratioOf(name) / ratioOf(CONSTANT);
  const names = [...first.costs.keys()];
  const beyond = names.map((name) => {
    const isSlow = Math.min(ratioOf(name), steadyOf(name)) > REACH;
    const excess = [...(isSlow ? ["latency"] : []), ...excessOf(of(first, name), of(last, name))];
    return { name, excess };
  });
  table(
    [
      "milliseconds (median p90) and rows read",
      ...sizes.map(({ calls }) => `${calls} calls`),
      "ratio",
      "to constant",
      "trips",
    ],
    names.map((name) => [
      name,
      ...sizes.map((size) => {
        const { ms, read } = of(size, name);
        return `${ms.p50.toFixed(2)} ${ms.p90.toFixed(2)} r${read}`;
      }),
      ratioOf(name).toFixed(2),
      steadyOf(name).toFixed(2),
      String(of(last, name).trips),
    ]),
  );
  table(
    ["a bare Worker beside it, milliseconds", ...sizes.map(({ calls }) => `${calls} calls`)],
    [["median p90", ...sizes.map(({ bareMs }) => `${bareMs.p50.toFixed(2)} ${bareMs.p90.toFixed(2)}`)]],
  );
  for (const { name, excess } of beyond) {
    if (excess.length > 0) explain(name, excess, of(last, name));
  }
  return {
    reach: REACH,
    sizes: sizes.map(({ calls, bytes, bareMs }) => ({ calls, bytes, bare_ms: bareMs })),
    paths: Object.fromEntries(
      names.map((name) => {
        const costs = sizes.map((size) => of(size, name));
        return [
          name,
          {
            ms: costs.map(({ ms }) => ms),
            rows_read: costs.map(({ read }) => read),
            rows_written: costs.map(({ written }) => written),
            trips: of(last, name).trips,
            ratio: Number(ratioOf(name).toFixed(3)),
            ratio_to_constant: Number(steadyOf(name).toFixed(3)),
          },
        ];
      }),
    ),
    beyond: Object.fromEntries(
      beyond.filter(({ excess }) => excess.length > 0).map(({ name, excess }) => [name, excess]),
    ),
  };
}

/** What it reads or writes beyond its reach, if it does. */
function excessOf(small: Cost, large: Cost): string[] {
  const mayRead = small.read + ROWS_OF_AN_ENTRY * Math.max(0, large.entries - small.entries) + SLACK_ROWS;
  return [
    ...(large.read > mayRead ? ["rows_read"] : []),
    ...(large.written > small.written ? ["rows_written"] : []),
  ];
}

function explain(name: string, excess: string[], { counted }: Cost): void {
  console.log(`\nBeyond its reach in ${excess.join(" and ")}: ${name}`);
  for (const { sql, read, plan } of counted.questions) {
    console.log(
      `  ${read} rows: ${sql
        .replaceAll(/\s+/g, " ")
        .replace(/^select .*? from/i, "select … from")
        .slice(0, 300)}`,
    );
    for (const step of plan) console.log(`    ${step}`);
  }
}
