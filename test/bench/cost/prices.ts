// What the platform asks for what a call uses, at Cloudflare's list prices of the paid plan, past what it includes.
//
// D1: developers.cloudflare.com/d1/platform/pricing. Objects: …/durable-objects/platform/pricing (a row that is deleted and
// an alarm that is set are rows written; twenty messages of a socket are a request; the whole 128 MB are paid for while
// an object is active). Queues: …/queues/platform/pricing. R2: …/r2/pricing. Workers: …/workers/platform/pricing (of what
// a Worker asks nothing is a request of its own). Read on 2026-11-23 in stored copies, some months old.

/** What is used: of a call, or of a request. */
export type Use = {
  d1RowsRead: number;
  d1RowsWritten: number;
  objectRequests: number;
  objectSeconds: number;
  objectRowsRead: number;
  objectRowsWritten: number;
  queueOperations: number;
  r2ClassA: number;
  r2ClassB: number;
  workerRequests: number;
};

const MILLION = 1_000_000;
const GB_OF_AN_OBJECT = 0.128;
/** Not measured: a request's own work, a bad one's at that. */
export const WORKER_CPU_MS = 10;

/** Dollars for one. */
const PRICES: Record<keyof Use, number> = {
  d1RowsRead: 0.001 / MILLION,
  d1RowsWritten: 1 / MILLION,
  objectRequests: 0.15 / MILLION,
  objectSeconds: (12.5 * GB_OF_AN_OBJECT) / MILLION,
  objectRowsRead: 0.001 / MILLION,
  objectRowsWritten: 1 / MILLION,
  queueOperations: 0.4 / MILLION,
  r2ClassA: 4.5 / MILLION,
  r2ClassB: 0.36 / MILLION,
  workerRequests: (0.3 + 0.02 * WORKER_CPU_MS) / MILLION,
};

export function dollarsOf(use: Use): number {
  const parts = Object.entries(PRICES).map(([what, price]) => use[what as keyof Use] * price);
  return parts.reduce((sum, part) => sum + part, 0);
}
