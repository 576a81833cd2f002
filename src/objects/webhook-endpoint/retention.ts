// How long and how much is kept of what was sent, or was to be. What was taken may go early; what was missed, which its
// owner is to be able to replay, stays for its time as long as there is room for it.

import { logInfo } from "../../lib/log.ts";

const KEPT_MS = 30 * 86_400_000;
/** The bodies of what waits, of what was missed, and of what is done with; an object holds ten times that. */
const MOST_BYTES = 1_000_000_000;
/** Of what is done with. */
const MOST_DONE = 10_000;
/** So much is dropped at a time: an object does nothing else meanwhile. */
const AT_ONCE = { deliveries: 500, bytes: 64_000_000 };
/** Then comes the next part. */
const NEXT_PART_MS = 5_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

type Kind = "pending" | "missed" | "done";

export class Retention {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#sql = storage.sql;
  }

  /** Something was taken over: within the hour it is seen to what is too much by that. */
  expectMore(nowMs: number): void {
    this.#sql.exec(
      "UPDATE endpoint SET tend_at_ms = ?1 WHERE tend_at_ms IS NULL OR tend_at_ms > ?1",
      nowMs + HOUR_MS,
    );
  }

  /** When it is to be tended next; null while nothing is stored. */
  tendAtMs(): number | null {
    const row = this.#sql.exec<{ at: number | null }>("SELECT tend_at_ms AS at FROM endpoint").toArray()[0];
    return row?.at ?? null;
  }

  /**
   * Drops what is too old or too much, the oldest first and a part at a time. What waits is given up first, and kept for
   * its time from then on.
   *
   * @param giveUp these are not to be sent any more, as too much waits, or for too long.
   */
  tend(webhookId: string, nowMs: number, giveUp: (seqs: readonly number[]) => void): void {
    this.#storage.transactionSync(() => {
      const expired = this.#expired("kind <> 'pending'", nowMs);
      this.#drop(expired);
      const stale = this.#expired("kind = 'pending'", nowMs);
      giveUp(stale);
      const tooMany = this.#excess("pending");
      giveUp(tooMany);
      const givenUp = [...stale, ...tooMany];
      const missed = this.#excess("missed");
      this.#drop(missed);
      const done = this.#excess("done");
      this.#drop(done);
      if (givenUp.length > 0)
        logInfo("webhook_deliveries_given_up", { webhook_id: webhookId, count: givenUp.length });
      if (missed.length > 0)
        logInfo("webhook_missed_dropped", { webhook_id: webhookId, count: missed.length });
      const isMore = [expired, givenUp, missed, done].some(({ length }) => length > 0);
      this.#sql.exec("UPDATE endpoint SET tend_at_ms = ?", this.#nextMs(nowMs, isMore));
    });
  }

  #nextMs(nowMs: number, isMore: boolean): number | null {
    const { oldest } = this.#sql
      .exec<{ oldest: number | null }>("SELECT min(queued_at_ms) AS oldest FROM deliveries")
      .one();
    if (oldest === null) return null;
    if (isMore) return nowMs + NEXT_PART_MS;
    return Math.max(nowMs + NEXT_PART_MS, Math.min(nowMs + DAY_MS, oldest + KEPT_MS));
  }

  #expired(which: string, nowMs: number): number[] {
    return this.#part(
      `SELECT seq, bytes FROM deliveries WHERE queued_at_ms <= ? AND ${which} AND trying_since_ms IS NULL
       ORDER BY queued_at_ms LIMIT ?`,
      nowMs - KEPT_MS,
    ).map(({ seq }) => seq);
  }

  #excess(kind: Kind): number[] {
    const { n, bytes } = this.#sql
      .exec<{ n: number; bytes: number }>("SELECT n, bytes FROM totals WHERE kind = ?", kind)
      .one();
    let moreBytes = bytes - MOST_BYTES;
    let more = kind === "done" ? n - MOST_DONE : 0;
    if (more <= 0 && moreBytes <= 0) return [];
    const excess: number[] = [];
    const oldest = this.#part(
      "SELECT seq, bytes FROM deliveries WHERE kind = ? AND trying_since_ms IS NULL ORDER BY seq LIMIT ?",
      kind,
    );
    for (const one of oldest) {
      if (more <= 0 && moreBytes <= 0) break;
      excess.push(one.seq);
      more -= 1;
      moreBytes -= one.bytes;
    }
    return excess;
  }

  /** Of what matches so much as may be dropped at a time, and one at least. */
  #part(query: string, value: string | number): { seq: number; bytes: number }[] {
    let bytes = 0;
    return this.#sql
      .exec<{ seq: number; bytes: number }>(query, value, AT_ONCE.deliveries)
      .toArray()
      .filter((one) => {
        const isWithin = bytes < AT_ONCE.bytes;
        bytes += one.bytes;
        return isWithin;
      });
  }

  #drop(seqs: readonly number[]): void {
    for (const seq of seqs) this.#sql.exec("DELETE FROM deliveries WHERE seq = ?", seq);
  }
}
