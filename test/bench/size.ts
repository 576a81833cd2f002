// npm run bench:size: how large the Worker is, with the model SDK and without it, and how long it takes to start.
//
// The SDK is evaluated when it is first used (test/node/model-sdk.test.ts), so a start has it only to read. A start is
// what the platform calls so: the script is read and its top level run, before anybody asks for anything. The time is
// the runtime's own, of a profile of that (`wrangler check startup`), without what it was idle; each round is a new runtime.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { REPOSITORY } from "../../src/cli/options.ts";
import { bundle, runWrangler } from "../runtime/bundle.ts";

const SDK = ["ai", "@ai-sdk/openai-compatible", "workers-ai-provider"];
const KB = 1_000;
/** Without the SDK, gzipped; and the median start. */
const REACH = { gzippedKb: 350, startMs: 100 };

type Profile = {
  nodes: { id: number; callFrame: { functionName: string } }[];
  samples: number[];
  /** Microseconds up to each sample. */
  timeDeltas: number[];
};

const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" } } });
const folder = mkdtempSync(join(tmpdir(), "trunkline-size-"));
try {
  const stub = join(REPOSITORY, "test/bench/size/no-sdk.ts");
  const aliases = Object.fromEntries(SDK.map((name) => [name, stub]));
  const sizes = {
    whole: sizeOf(bundle(join(folder, "whole"))),
    without_sdk: sizeOf(bundle(join(folder, "less"), "src/index.ts", aliases)),
  };
  const starts = Array.from({ length: Number(values.rounds) }, startMs).toSorted((a, b) => a - b);
  report(sizes, starts);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function sizeOf(script: string): { kb: number; gzipped_kb: number } {
  const text = readFileSync(script);
  const kbOf = (bytes: number): number => Number((bytes / KB).toFixed(1));
  return { kb: kbOf(text.length), gzipped_kb: kbOf(gzipSync(text).length) };
}

function startMs(): number {
  const path = join(folder, "start.cpuprofile");
  rmSync(path, { force: true });
  runWrangler(["check", "startup", "--args=--env production", "--outfile", path]);
  const profile = JSON.parse(readFileSync(path, "utf8")) as Profile;
  const idle = profile.nodes.filter(({ callFrame }) => /^\((?:idle|root)\)$/.test(callFrame.functionName));
  const idleIds = new Set(idle.map(({ id }) => id));
  const busyUs = profile.samples.reduce(
    (sum, id, index) => sum + (idleIds.has(id) ? 0 : (profile.timeDeltas[index] ?? 0)),
    0,
  );
  return Number((busyUs / 1_000).toFixed(1));
}

type Sizes = Record<"whole" | "without_sdk", ReturnType<typeof sizeOf>>;

function report({ whole, without_sdk: less }: Sizes, starts: readonly number[]): void {
  const line = (title: string, ...cells: (string | number)[]) =>
    console.log(title.padEnd(36) + cells.map((cell) => String(cell).padStart(12)).join(""));
  line("the bundle, kB", "raw", "gzipped");
  line("as it is deployed", whole.kb, whole.gzipped_kb);
  line("without the model SDK", less.kb, less.gzipped_kb);
  const [least = Number.NaN] = starts;
  const median = starts[Math.floor(starts.length / 2)] ?? Number.NaN;
  line(`${starts.length} starts, ms`, "least", "median");
  line("", least, median);
  const isWithin = less.gzipped_kb <= REACH.gzippedKb && median < REACH.startMs;
  console.log(
    `${isWithin ? "Within" : "NOT within"} what is aimed at: ${REACH.gzippedKb} kB gzipped without the SDK, ` +
      `a start under ${REACH.startMs} ms.`,
  );
  console.log(JSON.stringify({ sizes: { whole, without_sdk: less }, start_ms: { least, median } }));
}
