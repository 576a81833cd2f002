// One per carrier account: when its next call may start, and how many of its calls live. Keeps leases, so a
// call that dies without a word gives its slot back in time. The rule is domain/pacing.ts.

import { DurableObject } from "cloudflare:workers";
import { decideReservation, type GateView, type Slot, type SlotRequest } from "../domain/pacing.ts";
import { migrate } from "../lib/sql-migrations.ts";

const MIGRATIONS = [
  `CREATE TABLE slots (call_id TEXT PRIMARY KEY, attempt INTEGER NOT NULL, start_at_ms INTEGER NOT NULL, expires_at_ms INTEGER NOT NULL);
   CREATE INDEX slots_by_expiry ON slots (expires_at_ms);
   CREATE TABLE pace (id INTEGER PRIMARY KEY CHECK (id = 1), next_start_at_ms INTEGER NOT NULL);
   INSERT INTO pace (id, next_start_at_ms) VALUES (1, 0);`,
];

type SlotRow = { call_id: string; attempt: number; start_at_ms: number; expires_at_ms: number };

export type SlotAnswer =
  | { kind: "granted"; startAtMs: number }
  | { kind: "full"; retryAtMs: number }
  | { kind: "too_late" };

export class CarrierGate extends DurableObject<Env> {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, MIGRATIONS);
    this.#sql = ctx.storage.sql;
  }

  /** Asked again for the same attempt of the same call, it answers the same grant. */
  reserve(request: SlotRequest): SlotAnswer {
    const nowMs = Date.now();
    this.#sql.exec("DELETE FROM slots WHERE expires_at_ms <= ?", nowMs);
    const reservation = decideReservation(this.#view(request), request, nowMs);
    if (reservation.kind === "full") {
      // Spread, so that those who wait do not all come back at the same moment.
      return { ...reservation, retryAtMs: reservation.retryAtMs + Math.round(Math.random() * 1_000) };
    }
    if (reservation.kind === "too_late") return reservation;
    const { slot, nextStartAtMs } = reservation;
    this.#sql.exec(
      "INSERT OR REPLACE INTO slots (call_id, attempt, start_at_ms, expires_at_ms) VALUES (?, ?, ?, ?)",
      slot.callId,
      slot.attempt,
      slot.startAtMs,
      slot.expiresAtMs,
    );
    this.#sql.exec("UPDATE pace SET next_start_at_ms = ?", nextStartAtMs);
    return { kind: "granted", startAtMs: slot.startAtMs };
  }

  release(callId: string): void {
    this.#sql.exec("DELETE FROM slots WHERE call_id = ?", callId);
  }

  /** The calls that hold a slot now. */
  heldBy(): string[] {
    return this.#sql
      .exec<{ call_id: string }>("SELECT call_id FROM slots WHERE expires_at_ms > ?", Date.now())
      .toArray()
      .map((row) => row.call_id);
  }

  #view(request: SlotRequest): GateView {
    const held = this.#sql
      .exec<SlotRow>("SELECT * FROM slots WHERE call_id = ?", request.callId)
      .toArray()[0];
    // Counting costs a row a slot, so it is done only where a limit bounds their number.
    const liveSlots =
      request.limits.maxConcurrent === null
        ? 0
        : this.#sql.exec<{ n: number }>("SELECT count(*) AS n FROM slots").one().n;
    const { next_start_at_ms: nextStartAtMs } = this.#sql
      .exec<{ next_start_at_ms: number }>("SELECT next_start_at_ms FROM pace")
      .one();
    return { held: held === undefined ? null : toSlot(held), liveSlots, nextStartAtMs };
  }
}

function toSlot(row: SlotRow): Slot {
  return {
    callId: row.call_id,
    attempt: row.attempt,
    startAtMs: row.start_at_ms,
    expiresAtMs: row.expires_at_ms,
  };
}
