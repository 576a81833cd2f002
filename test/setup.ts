import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, afterEach, expect } from "vitest";
import { loadGenerate } from "../src/agent/analysis/llm.ts";
import { loadProviders } from "../src/agent/model.ts";
import { readAnswers, untilQuiet } from "./support/api.ts";
import { takeLeaks, watchLogs } from "./support/log-watch.ts";

watchLogs();

// Here modules come over a wire that belongs to the object which asks first, and others would wait for it in vain. In
// a bundle there is no such wire.
await Promise.all([loadProviders(), loadGenerate()]);

await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);

// For the reporter that judges the whole run.
afterEach(async ({ task }) => {
  Object.assign(task.meta, await readAnswers());
});

// No secret and no phone number stands in a log.
afterEach(() => {
  expect(takeLeaks()).toEqual([]);
});

// Calls that a file leaves behind would talk into the next.
afterAll(untilQuiet, 60_000);
