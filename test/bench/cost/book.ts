// What the counting Worker (test/counting) has in its book, and what of it is the product's.

import { setTimeout as pause } from "node:timers/promises";
import type { Counts, Writes } from "../../counting/counts.ts";
import type { Use } from "./prices.ts";

export type Book = { counts: Counts; writes: Writes };

/** With a real carrier these are not there. What the sandbox asks of the product, every carrier does. */
const SANDBOX = ["Sandbox", "SandboxCall", "SandboxAccount"];
/** Parts that no object is. */
const WORKER = ["API", "callbacks", "consumers"];
/** So long nothing may happen any more before all is taken for done. */
const REST_MS = 2_500;

/** What was written down since it was last asked for, once nothing more is. */
export async function readBook(url: string): Promise<Book> {
  const book: Book = { counts: {}, writes: {} };
  for (;;) {
    const response = await fetch(`${url}/-/counts`);
    const news = (await response.json()) as Book;
    add(book.counts, news.counts);
    add(book.writes, news.writes);
    if (Object.keys(news.counts).length === 0) return withoutSandbox(book);
    await pause(REST_MS);
  }
}

function add(total: Counts, more: Counts): void {
  for (const [part, ofPart] of Object.entries(more)) {
    const known = (total[part] ??= {});
    for (const [what, n] of Object.entries(ofPart)) known[what] = (known[what] ?? 0) + n;
  }
}

function withoutSandbox({ counts, writes }: Book): Book {
  const own = (all: Counts): Counts =>
    Object.fromEntries(Object.entries(all).filter(([part]) => !SANDBOX.includes(part)));
  return { counts: own(counts), writes: own(writes) };
}

/** Of some parts together: how often this was done. */
export function sum(counts: Counts, what: string, parts = Object.keys(counts)): number {
  return parts.reduce((total, part) => total + (counts[part]?.[what] ?? 0), 0);
}

/** The objects' classes that were asked for something, or asked for something. */
export function classesIn(counts: Counts): string[] {
  return Object.keys(counts)
    .filter((part) => !WORKER.includes(part))
    .toSorted();
}

/** Calls, alarms, and messages of sockets, of which twenty are billed as one. */
export function objectRequests(counts: Counts, parts = classesIn(counts)): number {
  const alarms = sum(counts, "alarms", parts) + sum(counts, "alarms_pending", parts);
  return sum(counts, "requests", parts) + alarms + sum(counts, "socket_messages", parts) / 20;
}

/** Of each of so many. */
export function useOf(counts: Counts, each: number): Use {
  const queueOperations = ["queue_writes", "queue_reads", "queue_deletes"];
  const use: Use = {
    d1RowsRead: sum(counts, "d1_rows_read"),
    d1RowsWritten: sum(counts, "d1_rows_written"),
    objectRequests: objectRequests(counts),
    objectSeconds: sum(counts, "active_ms") / 1_000,
    objectRowsRead: sum(counts, "sqlite_rows_read"),
    objectRowsWritten: sum(counts, "sqlite_rows_written"),
    queueOperations: queueOperations.reduce((total, what) => total + sum(counts, what), 0),
    r2ClassA: sum(counts, "r2_class_a"),
    r2ClassB: sum(counts, "r2_class_b"),
    workerRequests: sum(counts, "requests", ["API", "callbacks"]),
  };
  return Object.fromEntries(Object.entries(use).map(([what, n]) => [what, n / each])) as Use;
}
