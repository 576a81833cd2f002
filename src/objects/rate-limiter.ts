// One per API key, and one per carrier account for the calls that come in to it: its token buckets. A draw is stored
// before it is answered, so putting the object out of memory refills nothing. A refusal changes nothing, so a flood of
// them costs no writes. Names of buckets are a closed set (domain/rate-limits.ts), so the rows stay few and none has to
// be pruned. The rule is domain/token-bucket.ts.

import { DurableObject } from "cloudflare:workers";
import { take, type TokenBucket, type TokenDraw } from "../domain/token-bucket.ts";
import { migrate } from "../lib/sql-migrations.ts";

const MIGRATIONS = [
  "CREATE TABLE buckets (name TEXT PRIMARY KEY, tokens REAL NOT NULL, updated_at_ms INTEGER NOT NULL);",
  // Each request writes one row, and not another for the index of its name.
  `CREATE TABLE named (name TEXT PRIMARY KEY, tokens REAL NOT NULL, updated_at_ms INTEGER NOT NULL) WITHOUT ROWID;
   INSERT INTO named SELECT name, tokens, updated_at_ms FROM buckets;
   DROP TABLE buckets;
   ALTER TABLE named RENAME TO buckets;`,
];

type BucketRow = { tokens: number; updated_at_ms: number };

export class RateLimiter extends DurableObject<Env> {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, MIGRATIONS);
    this.#sql = ctx.storage.sql;
  }

  /** Draws one token. The limit comes with each request, so a changed one holds at once. */
  take(bucketName: string, perMinute: number): TokenDraw {
    const stored = this.#find(bucketName);
    const { bucket, draw } = take(stored, { perMinute }, Date.now());
    if (bucket !== stored) {
      this.#sql.exec(
        "INSERT OR REPLACE INTO buckets (name, tokens, updated_at_ms) VALUES (?, ?, ?)",
        bucketName,
        bucket.tokens,
        bucket.updatedAtMs,
      );
    }
    return draw;
  }

  #find(bucketName: string): TokenBucket | null {
    const row = this.#sql
      .exec<BucketRow>("SELECT tokens, updated_at_ms FROM buckets WHERE name = ?", bucketName)
      .toArray()[0];
    return row === undefined ? null : { tokens: row.tokens, updatedAtMs: row.updated_at_ms };
  }
}
