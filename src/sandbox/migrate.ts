/** Brings an object's SQLite up to date: each numbered step runs once, in order, in one transaction. */
export function migrate(storage: DurableObjectStorage, steps: readonly string[]): void {
  storage.transactionSync(() => {
    storage.sql.exec("CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY)");
    const { done } = storage.sql
      .exec<{ done: number }>("SELECT coalesce(max(number), 0) AS done FROM migrations")
      .one();
    for (const [index, step] of steps.entries()) {
      if (index < done) continue;
      storage.sql.exec(step);
      storage.sql.exec("INSERT INTO migrations (number) VALUES (?)", index + 1);
    }
  });
}
