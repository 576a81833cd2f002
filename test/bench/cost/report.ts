// The counts as tables that a person can read.

import { classesIn, objectRequests, sum, useOf, type Book } from "./book.ts";
import { KINDS, type Kind } from "./calls.ts";
import { dollarsOf, WORKER_CPU_MS, type Use } from "./prices.ts";

/** Of one kind: the book of all its calls, how many they were, how long one took, and what its objects keep. */
export type Measured = Book & { calls: number; seconds: number };

const CALLS = 100_000;
const REQUESTS = 1_000_000;

export function showCalls(measured: Partial<Record<Kind, Measured>>): void {
  const columns = Object.values(measured);
  const titles = Object.keys(measured).map((kind) => KINDS[kind as Kind].title);
  line("of a call, from create to analysed", titles);
  const row = (title: string, valueOf: (each: Measured) => number, digits = 1) =>
    line(
      title,
      columns.map((each) => (valueOf(each) / each.calls).toFixed(digits)),
    );
  const split = (title: string, what: string) => {
    row(title, ({ counts }) => sum(counts, what));
    const parts = new Set(columns.flatMap(({ counts }) => Object.keys(counts)));
    for (const part of [...parts].toSorted()) {
      if (columns.some(({ counts }) => sum(counts, what, [part]) > 0)) {
        row(`  ${part}`, ({ counts }) => sum(counts, what, [part]));
      }
    }
  };
  split("D1: round trips", "d1_trips");
  split("D1: rows read", "d1_rows_read");
  split("D1: rows written", "d1_rows_written");
  row("objects: requests, as billed", ({ counts }) => objectRequests(counts));
  for (const name of new Set(columns.flatMap(({ counts }) => classesIn(counts)))) {
    row(`  ${name}`, ({ counts }) => objectRequests(counts, [name]));
  }
  split("objects: rows read", "sqlite_rows_read");
  split("objects: rows written", "sqlite_rows_written");
  row("queues: operations", ({ counts, calls }) => useOf(counts, calls).queueOperations * calls);
  row("R2: class A", ({ counts }) => sum(counts, "r2_class_a"));
  row("R2: class B", ({ counts }) => sum(counts, "r2_class_b"));
  row("Worker: requests", ({ counts }) => sum(counts, "requests", ["API", "callbacks"]));
  row("objects: seconds active, here", ({ counts }) => sum(counts, "active_ms") / 1_000, 2);
  row("seconds the call took", ({ seconds, calls }) => seconds * calls, 0);
  row("objects: kB kept", ({ counts }) => sum(counts, "bytes_kept") / 1_000);
  const dollars = (each: Measured, use: Use) => CALLS * dollarsOf(use) * each.calls;
  row("dollars for 100,000 calls", (each) => dollars(each, useOf(each.counts, each.calls)), 2);
  row("… were its object never to sleep", (each) => dollars(each, awake(each)), 2);
  console.log(
    `A request's work in the Worker is taken as ${WORKER_CPU_MS} ms; what is kept is not in it, nor carrier and model.\n`,
  );
}

/** The most that the time of a call's object can come to. */
export function awake({ counts, calls, seconds }: Measured): Use {
  const use = useOf(counts, calls);
  return { ...use, objectSeconds: Math.max(use.objectSeconds, seconds) };
}

export function showRequests(uses: Record<string, Use>): void {
  const headings = ["D1 read", "D1 written", "objects", "rows written", "$ / million"];
  line("of a request of the API", headings);
  for (const [name, use] of Object.entries(uses)) {
    const { d1RowsRead, d1RowsWritten, objectRequests: asked, objectRowsWritten } = use;
    const cells = [d1RowsRead, d1RowsWritten, asked, objectRowsWritten].map((n) => n.toFixed(1));
    line(name, [...cells, (REQUESTS * dollarsOf(use)).toFixed(2)]);
  }
  console.log();
}

/** What wrote how many rows in a call. */
export function showWrites({ writes, calls }: Measured): void {
  for (const [part, statements] of Object.entries(writes)) {
    for (const [statement, rows] of Object.entries(statements).toSorted(([, a], [, b]) => b - a)) {
      console.log(`${(rows / calls).toFixed(1).padStart(7)}  ${part.padEnd(16)} ${statement}`);
    }
  }
  console.log();
}

function line(title: string, cells: readonly string[]): void {
  console.log(title.padEnd(36) + cells.map((cell) => cell.padStart(15)).join(""));
}
