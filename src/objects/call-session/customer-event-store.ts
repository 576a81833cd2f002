// What a customer's systems are to be told of a call, in its SQLite: each event once, by its key, numbered from 1; and
// of those that are not told yet, their bodies and which webhooks have them already.

import { z } from "zod";
import type { CustomerEvent, NumberedEvent } from "../../domain/call/customer-events.ts";
import { TRANSFER_STATUSES, type TransferFacts } from "../../domain/call/transfer-state.ts";
import { CALL_EVENTS } from "../../domain/webhook.ts";

const transferSchema = z.object({
  id: z.string(),
  target: z.string(),
  status: z.enum(TRANSFER_STATUSES),
  brief: z.string().nullable(),
  human: z.object({ id: z.string(), name: z.string() }).nullable(),
  requestedAt: z.number(),
  bridgedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
}) satisfies z.ZodType<TransferFacts>;

const rowSchema = z.object({
  seq: z.number(),
  key: z.string(),
  name: z.enum(CALL_EVENTS),
  at_ms: z.number(),
  transfer: z.string().nullable(),
});

export class CustomerEventStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Those that the call had before stay as they are. True if one is new. */
  add(events: readonly CustomerEvent[], atMs: number): boolean {
    const added = events.flatMap(({ key, name, transfer }) =>
      this.#sql
        .exec(
          `INSERT INTO customer_events (seq, key, name, at_ms, transfer)
           SELECT coalesce(max(seq), 0) + 1, ?, ?, ?, ? FROM customer_events WHERE true
           ON CONFLICT (key) DO NOTHING RETURNING seq`,
          key,
          name,
          atMs,
          transfer === null ? null : JSON.stringify(transfer),
        )
        .toArray(),
    );
    return added.length > 0;
  }

  /** What is still to be told, in its order. */
  untold(): NumberedEvent[] {
    return this.#sql
      .exec("SELECT seq, key, name, at_ms, transfer FROM customer_events WHERE told = 0 ORDER BY seq")
      .toArray()
      .map((row) => toEvent(rowSchema.parse(row)));
  }

  /** The body of an event, built once: whoever comes to it later gets what the others got, though the call has gone on. */
  bodyOf(seq: number, build: () => string): string {
    const row = this.#sql
      .exec<{ body: string | null }>("SELECT body FROM customer_events WHERE seq = ?", seq)
      .toArray()[0];
    if (row !== undefined && row.body !== null) return row.body;
    const body = build();
    this.#sql.exec("UPDATE customer_events SET body = ? WHERE seq = ? AND told = 0", body, seq);
    return body;
  }

  hasTaken(webhookId: string, seq: number): boolean {
    return (
      this.#sql
        .exec("SELECT 1 FROM customer_events_taken WHERE seq = ? AND webhook_id = ?", seq, webhookId)
        .toArray().length > 0
    );
  }

  /** Noted at once: whatever happens to the others, this webhook is not told again. */
  take(webhookId: string, seqs: readonly number[]): void {
    for (const seq of seqs) {
      this.#sql.exec("INSERT OR IGNORE INTO customer_events_taken VALUES (?, ?)", seq, webhookId);
    }
  }

  /** All have them. */
  markTold(seqs: readonly number[]): void {
    for (const seq of seqs) {
      this.#sql.exec("UPDATE customer_events SET told = 1, body = NULL WHERE seq = ?", seq);
      this.#sql.exec("DELETE FROM customer_events_taken WHERE seq = ?", seq);
    }
  }
}

function toEvent({ seq, key, name, at_ms: atMs, transfer }: z.infer<typeof rowSchema>): NumberedEvent {
  const facts = transfer === null ? null : transferSchema.parse(JSON.parse(transfer));
  return { seq, key, name, atMs, transfer: facts };
}
