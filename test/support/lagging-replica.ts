// A replica of the database that lags behind, as locally there is none: who reads without a bookmark does not see some of
// a table's rows. Whoever brings a bookmark, and the primary, sees all.

type Table = { table: string; hides: string };

/**
 * @param asked what each session that is begun asks for.
 * @param lag `hides`: which rows the replica has not heard of, in SQL.
 */
export function withReplica(db: D1Database, asked: string[], lag?: Table): D1Database {
  return new Proxy(db, {
    get(primary, name) {
      const value: unknown = Reflect.get(primary, name);
      if (name !== "withSession") return typeof value === "function" ? value.bind(primary) : value;
      return (from: string) => {
        asked.push(from);
        const session = primary.withSession(from);
        return lag !== undefined && from === "first-unconstrained" ? behind(session, lag) : session;
      };
    },
  });
}

/** The name of a common table expression is meant before that of a table. */
function behind(session: D1DatabaseSession, { table, hides }: Table): D1DatabaseSession {
  const seen = `WITH "${table}" AS (SELECT * FROM main."${table}" WHERE NOT (${hides}))`;
  return {
    prepare: (sql) => session.prepare(`${seen} ${sql}`),
    batch: (statements) => session.batch(statements),
    getBookmark: () => session.getBookmark(),
  };
}
