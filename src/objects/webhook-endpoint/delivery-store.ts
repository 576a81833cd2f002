// The SQLite of one webhook: what is to be sent there or was, each try of it, and since when nothing is taken.
//
// A try is stored before it is made, with the time at which it counts as cut off: whoever dies in the middle of one
// finds it (`interrupted`) and makes up for it later, never at once and never not at all.

import { resumeTryMs } from "../../domain/webhook-retries.ts";
import type { CallEventName, DeliveryAttempt, NewDelivery } from "../../domain/webhook.ts";
import { newId } from "../../lib/ids.ts";
import { migrate } from "../../lib/sql-migrations.ts";
import { MIGRATIONS } from "./delivery-schema.ts";

/** After this a try that was begun must have been cut off: longer than any takes. */
const TRY_LEASE_MS = 60_000;
/** A delivery may be sent again as often as its owner likes. */
const MOST_ATTEMPTS = 50;
/** Of each delivery's tries those keep what was answered; the limits of what is stored count bodies alone. */
const MOST_RESPONSES = 5;
/** One that is being tried. `round`: whether it was begun anew meanwhile. */
export type DueDelivery = Pick<NewDelivery, "eventId" | "event" | "callId"> & {
  seq: number;
  id: string;
  round: number;
  /** This one is the last of them. */
  tries: number;
  interruptions: number;
  isTest: boolean;
  bookmark: string | null;
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
  is_test: number;
  round: number;
  tries: number;
  interruptions: number;
  bookmark: string | null;
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

  /** Stores that it is being tried. */
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

  /** What is sent. */
  bodyOf(seq: number): string {
    return this.#sql.exec<{ body: string }>("SELECT body FROM bodies WHERE delivery = ?", seq).one().body;
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

  /** The tries that were being made when the object died. They are kept, made up for, and use up none. */
  interrupted(nowMs: number): DueDelivery[] {
    return this.#storage.transactionSync(() => {
      const rows = this.#sql
        .exec<DueRow & { trying_since_ms: number }>(
          `SELECT ${DUE_COLUMNS}, trying_since_ms FROM deliveries WHERE trying_since_ms IS NOT NULL`,
        )
        .toArray();
      for (const row of rows) {
        const { trying_since_ms: atMs, seq, tries } = row;
        const interruptions = row.interruptions + 1;
        const durationMs = Math.max(0, nowMs - atMs);
        this.#appendAttempt(seq, {
          atMs,
          statusCode: null,
          error: "interrupted",
          durationMs,
          response: null,
        });
        this.#sql.exec(
          `UPDATE deliveries SET trying_since_ms = NULL, tries = max(0, tries - 1), interruptions = ?
           WHERE seq = ?`,
          interruptions,
          seq,
        );
        // One that was begun anew while it was being tried is due as it stands.
        if (tries === 0) continue;
        this.#fail(toDue(row), null, row.is_test === 1 ? null : resumeTryMs({ interruptions, nowMs }));
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
      `UPDATE deliveries SET status = 'pending', round = round + 1, tries = 0, interruptions = 0, queued_at_ms = ?, due_at_ms = ?
       WHERE ${where} RETURNING seq`,
      nowMs,
      nowMs,
      ...values,
    );
    return [...replayed].length;
  }

  /**
   * Nothing waits to be sent any more. A test that is being made goes on.
   * @returns how many were skipped; if as many as `most`, there may be more.
   */
  skipPending(most: number): number {
    const skipped = this.#sql.exec(
      `UPDATE deliveries SET status = 'skipped', due_at_ms = NULL WHERE seq IN (
         SELECT seq FROM deliveries
         WHERE due_at_ms IS NOT NULL AND (is_test = 0 OR trying_since_ms IS NULL) LIMIT ?
       ) RETURNING seq`,
      most,
    );
    return [...skipped].length;
  }

  /** They have failed without a further try: too much waits, or for too long. They are kept as long as what comes now. */
  giveUp(seqs: readonly number[], atMs: number): void {
    for (const seq of seqs) {
      this.#appendAttempt(seq, {
        atMs,
        statusCode: null,
        error: "too_much_waiting",
        durationMs: 0,
        response: null,
      });
      this.#sql.exec(
        "UPDATE deliveries SET status = 'failed', due_at_ms = NULL, queued_at_ms = ? WHERE seq = ?",
        atMs,
        seq,
      );
    }
  }

  /** Until then the receiver asked to be left in peace. */
  get heldUntilMs(): number {
    const row = this.#sql
      .exec<{ at: number | null }>("SELECT held_until_ms AS at FROM endpoint")
      .toArray()[0];
    return row?.at ?? 0;
  }

  hold(untilMs: number): void {
    this.#sql.exec("UPDATE endpoint SET held_until_ms = max(coalesce(held_until_ms, 0), ?)", untilMs);
  }

  releaseHold(): void {
    this.#sql.exec("UPDATE endpoint SET held_until_ms = NULL WHERE held_until_ms IS NOT NULL");
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
    this.#sql.exec(
      "UPDATE endpoint SET failing_since_ms = NULL, failing_url = NULL WHERE failing_since_ms IS NOT NULL",
    );
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

  /** Null if there is one of this event. */
  #insert(delivery: NewDelivery, { nowMs, isTest }: { nowMs: number; isTest: boolean }): number | null {
    const { eventId, event, callId, firedAtMs, body, bookmark = null } = delivery;
    const row = this.#sql
      .exec<{ seq: number }>(
        `INSERT INTO deliveries (id, event_id, event, call_id, bytes, is_test, status, fired_at_ms,
           created_at_ms, queued_at_ms, due_at_ms, bookmark)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'pending', ?7, ?8, ?8, ?8, ?9)
         ON CONFLICT (event_id) DO NOTHING RETURNING seq`,
        newId("delivery"),
        eventId,
        event,
        callId,
        new TextEncoder().encode(body).length,
        isTest ? 1 : 0,
        firedAtMs,
        nowMs,
        bookmark,
      )
      .toArray()[0];
    if (row === undefined) return null;
    this.#sql.exec("INSERT INTO bodies (delivery, body) VALUES (?, ?)", row.seq, body);
    return row.seq;
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
    this.#sql.exec(
      "UPDATE attempts SET response = NULL WHERE delivery = ? AND n = ?",
      seq,
      n - MOST_RESPONSES,
    );
  }
}

const DUE_COLUMNS = "seq, id, event_id, event, call_id, is_test, round, tries, interruptions, bookmark";

function toDue(row: DueRow): DueDelivery {
  const { event_id: eventId, call_id: callId, is_test: isTest, ...rest } = row;
  return { ...rest, eventId, callId, isTest: isTest === 1 };
}
