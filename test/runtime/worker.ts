// The production bundle on the bare runtime: no development proxy stands before it.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Miniflare } from "miniflare";
import { REPOSITORY } from "../../src/cli/options.ts";

export const WORKER = "trunkline";
export const COMPATIBILITY_DATE = "2026-10-20";
const COMPATIBILITY_FLAGS = ["global_fetch_strictly_public"];

const OBJECTS = {
  AGENT_QUEUE: "AgentQueue",
  CALL_SESSION: "CallSession",
  CARRIER_GATE: "CarrierGate",
  LIVE_BOARD: "LiveBoard",
  RATE_LIMITER: "RateLimiter",
  SANDBOX_ACCOUNT: "SandboxAccount",
  SANDBOX_CALL: "SandboxCall",
  WEBHOOK_ENDPOINT: "WebhookEndpoint",
};

/** @param script the bundle. @param port where it listens on loopback; 0 for any. */
export function workerOptions(script: string, bindings: Record<string, string>, port: number) {
  return {
    name: WORKER,
    modulesRoot: dirname(script),
    modules: [{ type: "ESModule" as const, path: script }],
    compatibilityDate: COMPATIBILITY_DATE,
    compatibilityFlags: COMPATIBILITY_FLAGS,
    bindings,
    d1Databases: { DB: "trunkline" },
    r2Buckets: { RECORDINGS: "trunkline-recordings" },
    durableObjects: Object.fromEntries(
      Object.entries(OBJECTS).map(([binding, className]) => [binding, { className, useSQLite: true }]),
    ),
    queueProducers: { DIAL: "trunkline-dial", CALL_EVENTS: "trunkline-call-events" },
    queueConsumers: {
      "trunkline-dial": { maxBatchTimeout: 0, maxRetries: 10 },
      "trunkline-call-events": { maxBatchTimeout: 0, maxRetries: 20 },
    },
    // No file is asked for.
    serviceBindings: { ASSETS: () => new Response(null, { status: 404 }) },
    unsafeDirectSockets: [{ host: "127.0.0.1", port }],
  };
}

/** Lays the tables of an empty database out, and then runs these statements. */
export async function migrate(miniflare: Miniflare, sql: string): Promise<void> {
  const db = await miniflare.getD1Database("DB", WORKER);
  const folder = join(REPOSITORY, "migrations");
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .toSorted();
  const migrations = files.flatMap((name) =>
    readFileSync(join(folder, name), "utf8").split("--> statement-breakpoint"),
  );
  const seeds = sql.split(/;\n/).filter((statement) => statement.trim() !== "");
  for (const statement of [...migrations, ...seeds]) await db.prepare(statement).run();
}
