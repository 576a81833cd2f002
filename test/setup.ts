import { applyD1Migrations, reset } from "cloudflare:test";
import { afterAll } from "vitest";
import { env } from "cloudflare:workers";

await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);

// Calls that a test leaves behind would go on talking while the runtime is taken down, which can hang it.
afterAll(() => reset());
