import { drizzle, type DrizzleD1Database } from "drizzle-orm/d1";

export type Db = DrizzleD1Database & { $client: Client };

/** What statements are sent to: the database itself, which is its primary, or a session with it. */
export type Client = Pick<D1Database, "prepare" | "batch">;

export function openDb(client: Client): Db {
  // drizzle asks nothing else of a database. Told the whole schema it would take a hundred times as long, at each request.
  return drizzle(client as D1Database);
}

/** True if `error` is SQLite's refusal of a second row in that unique index (`table.column, …`). */
export function isUniqueViolation(error: unknown, columns: string): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.message.includes(`UNIQUE constraint failed: ${columns}`)) return true;
  }
  return false;
}
