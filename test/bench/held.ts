// npm run bench -- --held 60: whole calls of the sandbox at a steady rate, and what became of each.

import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { startBeside } from "./beside.ts";
import { Client } from "./client.ts";
import { raiseLimits } from "./fixture.ts";
import { nextNumber, place } from "./pipeline.ts";
import { runtimeProcessor } from "./processor.ts";
import type { BenchRuntime } from "./runtime.ts";

/** A talk of a minute and a half takes two seconds: so there are always some that live at the same time. */
const SPEED = "40";
const POLL_MS = 250;
/** Calls that are not over by then are lost. */
const PATIENCE_MS = 120_000;

export type Held = {
  held: { calls: number; seconds: number; per_second: number; most_live: number };
  outcomes: Record<string, number>;
  lost: number;
  /** From the last 201 until all were over, and until all were judged. */
  drain_seconds: { ended: number; analysed: number };
  cpu_seconds: { all: number; per_call: number; cores_busy: number };
};

export async function holdCalls(seconds: number, rate: number): Promise<Held> {
  const since = new Date().toISOString().slice(0, 10);
  const runtime = await startBeside({ variables: { SANDBOX_SPEED: SPEED }, since });
  const client = new Client(runtime.url);
  try {
    await raiseLimits(runtime);
    await runtime.db.exec("UPDATE carriers SET calls_per_second = 1000");
    const processor = runtimeProcessor();
    const before = processor.seconds();
    const beganMs = performance.now();
    const [placed, most] = await placeSteadily(runtime, client, { count: Math.round(seconds * rate), rate });
    const placedMs = performance.now();
    const endedMs = await until(runtime, "ended_at IS NULL");
    const analysedMs = await until(runtime, "analysis IS NULL");
    const used = processor.seconds() - before;
    const outcomes = await outcomesOf(runtime);
    const whole = Object.entries(outcomes).find(([name]) => name === "connected agent_hangup")?.[1] ?? 0;
    const heldSeconds = (placedMs - beganMs) / 1000;
    const held: Held = {
      held: {
        calls: placed,
        seconds: round(heldSeconds),
        per_second: round(placed / heldSeconds),
        most_live: most,
      },
      outcomes,
      lost: placed - whole,
      drain_seconds: {
        ended: round((endedMs - placedMs) / 1000),
        analysed: round((analysedMs - placedMs) / 1000),
      },
      cpu_seconds: {
        all: round(used),
        per_call: round(used / placed),
        cores_busy: round((used * 1000) / (analysedMs - beganMs)),
      },
    };
    tell(held);
    return held;
  } finally {
    client.close();
    await runtime.stop();
  }
}

/** Each at its time, however long the others take. Answers how many were accepted, and how many lived at once at most. */
async function placeSteadily(
  runtime: BenchRuntime,
  client: Client,
  { count, rate }: { count: number; rate: number },
): Promise<[number, number]> {
  const beganMs = performance.now();
  const placing: Promise<void>[] = [];
  let most = 0;
  for (let index = 0; index < count; index += 1) {
    await pause(Math.max(0, beganMs + (index * 1000) / rate - performance.now()));
    placing.push(place(runtime, client, nextNumber(), runtime.instance.campaignId));
    // Seldom, for it costs the runtime something as well.
    if (index % rate === 0) most = Math.max(most, await countOf(runtime, "ended_at IS NULL"));
  }
  await Promise.all(placing);
  return [count, most];
}

/** Answers when no call was so any more. */
async function until(runtime: BenchRuntime, condition: string): Promise<number> {
  const beganMs = performance.now();
  while ((await countOf(runtime, condition)) > 0) {
    if (performance.now() - beganMs > PATIENCE_MS) break;
    await pause(POLL_MS);
  }
  return performance.now();
}

async function countOf({ db }: BenchRuntime, condition: string): Promise<number> {
  const found = await db.prepare(`SELECT count(*) AS n FROM calls WHERE ${condition}`).first<{ n: number }>();
  return found?.n ?? 0;
}

async function outcomesOf({ db }: BenchRuntime): Promise<Record<string, number>> {
  const { results } = await db
    .prepare(
      `SELECT coalesce(outcome, status) || ' ' || coalesce(ended_reason, '') AS name, count(*) AS n FROM calls
       GROUP BY name ORDER BY n DESC`,
    )
    .all<{ name: string; n: number }>();
  return Object.fromEntries(results.map(({ name, n }) => [name.trim(), n]));
}

function tell({ held, outcomes, lost, drain_seconds: drain, cpu_seconds: cpu }: Held): void {
  const { calls, seconds, per_second: perSecond, most_live: most } = held;
  console.log(`${calls} calls in ${seconds} s, ${perSecond} a second; at most ${most} lived at once.`);
  for (const [name, count] of Object.entries(outcomes))
    console.log(`  ${name.padEnd(32)}${String(count).padStart(8)}`);
  console.log(`Lost, or not talked with to the end: ${lost}.`);
  console.log(`After the last 201 all were over in ${drain.ended} s, and judged in ${drain.analysed} s.`);
  console.log(
    `The runtime took ${cpu.all} s of processor time, ${cpu.per_call} a call: ${cpu.cores_busy} of a core. A local runtime runs
all its Workers and objects in one thread, with a few helpers, so that is the bound: where it comes near 1, calls wait.`,
  );
}

function round(value: number): number {
  return Number(value.toFixed(3));
}
