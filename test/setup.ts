import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, afterEach } from "vitest";
import { readAnswers, untilQuiet } from "./support/api.ts";

// Here modules come over a wire that belongs to the object which asks first; others must not wait for it. In a bundle
// there is no such wire.
await Promise.all([import("../src/agent/llm/sdk.ts"), import("../src/agent/analysis/generate.ts")]);

await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);

// For the reporter that judges the whole run.
afterEach(async ({ task }) => {
  Object.assign(task.meta, await readAnswers());
});

// Calls that a file leaves behind would talk into the next.
afterAll(untilQuiet, 60_000);
