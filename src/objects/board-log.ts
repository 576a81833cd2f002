// The latest changes of a board, each with its cursor: what a watcher that was away for a moment has missed.

import { boardEntrySchema, type BoardEntry } from "../contract/live.ts";

/** A change is known while no more than so many came after it. */
const MOST = 1_000;

export const BOARD_LOG_MIGRATION =
  "CREATE TABLE changes (cursor INTEGER PRIMARY KEY, call_id TEXT NOT NULL, entry TEXT);";

/** `entry` null: the call has ended. */
export type BoardChange = { cursor: number; callId: string; entry: BoardEntry | null };

type Row = { cursor: number; call_id: string; entry: string | null };

export class BoardLog {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  add(callId: string, entry: BoardEntry | null): BoardChange {
    const { cursor } = this.#sql
      .exec<{ cursor: number }>(
        "INSERT INTO changes (call_id, entry) VALUES (?, ?) RETURNING cursor",
        callId,
        entry === null ? null : JSON.stringify(entry),
      )
      .one();
    this.#sql.exec("DELETE FROM changes WHERE cursor <= ?", cursor - MOST);
    return { cursor, callId, entry };
  }

  /** That of the latest change; 0 before the first. */
  cursor(): number {
    return this.#sql.exec<{ last: number }>("SELECT coalesce(max(cursor), 0) AS last FROM changes").one()
      .last;
  }

  /** All changes after that one, in their order; null if it is no cursor of this board or they are not all known. */
  since(cursor: number): BoardChange[] | null {
    const rows = this.#sql
      .exec<Row>("SELECT cursor, call_id, entry FROM changes WHERE cursor > ? ORDER BY cursor", cursor)
      .toArray();
    if (rows.length !== this.cursor() - cursor) return null;
    return rows.map((row) => ({
      cursor: row.cursor,
      callId: row.call_id,
      entry: row.entry === null ? null : boardEntrySchema.parse(JSON.parse(row.entry)),
    }));
  }
}
