// A call's SQLite: its state, and the outbox of callbacks that were fired with it. Both change in one transaction,
// so a callback is neither lost nor invented by a restart; one whose answer was lost with it is sent again.
// An object that no call was created in stays empty: asking for an unknown SID leaves nothing behind.

import { type CallState, callState, type Post, post, type ScheduledPost } from "./call-state.ts";
import { migrate } from "../lib/sql-migrations.ts";

const MIGRATIONS = [
  `CREATE TABLE call (
     id INTEGER PRIMARY KEY CHECK (id = 1),
     state TEXT NOT NULL,
     listed_version INTEGER NOT NULL DEFAULT 0
   );
   CREATE TABLE outbox (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     post TEXT NOT NULL,
     token TEXT NOT NULL,
     attempts INTEGER NOT NULL DEFAULT 0,
     due_ms INTEGER NOT NULL
   );`,
];

export type OutboxRow = { id: number; post: Post; token: string; attempts: number };

export class CallStore {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** The call, or undefined if none was created in this object. */
  load(): CallState | undefined {
    const known = this.#storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'call'").toArray();
    if (known.length === 0) return undefined;
    migrate(this.#storage, MIGRATIONS);
    const row = this.#storage.sql.exec<{ state: string }>("SELECT state FROM call").toArray()[0];
    return row === undefined ? undefined : callState.parse(JSON.parse(row.state));
  }

  create(state: CallState): void {
    migrate(this.#storage, MIGRATIONS);
    this.#storage.sql.exec("INSERT INTO call (id, state) VALUES (1, ?)", JSON.stringify(state));
  }

  save(state: CallState, posts: readonly ScheduledPost[]): void {
    this.#storage.transactionSync(() => {
      this.#storage.sql.exec("UPDATE call SET state = ? WHERE id = 1", JSON.stringify(state));
      for (const { dueMs, ...fired } of posts) {
        this.#storage.sql.exec(
          "INSERT INTO outbox (post, token, due_ms) VALUES (?, ?, ?)",
          JSON.stringify(fired),
          crypto.randomUUID(),
          Math.ceil(dueMs),
        );
      }
    });
  }

  due(nowMs: number): OutboxRow[] {
    return this.#storage.sql
      .exec<{ id: number; post: string; token: string; attempts: number }>(
        "SELECT id, post, token, attempts FROM outbox WHERE due_ms <= ? ORDER BY id",
        nowMs,
      )
      .toArray()
      .map(({ id, token, attempts, ...row }) => ({
        id,
        token,
        attempts,
        post: post.parse(JSON.parse(row.post)),
      }));
  }

  /** When what is in the outbox is due, the earliest first. */
  outboxTimes(): { dueMs: number }[] {
    return this.#storage.sql
      .exec<{ dueMs: number }>("SELECT due_ms AS dueMs FROM outbox ORDER BY due_ms")
      .toArray();
  }

  remove(id: number): void {
    this.#storage.sql.exec("DELETE FROM outbox WHERE id = ?", id);
  }

  retryAt(id: number, dueMs: number): void {
    this.#storage.sql.exec("UPDATE outbox SET attempts = attempts + 1, due_ms = ? WHERE id = ?", dueMs, id);
  }

  /** The version of the call that the account's list shows. */
  listedVersion(): number {
    return this.#storage.sql.exec<{ version: number }>("SELECT listed_version AS version FROM call").one()
      .version;
  }

  markListed(version: number): void {
    this.#storage.sql.exec("UPDATE call SET listed_version = max(listed_version, ?) WHERE id = 1", version);
  }
}
