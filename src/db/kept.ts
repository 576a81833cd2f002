// Statements that are written out once. To write one out takes longer the more it names: longer, mostly, than to ask it.
// What drizzle prepares belongs to one way to the database, and each request has its own: here text and mapping are kept.

import { fillPlaceholders, sql, type Placeholder } from "drizzle-orm";
import type { SQLitePreparedQuery, PreparedQueryConfig } from "drizzle-orm/sqlite-core";
import { openDb, type Db } from "./client.ts";

type Statement<C extends PreparedQueryConfig> = { prepare(): SQLitePreparedQuery<C> };
type Values = Readonly<Record<string, unknown>>;

/** A kept statement with its values. */
export type Given<Rows> = {
  bind(db: Db): D1PreparedStatement;
  rowsOf(rows: unknown[][]): Rows;
  rowsOfBatch(result: D1Result): Rows;
};

/** Takes what drizzle makes of a statement, and is asked nothing. */
const nowhere = openDb({ prepare: () => ({}), batch: () => [] } as unknown as D1Database);

class Kept<C extends PreparedQueryConfig> {
  readonly #query: SQLitePreparedQuery<C>;

  constructor(build: (db: Db) => Statement<C>) {
    this.#query = build(nowhere).prepare();
  }

  /** @param values by the names of their placeholders. */
  given(values: Values): Given<C["all"]> {
    const query = this.#query;
    const { sql: text, params } = query.getQuery();
    return {
      bind: (db) => db.$client.prepare(text).bind(...fillPlaceholders(params, values)),
      rowsOf: (rows) => query.mapAllResult(rows),
      rowsOfBatch: (result) => query.mapAllResult(result, true),
    };
  }
}

export async function ask<Rows>(db: Db, { bind, rowsOf }: Given<Rows>): Promise<Rows> {
  return rowsOf(await bind(db).raw());
}

/** @param build a statement with `sql.placeholder` where each request binds its values. */
export function keep<C extends PreparedQueryConfig>(build: (db: Db) => Statement<C>): () => Kept<C> {
  let kept: Kept<C> | undefined;
  return () => (kept ??= new Kept(build));
}

/** So many shapes are kept. Far fewer are asked for, but by whom and for what is up to them. */
const MOST_SHAPES = 200;

/**
 * … one for each shape of what is asked.
 * @param build from a shape: plain JSON, but for placeholders where only the values differ.
 */
export function keepShapes<S extends object, C extends PreparedQueryConfig>(
  build: (db: Db, shape: S) => Statement<C>,
): (shape: S) => Kept<C> {
  const all = new Map<string, Kept<C>>();
  return (shape) => {
    const key = JSON.stringify(shape);
    const known = all.get(key);
    if (known !== undefined) return known;
    const kept = new Kept((db) => build(db, shape));
    if (all.size >= MOST_SHAPES) all.clear();
    all.set(key, kept);
    return kept;
  };
}

/** All in one transaction and one trip. */
export async function askAll<Rows extends unknown[]>(
  db: Db,
  statements: readonly [...{ [K in keyof Rows]: Given<Rows[K]> }],
): Promise<Rows> {
  const results = await db.$client.batch(statements.map(({ bind }) => bind(db)));
  return results.map((result, index) => statements[index]?.rowsOfBatch(result)) as Rows;
}

/** A place for each of these values. */
export function placesOf<Name extends string>(names: readonly Name[]): Record<Name, Placeholder<Name>> {
  return Object.fromEntries(names.map((name) => [name, sql.placeholder(name)])) as Record<
    Name,
    Placeholder<Name>
  >;
}
