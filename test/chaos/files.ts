// What an instance has on disk: its database, and what each of its objects has stored.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Rows as the query names them: the tables are ours, and typed where they are made. */
export type Query = <Row>(sql: string) => Row[];

/** Reads the database of an instance, also while it runs. */
export function readDatabase<T>(folder: string, read: (query: Query) => T): T {
  const [file] = filesOf(folder, "d1/miniflare-D1DatabaseObject");
  if (file === undefined) throw new Error(`${folder} has no database`);
  return readFile(file, read);
}

/**
 * Reads what each object of a class has stored, one after the other. A kill may have come between an object's file and
 * its tables: whoever lacks this one has stored nothing.
 */
export function readObjects<T>(
  folder: string,
  { className, table }: { className: string; table: string },
  read: (query: Query) => T[],
): T[] {
  return filesOf(folder, `do/trunkline-${className}`).flatMap((file) =>
    readFile(file, (query) => (hasTable(query, table) ? read(query) : [])),
  );
}

function hasTable(query: Query, table: string): boolean {
  return query(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '${table}'`).length > 0;
}

function filesOf(folder: string, place: string): string[] {
  const path = join(folder, "state", place);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name))
    .map((name) => join(path, name));
}

function readFile<T>(file: string, read: (query: Query) => T): T {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  try {
    return read(<Row>(sql: string) => database.prepare(sql).all() as Row[]);
  } finally {
    database.close();
  }
}
