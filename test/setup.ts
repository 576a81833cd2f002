import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll } from "vitest";
import { untilQuiet } from "./support/api.ts";

await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);

// Calls that a file leaves behind would talk into the next.
afterAll(untilQuiet, 60_000);
