// Our Worker and the limit Worker (limit/worker.js) on one runtime, with one database.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "../../src/cli/options.ts";
import { IN_MEMORY, startRuntime, type BenchRuntime } from "./runtime.ts";
import { statementsOf } from "./statements.ts";

/** The highest that a deployment may give a key, so that no request is refused. */
export const MOST_PER_MINUTE = 1_000_000;

const MAIN = "worker.js";

/**
 * @param since the day from which on calls are counted in statistics.
 * @param dialDelaySeconds so long the queue keeps who is to be dialled.
 */
export async function startBeside({
  variables = {},
  since,
  dialDelaySeconds = 0,
}: {
  variables?: Record<string, string>;
  since: string;
  dialDelaySeconds?: number;
}): Promise<BenchRuntime> {
  const delayed = (queueName: string) => ({ queueName, deliveryDelay: dialDelaySeconds });
  const at = (queueName: string) => ({ queueName });
  const objects = { LIMITER: "Limiter", CALL: "Call", BOARD: "Board", GATE: "Gate", LINE: "Line" };
  return startRuntime({ RATE_LIMIT_CEILING: String(MOST_PER_MINUTE), ...variables }, "", {
    storage: IN_MEMORY,
    ours: { queueProducers: { DIAL: delayed("trunkline-dial"), CALL_EVENTS: at("trunkline-call-events") } },
    limit: async ({ credentialsKey, seed }) => ({
      script: undefined,
      ...limitModules(),
      bindings: {
        CREDENTIALS_KEY: credentialsKey,
        PUBLIC_BASE_URL: "http://localhost:8787",
        STATEMENTS: await statementsOf(seed.organisation.id, Date.parse(`${since}T00:00:00Z`) / 1000),
      },
      d1Databases: { DB: "trunkline" },
      durableObjects: Object.fromEntries(
        Object.entries(objects).map(([binding, className]) => [binding, { className, useSQLite: true }]),
      ),
      // Miniflare knows producers by the names of their bindings, whosever they are.
      queueProducers: { LIMIT_DIAL: delayed("limit-dial"), LIMIT_EVENTS: at("limit-events") },
      queueConsumers: { "limit-dial": { maxBatchTimeout: 0 }, "limit-events": { maxBatchTimeout: 0 } },
    }),
  });
}

/** The first is the one that answers. */
function limitModules() {
  const folder = join(REPOSITORY, "test/bench/limit");
  const others = readdirSync(folder).filter((file) => file !== MAIN);
  const modules = [MAIN, ...others].map((file) => ({ type: "ESModule", path: join(folder, file) }));
  return { modulesRoot: folder, modules };
}
