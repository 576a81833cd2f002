/**
 * Brings a Durable Object's own SQLite up to date. Steps are numbered by their place in the list: they are
 * only ever appended, never changed.
 *
 * @param whole lays out at once what all steps together come to, for a storage that has nothing yet. Its columns are
 * those of the steps; how they are stored may be cheaper.
 */
export function migrate(storage: DurableObjectStorage, steps: readonly string[], whole?: string): void {
  const { sql } = storage;
  storage.transactionSync(() => {
    sql.exec(
      "CREATE TABLE IF NOT EXISTS schema_version (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL)",
    );
    const version =
      sql.exec<{ version: number }>("SELECT version FROM schema_version").toArray()[0]?.version ?? 0;
    if (version >= steps.length) return;
    const missing = version === 0 && whole !== undefined ? [whole] : steps.slice(version);
    for (const step of missing) sql.exec(step);
    sql.exec("INSERT OR REPLACE INTO schema_version (id, version) VALUES (1, ?)", steps.length);
  });
}
