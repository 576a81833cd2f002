// The limiter, the gate and the board, with the least that each must do.

import { DurableObject } from "cloudflare:workers";

/** One per key. A draw is stored before it is answered; what it had before, an object knows while it lives. */
export class Limiter extends DurableObject {
  #buckets = new Map();

  constructor(ctx, env) {
    super(ctx, env);
    const { sql } = ctx.storage;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS buckets (name TEXT PRIMARY KEY, tokens REAL, updated_at_ms INTEGER)",
    );
    for (const { name, tokens, updated_at_ms } of sql.exec("SELECT * FROM buckets")) {
      this.#buckets.set(name, { tokens, updatedAtMs: updated_at_ms });
    }
  }

  take(name, perMinute) {
    const nowMs = Date.now();
    const { tokens, updatedAtMs } = this.#buckets.get(name) ?? { tokens: perMinute, updatedAtMs: nowMs };
    const filled = Math.min(perMinute, tokens + ((nowMs - updatedAtMs) * perMinute) / 60_000);
    if (filled < 1) return { allowed: false, remaining: 0, resetSeconds: 1 };
    const left = filled - 1;
    this.#buckets.set(name, { tokens: left, updatedAtMs: nowMs });
    this.ctx.storage.sql.exec("INSERT OR REPLACE INTO buckets VALUES (?, ?, ?)", name, left, nowMs);
    return { allowed: true, remaining: Math.floor(left), resetSeconds: 1 };
  }
}

/** One per organisation: its live calls, stored. */
export class Board extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS calls (call_id TEXT PRIMARY KEY, entry TEXT)");
  }

  show(callId, entry) {
    const { sql } = this.ctx.storage;
    if (entry === null) sql.exec("DELETE FROM calls WHERE call_id = ?", callId);
    else sql.exec("INSERT OR REPLACE INTO calls VALUES (?, ?)", callId, JSON.stringify(entry));
  }

  /** JSON texts, oldest first. */
  list() {
    return [...this.ctx.storage.sql.exec("SELECT entry FROM calls ORDER BY call_id").raw()].map(
      ([entry]) => entry,
    );
  }
}

/** One per carrier account: when its next call may start, and which calls hold a line. */
export class Gate extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec(`CREATE TABLE IF NOT EXISTS slots (call_id TEXT PRIMARY KEY, start_at_ms INTEGER);
      CREATE TABLE IF NOT EXISTS pace (id INTEGER PRIMARY KEY, next_at_ms INTEGER);
      INSERT OR IGNORE INTO pace VALUES (1, 0);`);
  }

  reserve(callId, callsPerSecond) {
    const { sql } = this.ctx.storage;
    const startAtMs = Math.max(Date.now(), sql.exec("SELECT next_at_ms FROM pace").one().next_at_ms);
    sql.exec("INSERT OR REPLACE INTO slots VALUES (?, ?)", callId, startAtMs);
    sql.exec("UPDATE pace SET next_at_ms = ?", startAtMs + Math.ceil(1000 / callsPerSecond));
    return startAtMs;
  }

  release(callId) {
    this.ctx.storage.sql.exec("DELETE FROM slots WHERE call_id = ?", callId);
  }
}
