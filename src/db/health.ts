import { sql } from "drizzle-orm";
import type { Db } from "./client.ts";

/** Throws if the database doesn't answer, or has not been migrated. */
export async function checkDatabase(db: Db): Promise<void> {
  await db.run(sql`SELECT 1 FROM organisations LIMIT 1`);
}
