// What clients are shown of the deliveries of one webhook.

import {
  ATTEMPT_ERRORS,
  CALL_EVENTS,
  DELIVERY_STATUSES,
  type Delivery,
  type DeliveryAttempt,
  type DeliveryFilter,
} from "../../domain/webhook.ts";
import { z } from "zod";

/** A condition on deliveries, and what stands for its question marks. */
type Condition = { where: string; values: (string | number)[] };

const rowSchema = z.object({
  seq: z.number(),
  id: z.string(),
  event_id: z.string(),
  event: z.enum(CALL_EVENTS),
  call_id: z.string().nullable(),
  status: z.enum(DELIVERY_STATUSES),
  fired_at_ms: z.number(),
  created_at_ms: z.number(),
  next_attempt_at_ms: z.number().nullable(),
});

const attemptRowSchema = z.object({
  at_ms: z.number(),
  status_code: z.number().nullable(),
  error: z.enum(ATTEMPT_ERRORS).nullable(),
  duration_ms: z.number(),
  response: z.string().nullable(),
});

const COLUMNS = `seq, id, event_id, event, call_id, status, fired_at_ms, created_at_ms,
  CASE WHEN due_at_ms IS NULL THEN NULL WHEN trying_since_ms IS NOT NULL THEN trying_since_ms
    ELSE max(due_at_ms, coalesce((SELECT held_until_ms FROM endpoint), 0)) END AS next_attempt_at_ms`;

export class DeliveryLog {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Newest first. */
  list(
    filter: DeliveryFilter,
    { limit, offset }: { limit: number; offset: number },
  ): { deliveries: Delivery[]; total: number } {
    const { where, values } = conditionOf(filter);
    const { total } = this.#sql
      .exec<{ total: number }>(`SELECT count(*) AS total FROM deliveries WHERE ${where}`, ...values)
      .one();
    const deliveries = this.#sql
      .exec(
        `SELECT ${COLUMNS} FROM deliveries WHERE ${where} ORDER BY seq DESC LIMIT ? OFFSET ?`,
        ...values,
        limit,
        offset,
      )
      .toArray()
      .map((row) => this.#toDelivery(row));
    return { deliveries, total };
  }

  find(id: string): Delivery | null {
    const row = this.#sql.exec(`SELECT ${COLUMNS} FROM deliveries WHERE id = ?`, id).toArray()[0];
    return row === undefined ? null : this.#toDelivery(row);
  }

  findByEvent(eventId: string): Delivery | null {
    const row = this.#sql.exec(`SELECT ${COLUMNS} FROM deliveries WHERE event_id = ?`, eventId).toArray()[0];
    return row === undefined ? null : this.#toDelivery(row);
  }

  bodyOf(id: string): string | null {
    const row = this.#sql
      .exec<{ body: string }>(
        "SELECT body FROM bodies WHERE delivery = (SELECT seq FROM deliveries WHERE id = ?)",
        id,
      )
      .toArray()[0];
    return row?.body ?? null;
  }

  #toDelivery(stored: unknown): Delivery {
    const row = rowSchema.parse(stored);
    return {
      id: row.id,
      eventId: row.event_id,
      event: row.event,
      callId: row.call_id,
      status: row.status,
      firedAtMs: row.fired_at_ms,
      createdAtMs: row.created_at_ms,
      nextAttemptAtMs: row.next_attempt_at_ms,
      attempts: this.#attemptsOf(row.seq),
    };
  }

  #attemptsOf(seq: number): DeliveryAttempt[] {
    return this.#sql
      .exec(
        "SELECT at_ms, status_code, error, duration_ms, response FROM attempts WHERE delivery = ? ORDER BY n",
        seq,
      )
      .toArray()
      .map((stored) => {
        const row = attemptRowSchema.parse(stored);
        const { at_ms: atMs, status_code: statusCode, duration_ms: durationMs, error, response } = row;
        return { atMs, statusCode, error, durationMs, response };
      });
  }
}

function conditionOf(filter: DeliveryFilter): Condition {
  const { status, event, callId, fromMs, beforeMs } = filter;
  const parts: [string, string | number | undefined][] = [
    ["status = ?", status],
    ["event = ?", event],
    ["call_id = ?", callId],
    ["fired_at_ms >= ?", fromMs],
    ["fired_at_ms < ?", beforeMs],
  ];
  const given = parts.flatMap(([part, value]) => (value === undefined ? [] : [{ part, value }]));
  return {
    where: ["1 = 1", ...given.map(({ part }) => part)].join(" AND "),
    values: given.map(({ value }) => value),
  };
}

/** What is sent again in bulk: neither tests nor what is under way, and what was taken only if it is asked for. */
export function replayConditionOf(filter: DeliveryFilter): Condition {
  const { where, values } = conditionOf(filter);
  const replayed = filter.status === "delivered" ? "status = 'delivered'" : "status IN ('failed', 'skipped')";
  return { where: `is_test = 0 AND ${replayed} AND ${where}`, values };
}
