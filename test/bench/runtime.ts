// The production bundle on the bare runtime: no development proxy stands before it. A second Worker beside ours, on the
// same runtime and in the same run, is what ours is compared with.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { openInstance, type Instance } from "../../src/cli/instance.ts";
import { REPOSITORY } from "../../src/cli/options.ts";
import { seedSql } from "../../src/cli/seed.ts";

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
const COMPATIBILITY_DATE = "2026-10-20";

export type BenchRuntime = {
  /** Where our Worker answers, and under which address it thinks it does. */
  url: string;
  /** Where the Worker that it is compared with answers. */
  limitUrl: string;
  instance: Instance;
  stop(): Promise<void>;
};

/** @param variables beside those that every deployment needs. @param limit the source of the Worker beside ours. */
export async function startRuntime(variables: Record<string, string>, limit: string): Promise<BenchRuntime> {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-bench-"));
  const instance = await openInstance(folder);
  const url = "http://localhost:8787";
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      log: new Log(LogLevel.ERROR),
      // What the Worker logs of its calls is no result.
      handleStructuredLogs: () => {},
      resourcePersistencePath: join(folder, "state"),
      workers: [
        ours(bundle(folder), { PUBLIC_BASE_URL: url, ...secretsOf(instance), ...variables }),
        {
          name: "limit",
          modules: true,
          script: limit,
          compatibilityDate: COMPATIBILITY_DATE,
          durableObjects: { BARE: { className: "Bare", useSQLite: true } },
          unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
        },
      ],
    }),
  );
  await migrate(miniflare, instance);
  const [own, beside] = [
    await miniflare.unsafeGetDirectURL("trunkline"),
    await miniflare.unsafeGetDirectURL("limit"),
  ];
  return {
    url: own.origin,
    limitUrl: beside.origin,
    instance,
    async stop() {
      await miniflare.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function ours(script: string, bindings: Record<string, string>) {
  return {
    name: "trunkline",
    modulesRoot: dirname(script),
    modules: [{ type: "ESModule" as const, path: script }],
    compatibilityDate: COMPATIBILITY_DATE,
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
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
  };
}

/** The Worker as it is deployed, in one file. */
function bundle(folder: string): string {
  const out = join(folder, "bundle");
  const wrangler = join(REPOSITORY, "node_modules/wrangler/bin/wrangler.js");
  const args = ["deploy", "--dry-run", "--env", "production", "--outdir", out];
  execFileSync(process.execPath, [wrangler, ...args], {
    cwd: REPOSITORY,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, CI: "true", WRANGLER_SEND_METRICS: "false" },
  });
  return join(out, "index.js");
}

function secretsOf({ credentialsKey, sandboxSecret }: Instance): Record<string, string> {
  return { CREDENTIALS_KEY: credentialsKey, SANDBOX_SECRET: sandboxSecret };
}

async function migrate(miniflare: Miniflare, { seed, credentialsKey }: Instance): Promise<void> {
  const db = await miniflare.getD1Database("DB", "trunkline");
  const folder = join(REPOSITORY, "migrations");
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .toSorted();
  for (const name of files) {
    for (const statement of readFileSync(join(folder, name), "utf8").split("--> statement-breakpoint")) {
      await db.prepare(statement).run();
    }
  }
  for (const statement of (await seedSql(seed, credentialsKey)).split(/;\n/)) {
    if (statement.trim() !== "") await db.prepare(statement).run();
  }
}
