// The SQLite of one webhook: what is to be sent there or was, each try of it, and since when nothing is taken.
//
// A try is stored before it is made, with the time at which it counts as cut off: whoever dies in the middle of one
// finds it (`interrupted`) and makes up for it later, never at once and never not at all.

import { resumeTryMs } from "../../domain/webhook-retries.ts";
import type { CallEventName, DeliveryAttempt, NewDelivery } from "../../domain/webhook.ts";
import { newId } from "../../lib/ids.ts";
import { migrate } from "../../lib/sql-migrations.ts";

const MIGRATIONS = [
  `CREATE TABLE deliveries (
     seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, event_id TEXT NOT NULL UNIQUE,
     event TEXT NOT NULL, call_id TEXT, body TEXT NOT NULL, is_test INTEGER NOT NULL,
     status TEXT NOT NULL, created_at_ms INTEGER NOT NULL,
     -- Counts how often it was begun anew; tries are those of the last time, which began at queued_at_ms.
     round INTEGER NOT NULL DEFAULT 1, queued_at_ms INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
     -- Null unless it is pending; while it is being tried, when that counts as cut off.
     due_at_ms INTEGER,
     -- Since when it is being tried.
     trying_since_ms INTEGER,
     last_failure_ms INTEGER
   );
   CREATE INDEX deliveries_by_age ON deliveries (queued_at_ms);
   CREATE INDEX deliveries_due ON deliveries (due_at_ms, seq) WHERE due_at_ms IS NOT NULL;
   CREATE INDEX deliveries_trying ON deliveries (seq) WHERE trying_since_ms IS NOT NULL;
   CREATE INDEX deliveries_failed ON deliveries (last_failure_ms) WHERE last_failure_ms IS NOT NULL;
   CREATE INDEX deliveries_by_call ON deliveries (call_id, seq);
   CREATE TABLE attempts (
     delivery INTEGER NOT NULL, n INTEGER NOT NULL, at_ms INTEGER NOT NULL, status_code INTEGER, error TEXT,
     duration_ms INTEGER NOT NULL, response TEXT, PRIMARY KEY (delivery, n)
   ) WITHOUT ROWID;
   CREATE TABLE endpoint (
     id INTEGER PRIMARY KEY CHECK (id = 1), webhook_id TEXT NOT NULL, failing_since_ms INTEGER, failing_url TEXT
   );`,
];

/** After this a try that was begun must have been cut off: longer than any takes. */
const TRY_LEASE_MS = 60_000;
const KEPT_MS = 30 * 86_400_000;
const MOST_DELIVERIES = 10_000;
/** A delivery may be sent again as often as its owner likes. */
const MOST_ATTEMPTS = 50;
/** So many are dropped at a time. */
const PRUNED_AT_ONCE = 200;

/** One that is being tried. `round`: whether it was begun anew meanwhile. */
export type DueDelivery = NewDelivery & {
  seq: number;
  id: string;
  round: number;
  tries: number;
  isTest: boolean;
};

/** What becomes of a delivery after a try. */
export type Outcome =
  | { status: "delivered" }
  /** `nextMs` null: its tries are used up. */
  | { status: "failed"; nextMs: number | null };

type DueRow = {
  seq: number;
  id: string;
  event_id: string;
  event: CallEventName;
  call_id: string | null;
  body: string;
  is_test: number;
  round: number;
  tries: number;
};

export class DeliveryStore {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;
  readonly webhookId: string;

  /** @param name the webhook's id; an object that wakes by its alarm may not be told. */
  constructor(storage: DurableObjectStorage, name: string | undefined) {
    migrate(storage, MIGRATIONS);
    this.#storage = storage;
    this.#sql = storage.sql;
    const known = this.#sql.exec<{ webhook_id: string }>("SELECT webhook_id FROM endpoint").toArray()[0];
    this.webhookId = known?.webhook_id ?? name ?? "";
    if (known === undefined && name !== undefined) {
      this.#sql.exec("INSERT INTO endpoint (id, webhook_id) VALUES (1, ?)", name);
    }
  }

  /** Those of them that are new, to be sent at once. */
  add(deliveries: readonly NewDelivery[], nowMs: number): void {
    this.#storage.transactionSync(() => {
      for (const delivery of deliveries) this.#insert(delivery, { nowMs, isTest: false });
    });
  }

  /** One that is being tried already. Null if there is one of this event. */
  addTest(delivery: NewDelivery, nowMs: number): DueDelivery | null {
    return this.#storage.transactionSync(() => {
      const seq = this.#insert(delivery, { nowMs, isTest: true });
      return seq === null ? null : this.begin(seq, nowMs);
    });
  }

  /** The one that is due longest and not among those. */
  findDue(underWay: ReadonlySet<number>, nowMs: number): number | null {
    const due = this.#sql
      .exec<{ seq: number }>(
        "SELECT seq FROM deliveries WHERE due_at_ms <= ? ORDER BY due_at_ms, seq LIMIT ?",
        nowMs,
        underWay.size + 1,
      )
      .toArray()
      .find(({ seq }) => !underWay.has(seq));
    return due?.seq ?? null;
  }

  /** Stores that it is being tried; the try counts, whatever becomes of us. */
  begin(seq: number, nowMs: number): DueDelivery {
    const row = this.#sql
      .exec<DueRow>(
        `UPDATE deliveries SET tries = tries + 1, trying_since_ms = ?, due_at_ms = ? WHERE seq = ?
         RETURNING ${DUE_COLUMNS}`,
        nowMs,
        nowMs + TRY_LEASE_MS,
        seq,
      )
      .one();
    return toDue(row);
  }

  /** Whether something is due, and when the next will be. */
  nextDue(nowMs: number): { isWaiting: boolean; nextMs: number | null } {
    const { waiting, next } = this.#sql
      .exec<{ waiting: number; next: number | null }>(
        `SELECT EXISTS (SELECT 1 FROM deliveries WHERE due_at_ms <= ?1) AS waiting,
           (SELECT min(due_at_ms) FROM deliveries WHERE due_at_ms > ?1) AS next`,
        nowMs,
      )
      .one();
    return { isWaiting: waiting === 1, nextMs: next };
  }

  /** What came of a try. Of one that was begun anew meanwhile only the try is kept. */
  finish(delivery: DueDelivery, attempt: DeliveryAttempt, outcome: Outcome): void {
    this.#storage.transactionSync(() => {
      this.#appendAttempt(delivery.seq, attempt);
      this.#sql.exec("UPDATE deliveries SET trying_since_ms = NULL WHERE seq = ?", delivery.seq);
      if (outcome.status === "failed")
        this.#fail(delivery, delivery.isTest ? null : attempt.atMs, outcome.nextMs);
      else {
        this.#sql.exec(
          `UPDATE deliveries SET status = 'delivered', due_at_ms = NULL, last_failure_ms = NULL
           WHERE seq = ? AND round = ?`,
          delivery.seq,
          delivery.round,
        );
      }
    });
  }

  /** The tries that were being made when the object died. They are kept, and made up for. */
  interrupted(nowMs: number): DueDelivery[] {
    return this.#storage.transactionSync(() => {
      const rows = this.#sql
        .exec<DueRow & { trying_since_ms: number }>(
          `SELECT ${DUE_COLUMNS}, trying_since_ms FROM deliveries WHERE trying_since_ms IS NOT NULL`,
        )
        .toArray();
      for (const row of rows) {
        const { trying_since_ms: atMs, seq, tries } = row;
        const durationMs = Math.max(0, nowMs - atMs);
        this.#appendAttempt(seq, {
          atMs,
          statusCode: null,
          error: "interrupted",
          durationMs,
          response: null,
        });
        this.#sql.exec("UPDATE deliveries SET trying_since_ms = NULL WHERE seq = ?", seq);
        // One that was begun anew while it was being tried is due as it stands.
        if (tries === 0) continue;
        this.#fail(toDue(row), null, row.is_test === 1 ? null : resumeTryMs({ tries, nowMs }));
      }
      return rows.map(toDue);
    });
  }

  /**
   * They are sent again as if they were new, their ids and tries kept.
   * @param where a condition on deliveries
   * @returns how many.
   */
  replay(where: string, values: readonly SqlStorageValue[], nowMs: number): number {
    const replayed = this.#sql.exec(
      `UPDATE deliveries SET status = 'pending', round = round + 1, tries = 0, queued_at_ms = ?, due_at_ms = ?
       WHERE ${where} RETURNING seq`,
      nowMs,
      nowMs,
      ...values,
    );
    return [...replayed].length;
  }

  /** Nothing waits to be sent any more. A test that is being made goes on. */
  skipPending(): void {
    this.#sql.exec(
      `UPDATE deliveries SET status = 'skipped', due_at_ms = NULL
       WHERE due_at_ms IS NOT NULL AND (is_test = 0 OR trying_since_ms IS NULL)`,
    );
  }

  /** Since the first failure at this address. What another one did not take is not its fault. */
  noteFailure(url: string, atMs: number): number {
    const row = this.#sql
      .exec<{ failing_since_ms: number }>(
        `UPDATE endpoint SET failing_url = ?1,
           failing_since_ms = CASE WHEN failing_url = ?1 THEN coalesce(failing_since_ms, ?2) ELSE ?2 END
         RETURNING failing_since_ms`,
        url,
        atMs,
      )
      .toArray()[0];
    return row?.failing_since_ms ?? atMs;
  }

  noteSuccess(): void {
    this.#sql.exec("UPDATE endpoint SET failing_since_ms = NULL, failing_url = NULL");
  }

  /** How many different ones failed since then; it does not count further than `most`. */
  countFailed(sinceMs: number, most: number): number {
    return this.#sql
      .exec<{ n: number }>(
        "SELECT count(*) AS n FROM (SELECT 1 FROM deliveries WHERE last_failure_ms >= ? LIMIT ?)",
        sinceMs,
        most,
      )
      .one().n;
  }

  /** Drops what is too old or too much, a part at a time; of what is yet to be sent only the too old. */
  prune(nowMs: number): void {
    this.#storage.transactionSync(() => {
      const dropped = this.#sql
        .exec<{ seq: number }>(
          `DELETE FROM deliveries WHERE seq IN (
             SELECT seq FROM deliveries WHERE queued_at_ms <= ?1 AND trying_since_ms IS NULL
             UNION
             SELECT seq FROM deliveries
             WHERE seq <= (SELECT max(seq) FROM deliveries) - ?2 AND due_at_ms IS NULL AND trying_since_ms IS NULL
             LIMIT ?3
           ) RETURNING seq`,
          nowMs - KEPT_MS,
          MOST_DELIVERIES,
          PRUNED_AT_ONCE,
        )
        .toArray();
      for (const { seq } of dropped) this.#sql.exec("DELETE FROM attempts WHERE delivery = ?", seq);
    });
  }

  /** When the oldest is too old; null without any. */
  nextExpiryMs(): number | null {
    const { oldest } = this.#sql
      .exec<{ oldest: number | null }>("SELECT min(queued_at_ms) AS oldest FROM deliveries")
      .one();
    return oldest === null ? null : oldest + KEPT_MS;
  }

  /** Null if there is one of this event. */
  #insert(delivery: NewDelivery, { nowMs, isTest }: { nowMs: number; isTest: boolean }): number | null {
    const row = this.#sql
      .exec<{ seq: number }>(
        `INSERT INTO deliveries
           (id, event_id, event, call_id, body, is_test, status, created_at_ms, queued_at_ms, due_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'pending', ?7, ?7, ?7) ON CONFLICT (event_id) DO NOTHING RETURNING seq`,
        newId("delivery"),
        delivery.eventId,
        delivery.event,
        delivery.callId,
        delivery.body,
        isTest ? 1 : 0,
        nowMs,
      )
      .toArray()[0];
    return row?.seq ?? null;
  }

  /** @param atMs null: it is not the receiver's failure. What is not pending any more stays as it is. */
  #fail({ seq, round }: DueDelivery, atMs: number | null, nextMs: number | null): void {
    this.#sql.exec(
      `UPDATE deliveries SET status = CASE WHEN ?1 IS NULL THEN 'failed' ELSE 'pending' END, due_at_ms = ?1,
         last_failure_ms = coalesce(?2, last_failure_ms)
       WHERE seq = ?3 AND round = ?4 AND status = 'pending'`,
      nextMs,
      atMs,
      seq,
      round,
    );
  }

  #appendAttempt(seq: number, attempt: DeliveryAttempt): void {
    const { n } = this.#sql
      .exec<{ n: number }>(
        `INSERT INTO attempts (delivery, n, at_ms, status_code, error, duration_ms, response)
         SELECT ?1, coalesce(max(n), 0) + 1, ?2, ?3, ?4, ?5, ?6 FROM attempts WHERE delivery = ?1 RETURNING n`,
        seq,
        attempt.atMs,
        attempt.statusCode,
        attempt.error,
        attempt.durationMs,
        attempt.response,
      )
      .one();
    this.#sql.exec("DELETE FROM attempts WHERE delivery = ? AND n <= ?", seq, n - MOST_ATTEMPTS);
  }
}

const DUE_COLUMNS = "seq, id, event_id, event, call_id, body, is_test, round, tries";

function toDue(row: DueRow): DueDelivery {
  const { seq, id, event, body, round, tries, event_id: eventId, call_id: callId } = row;
  return { seq, id, eventId, event, callId, body, round, tries, isTest: row.is_test === 1 };
}
