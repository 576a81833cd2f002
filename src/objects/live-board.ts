// One per organisation: the calls that live now. Each call's object reports its own changes of status, at
// least once and perhaps out of order; `seq` decides. An ended call leaves a marker behind for a while, so
// that a straggler can't bring it back.

import { DurableObject } from "cloudflare:workers";
import { boardEntrySchema, type BoardEntry } from "../contract/live.ts";
import { migrate } from "../lib/sql-migrations.ts";

const MIGRATIONS = [
  `CREATE TABLE calls (call_id TEXT PRIMARY KEY, seq INTEGER NOT NULL, entry TEXT, changed_at_ms INTEGER NOT NULL);
   CREATE INDEX ended_by_age ON calls (changed_at_ms) WHERE entry IS NULL;`,
  "CREATE INDEX live ON calls (call_id) WHERE entry IS NOT NULL;",
];

const MARKER_LIFE_MS = 3_600_000;

export class LiveBoard extends DurableObject<Env> {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, MIGRATIONS);
    this.#sql = ctx.storage.sql;
  }

  /** @param entry null once the call has ended. */
  show(callId: string, seq: number, entry: BoardEntry | null): void {
    const nowMs = Date.now();
    this.#sql.exec(
      `INSERT INTO calls (call_id, seq, entry, changed_at_ms) VALUES (?, ?, ?, ?)
       ON CONFLICT (call_id) DO UPDATE
       SET seq = excluded.seq, entry = excluded.entry, changed_at_ms = excluded.changed_at_ms
       WHERE excluded.seq > seq`,
      callId,
      seq,
      entry === null ? null : JSON.stringify(entry),
      nowMs,
    );
    this.#sql.exec("DELETE FROM calls WHERE entry IS NULL AND changed_at_ms < ?", nowMs - MARKER_LIFE_MS);
  }

  /** The live calls, oldest first. */
  list(): BoardEntry[] {
    return this.#sql
      .exec<{ entry: string }>("SELECT entry FROM calls WHERE entry IS NOT NULL ORDER BY call_id")
      .toArray()
      .map((row) => boardEntrySchema.parse(JSON.parse(row.entry)));
  }
}
