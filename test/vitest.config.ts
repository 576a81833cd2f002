import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";
import { buildAssets } from "../src/cli/assets.ts";
import { AnsweredReporter } from "./node/support/answered-reporter.ts";

// The Worker does not start without the folder of its files.
await buildAssets();

/** Sandbox people live this many times faster in tests; no timer of the product does. */
const SANDBOX_SPEED = "40";

export default defineConfig({
  test: {
    reporters: ["default", new AnsweredReporter()],
    // One runtime for all files, one after the other: each test makes its own organisation, and starting a runtime
    // costs more than most files.
    isolate: false,
    maxWorkers: 1,
    // An intercepted log that an object writes at the very end of a file waits for a message that never comes, and
    // the run hangs.
    disableConsoleIntercept: true,
    projects: [
      {
        plugins: [
          cloudflareTest(async () => ({
            remoteBindings: false,
            wrangler: { configPath: "../wrangler.toml" },
            miniflare: {
              bindings: {
                TEST_MIGRATIONS: await readD1Migrations("migrations"),
                PUBLIC_BASE_URL: "http://localhost:8787",
                CREDENTIALS_KEY: "dGVzdC10ZXN0LXRlc3QtdGVzdC10ZXN0LXRlc3QtMTI=",
                SANDBOX_SECRET: "a-secret-that-only-tests-know-of-ok",
                SANDBOX_SPEED,
              },
            },
          })),
        ],
        test: {
          name: "worker",
          isolate: false,
          root: "test",
          include: ["**/*.test.ts"],
          exclude: ["node/**", "browser/**"],
          globalSetup: ["./servers-setup.ts"],
          setupFiles: ["./properties-setup.ts", "./setup.ts"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "node",
          root: "test/node",
          include: ["**/*.test.ts"],
          setupFiles: ["../properties-setup.ts"],
          testTimeout: 120_000,
        },
      },
    ],
  },
});
