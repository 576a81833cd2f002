// npm run bench:size: how large the Worker is, with the model SDK and without it, and how long it takes to start.
//
// The SDK is evaluated when it is first used (test/node/model-sdk.test.ts), so a start has it only to read. To start is
// what our Worker takes longer than a bare one from the beginning of a runtime to its first answer; they take turns.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { REPOSITORY } from "../../src/cli/options.ts";
import { bundle } from "../runtime/bundle.ts";
import { OBJECTS, WORKER, workerOptions } from "../runtime/worker.ts";
import { summaryOf } from "./statistics.ts";

const SDK = ["ai", "@ai-sdk/openai-compatible", "workers-ai-provider"];
const KB = 1_000;
/** Without the SDK, gzipped; and from nothing to the first answer. */
const REACH = { gzippedKb: 350, startMs: 100 };

/** With the bindings of ours, and nothing else. */
const BARE = `import { DurableObject } from "cloudflare:workers";
${Object.values(OBJECTS)
  .map((name) => `export class ${name} extends DurableObject {}`)
  .join("\n")}
export default { fetch: () => new Response(null, { status: 404 }), queue() {} };`;

const { values } = parseArgs({ options: { rounds: { type: "string", default: "7" } } });
const folder = mkdtempSync(join(tmpdir(), "trunkline-size-"));
try {
  const script = bundle(join(folder, "whole"));
  const stub = join(REPOSITORY, "test/bench/size/no-sdk.ts");
  const aliases = Object.fromEntries(SDK.map((name) => [name, stub]));
  const sizes = {
    whole: sizeOf(script),
    without_sdk: sizeOf(bundle(join(folder, "less"), "src/index.ts", aliases)),
  };
  report(sizes, await measureStarts(script));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function sizeOf(script: string): { kb: number; gzipped_kb: number } {
  const text = readFileSync(script);
  const kbOf = (bytes: number): number => Number((bytes / KB).toFixed(1));
  return { kb: kbOf(text.length), gzipped_kb: kbOf(gzipSync(text).length) };
}

async function measureStarts(script: string) {
  const variables = {
    PUBLIC_BASE_URL: "http://localhost:8787",
    CREDENTIALS_KEY: Buffer.alloc(32, 1).toString("base64"),
  };
  const bare = join(folder, "bare.js");
  writeFileSync(bare, BARE);
  const times = { bare: [] as number[], ours: [] as number[] };
  // The first round warms up.
  for (let round = 0; round <= Number(values.rounds); round += 1) {
    const bareMs = await startMs(workerOptions(bare, variables, 0));
    const oursMs = await startMs(workerOptions(script, variables, 0));
    if (round === 0) continue;
    times.bare.push(bareMs);
    times.ours.push(oursMs);
  }
  return { bare: summaryOf(times.bare), ours: summaryOf(times.ours) };
}

/** A runtime of its own, until it has answered something that needs neither database nor object. */
async function startMs(worker: ReturnType<typeof workerOptions>): Promise<number> {
  const options = { log: new Log(LogLevel.ERROR), handleStructuredLogs: () => {}, workers: [worker] };
  const beganMs = performance.now();
  const miniflare = new Miniflare(convertV4MiniflareOptions(options));
  try {
    const url = await miniflare.unsafeGetDirectURL(WORKER);
    const response = await fetch(new URL("/nothing", url));
    await response.text();
    if (response.status !== 404) throw new Error(`The Worker did not start: ${response.status}`);
    return performance.now() - beganMs;
  } finally {
    await miniflare.dispose();
  }
}

type Sizes = Record<"whole" | "without_sdk", ReturnType<typeof sizeOf>>;

function report(
  { whole, without_sdk: less }: Sizes,
  { bare, ours }: Awaited<ReturnType<typeof measureStarts>>,
) {
  const line = (...cells: string[]) =>
    console.log(cells.map((cell, index) => (index === 0 ? cell.padEnd(36) : cell.padStart(12))).join(""));
  line("the bundle, kB", "raw", "gzipped");
  line("as it is deployed", String(whole.kb), String(whole.gzipped_kb));
  line("without the model SDK", String(less.kb), String(less.gzipped_kb));
  line("from nothing to an answer, ms", "p50", "p90");
  line("bare Worker", bare.p50.toFixed(0), bare.p90.toFixed(0));
  line("ours", ours.p50.toFixed(0), ours.p90.toFixed(0));
  const startup = Number((ours.p50 - bare.p50).toFixed(1));
  const isWithin = less.gzipped_kb <= REACH.gzippedKb && startup < REACH.startMs;
  console.log(
    `Our Worker adds ${startup} ms to a start: ${isWithin ? "within" : "NOT within"} what is aimed at, ` +
      `${REACH.gzippedKb} kB gzipped without the SDK and ${REACH.startMs} ms.`,
  );
  console.log(
    JSON.stringify({ sizes: { whole, without_sdk: less }, start_ms: { bare, ours }, added_ms: startup }),
  );
}
