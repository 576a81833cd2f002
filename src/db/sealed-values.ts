// Where sealed values stand (lib/sealing.ts). Each is bound to the id of its row.

import { and, eq, getTableColumns, isNotNull, notLike, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Db } from "./client.ts";
import { carriers, organisations, webhooks } from "./schema.ts";

const PLACES = [
  { table: carriers, column: "authTokenEncrypted" },
  { table: organisations, column: "modelKeyEncrypted" },
  { table: webhooks, column: "headersEncrypted" },
  { table: webhooks, column: "secretEncrypted" },
  { table: webhooks, column: "previousSecretEncrypted" },
] as const;
type Place = { table: SQLiteTable & { id: SQLiteColumn }; column: string };

export type SealedValue = { place: Place; id: string; sealed: string };

/**
 * Some of the values that don't begin so, by chance: one that can't be helped must not stand in the way of the others.
 * At most `limit` of each place.
 */
export async function findSealedOtherwise(db: Db, prefix: string, limit: number): Promise<SealedValue[]> {
  const found = await Promise.all(
    PLACES.map(async (place: Place) => {
      const { table } = place;
      const column = columnOf(place);
      const rows = await db
        .select({ id: sql<string>`${table.id}`, sealed: sql<string>`${column}` })
        .from(table)
        .where(and(isNotNull(column), notLike(column, `${prefix}%`)))
        .orderBy(sql`random()`)
        .limit(limit);
      return rows.map(({ id, sealed }) => ({ place, id, sealed }));
    }),
  );
  return found.flat();
}

/** False if it was changed meanwhile. */
export async function replaceSealed(
  db: Db,
  { place, id, sealed }: SealedValue,
  by: string,
): Promise<boolean> {
  const { table, column } = place;
  const replaced = await db
    .update(table)
    .set({ [column]: by })
    .where(and(eq(table.id, id), eq(columnOf(place), sealed)))
    .returning({ id: table.id });
  return replaced.length > 0;
}

function columnOf({ table, column }: Place): SQLiteColumn {
  const found = getTableColumns(table)[column];
  if (found === undefined) throw new Error(`No column ${column}`);
  return found;
}
