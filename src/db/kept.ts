// Statements whose text is always the same. To write one out takes longer the more columns it names, so it is done once.
// What drizzle prepares belongs to one way to the database, and each request has its own: here text and mapping are kept.

import { fillPlaceholders } from "drizzle-orm";
import type { SQLitePreparedQuery, PreparedQueryConfig } from "drizzle-orm/sqlite-core";
import { openDb, type Db } from "./client.ts";

/** Takes what drizzle makes of a statement, and is asked nothing. */
const nowhere = openDb({ prepare: () => ({}), batch: () => [] } as unknown as D1Database);

/** @param build a statement with `sql.placeholder` where each request binds its values, by their names. */
export function keep<C extends PreparedQueryConfig>(
  build: (db: Db) => { prepare(): SQLitePreparedQuery<C> },
): (db: Db, values: Record<string, unknown>) => Promise<C["all"]> {
  let kept: SQLitePreparedQuery<C> | undefined;
  return async (db, values) => {
    kept ??= build(nowhere).prepare();
    const { sql, params } = kept.getQuery();
    const bound = db.$client.prepare(sql).bind(...fillPlaceholders(params, values));
    return kept.mapAllResult(await bound.raw());
  };
}
