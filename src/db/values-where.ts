import { getTableColumns, sql, type Placeholder, type SQL } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";

type RowOf<T extends SQLiteTable> = {
  [K in keyof T["$inferInsert"]]: T["$inferInsert"][K] | SQL | Placeholder;
};

/** A row for `insert().select()` that is written only if the condition holds, in the statement itself. */
export function valuesWhere<T extends SQLiteTable>(table: T, row: RowOf<T>, condition: SQL): SQL {
  const given: Record<string, unknown> = row;
  // All columns in the table's own order, as an insert from a select wants them.
  const values = Object.entries(getTableColumns(table)).map(
    ([name, column]) => sql`${given[name] ?? column.default ?? null}`,
  );
  return sql`SELECT ${sql.join(values, sql`, `)} WHERE ${condition}`;
}
