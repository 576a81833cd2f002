// A replica of the database that lags behind, as locally there is none: who reads without a bookmark does not see some of
// a table's rows. Whoever brings a bookmark, and the primary, sees all.

import { everyWay, instead } from "./every-way.ts";

type Table = { table: string; hides: string };

/**
 * @param asked what each session that is begun asks for.
 * @param lag `hides`: which rows the replica has not heard of, in SQL.
 */
export function withReplica(db: D1Database, asked: string[], lag?: Table): D1Database {
  return everyWay(db, (client, from) => {
    if (from !== null) asked.push(from);
    if (lag === undefined || from !== "first-unconstrained") return instead(client, {});
    // The name of a common table expression is meant before that of a table.
    const seen = `WITH "${lag.table}" AS (SELECT * FROM main."${lag.table}" WHERE NOT (${lag.hides}))`;
    return instead(client, { prepare: (sql) => client.prepare(`${seen} ${sql}`) });
  });
}
