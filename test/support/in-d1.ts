// Rows as they stand, for tests to look at: `inD1.calls.findFirst(…)`.

import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import * as schema from "../../src/db/schema.ts";

export const { query: inD1 } = drizzle(env.DB, { schema });
