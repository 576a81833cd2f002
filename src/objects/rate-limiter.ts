// One per API key, and one per carrier account for the calls that come in to it: its token buckets. They are drawn from
// in memory; what is stored is less than what is left, by a tenth of the bucket at most, and so is written once in so
// many draws. Putting the object out of memory refills nothing: after idleness more than a tenth has come back by then,
// and a deploy may cost a key that much.
// Names of buckets are a closed set (domain/rate-limits.ts), so the rows stay few and none has to be pruned. The rule is
// domain/token-bucket.ts.

import { DurableObject } from "cloudflare:workers";
import { take, toStore, type TokenBucket, type TokenDraw } from "../domain/token-bucket.ts";
import { migrate } from "../lib/sql-migrations.ts";

const MIGRATIONS = [
  // A row is written once, and not again for the index of its name.
  `CREATE TABLE buckets (name TEXT PRIMARY KEY, tokens REAL NOT NULL, updated_at_ms INTEGER NOT NULL) WITHOUT ROWID;`,
];

type BucketRow = { name: string; tokens: number; updated_at_ms: number };

export class RateLimiter extends DurableObject<Env> {
  readonly #sql: SqlStorage;
  readonly #stored: Map<string, TokenBucket>;
  readonly #buckets: Map<string, TokenBucket>;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, MIGRATIONS);
    this.#sql = ctx.storage.sql;
    const rows = this.#sql.exec<BucketRow>("SELECT name, tokens, updated_at_ms FROM buckets").toArray();
    this.#stored = new Map(
      rows.map(({ name, tokens, updated_at_ms }) => [name, { tokens, updatedAtMs: updated_at_ms }]),
    );
    this.#buckets = new Map(this.#stored);
  }

  /** Draws one token. The limit comes with each request, so a changed one holds at once. */
  take(bucketName: string, perMinute: number): TokenDraw {
    const { bucket, draw } = take(this.#buckets.get(bucketName) ?? null, { perMinute }, Date.now());
    this.#buckets.set(bucketName, bucket);
    const stored = this.#stored.get(bucketName) ?? null;
    const next = toStore(stored, bucket, { perMinute });
    if (next !== stored) this.#store(bucketName, next);
    return draw;
  }

  #store(bucketName: string, bucket: TokenBucket): void {
    this.#sql.exec(
      "INSERT OR REPLACE INTO buckets (name, tokens, updated_at_ms) VALUES (?, ?, ?)",
      bucketName,
      bucket.tokens,
      bucket.updatedAtMs,
    );
    this.#stored.set(bucketName, bucket);
  }
}
