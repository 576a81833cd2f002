// The production bundle on the bare runtime. A second Worker beside ours, on the same runtime and in the same run, is
// what ours is compared with.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { openInstance, type Instance } from "../../src/cli/instance.ts";
import { seedSql } from "../../src/cli/seed.ts";
import { bundle } from "../runtime/bundle.ts";
import { COMPATIBILITY_DATE, migrate, WORKER, workerOptions } from "../runtime/worker.ts";

export type BenchRuntime = {
  /** Where our Worker answers, and under which address it thinks it does. */
  url: string;
  /** Where the Worker that it is compared with answers. */
  limitUrl: string;
  instance: Instance;
  stop(): Promise<void>;
};

/**
 * @param variables beside those that every deployment needs. @param limit the source of the Worker beside ours.
 * @param entry a module that stands before our Worker; see test/bench/worker.
 */
export async function startRuntime(
  variables: Record<string, string>,
  limit: string,
  entry?: string,
): Promise<BenchRuntime> {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-bench-"));
  const instance = await openInstance(folder);
  const url = "http://localhost:8787";
  const bindings = { PUBLIC_BASE_URL: url, ...secretsOf(instance), ...variables };
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      log: new Log(LogLevel.ERROR),
      // What the Worker logs of its calls is no result.
      handleStructuredLogs: () => {},
      resourcePersistencePath: join(folder, "state"),
      workers: [
        workerOptions(bundle(folder, entry), bindings, 0),
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
  await migrate(miniflare, await seedSql(instance.seed, instance.credentialsKey));
  const [own, beside] = [
    await miniflare.unsafeGetDirectURL(WORKER),
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

function secretsOf({ credentialsKey, sandboxSecret }: Instance): Record<string, string> {
  return { CREDENTIALS_KEY: credentialsKey, SANDBOX_SECRET: sandboxSecret };
}
