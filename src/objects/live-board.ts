// One per organisation: the calls that live now, and the supervisors' sockets that watch them. Each call's object
// reports its own changes of status, at least once and perhaps out of order; `seq` decides. An ended call leaves a
// marker behind for a while, so that a straggler can't bring it back.
//
// Each change is numbered, and the latest are kept (board-log.ts): a watcher that lost its socket misses nothing.

import { DurableObject } from "cloudflare:workers";
import { toLiveCall } from "../contract/live-call.ts";
import { boardEntrySchema, type BoardEntry, type BoardMessage } from "../contract/live.ts";
import { openDb } from "../db/client.ts";
import { migrate } from "../lib/sql-migrations.ts";
import { toEpochSeconds } from "../lib/time.ts";
import { BOARD_LOG_MIGRATION, BoardLog, type BoardChange } from "./board-log.ts";
import { ticketOf, Watchers } from "./watchers.ts";

const MIGRATIONS = [
  `CREATE TABLE calls (call_id TEXT PRIMARY KEY, seq INTEGER NOT NULL, entry TEXT, changed_at_ms INTEGER NOT NULL);
   CREATE INDEX ended_by_age ON calls (changed_at_ms) WHERE entry IS NULL;`,
  "CREATE INDEX live ON calls (call_id) WHERE entry IS NOT NULL;",
  BOARD_LOG_MIGRATION,
];

const MARKER_LIFE_MS = 3_600_000;

export class LiveBoard extends DurableObject<Env> {
  readonly #sql: SqlStorage;
  readonly #log: BoardLog;
  readonly #watchers: Watchers;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, MIGRATIONS);
    this.#sql = ctx.storage.sql;
    this.#log = new BoardLog(this.#sql);
    this.#watchers = new Watchers({ ctx, db: openDb(env.DB) });
  }

  /** @param entry null once the call has ended. */
  show(callId: string, seq: number, entry: BoardEntry | null): void {
    const nowMs = Date.now();
    const wasShown = this.#isShown(callId);
    const taken = this.#sql
      .exec(
        `INSERT INTO calls (call_id, seq, entry, changed_at_ms) VALUES (?, ?, ?, ?)
         ON CONFLICT (call_id) DO UPDATE
         SET seq = excluded.seq, entry = excluded.entry, changed_at_ms = excluded.changed_at_ms
         WHERE excluded.seq > seq
         RETURNING call_id`,
        callId,
        seq,
        entry === null ? null : JSON.stringify(entry),
        nowMs,
      )
      .toArray();
    this.#sql.exec("DELETE FROM calls WHERE entry IS NULL AND changed_at_ms < ?", nowMs - MARKER_LIFE_MS);
    // That a call has ended is news only to who has seen it.
    if (taken.length > 0 && (entry !== null || wasShown)) {
      this.#watchers.tell(JSON.stringify(toMessage(this.#log.add(callId, entry), nowMs)), nowMs);
    }
  }

  /** The live calls, oldest first. */
  list(): BoardEntry[] {
    return this.#sql
      .exec<{ entry: string }>("SELECT entry FROM calls WHERE entry IS NOT NULL ORDER BY call_id")
      .toArray()
      .map((row) => boardEntrySchema.parse(JSON.parse(row.entry)));
  }

  /** Closes the sockets that this key has opened: it was revoked. */
  shutOut(keyId: string): void {
    this.#watchers.shutOut(keyId);
  }

  /** WebSocket upgrades only: `/?key=…&until=…&cursor=…`, by a key that may watch; `until` where that ends. */
  override async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const { 0: client, 1: server } = new WebSocketPair();
    this.#watchers.join(server, ticketOf(searchParams));
    const nowMs = Date.now();
    for (const message of this.#greeting(Number(searchParams.get("cursor")), nowMs)) {
      server.send(JSON.stringify(message));
    }
    return new Response(null, { status: 101, webSocket: client });
  }

  /** Watchers have nothing to say, but the `ping` that is answered for the object. */
  override webSocketMessage(): void {}

  override webSocketClose(): void {}

  override webSocketError(): void {}

  /** What was missed since the cursor, if that is still known; else all there is. */
  #greeting(cursor: number, nowMs: number): BoardMessage[] {
    const missed = cursor > 0 ? this.#log.since(cursor) : null;
    if (missed !== null) return missed.map((change) => toMessage(change, nowMs));
    const calls = this.list().map((entry) => toLiveCall(entry, toEpochSeconds(nowMs)));
    return [{ type: "snapshot", cursor: this.#log.cursor(), calls: calls.toReversed() }];
  }

  #isShown(callId: string): boolean {
    const found = this.#sql.exec("SELECT 1 FROM calls WHERE call_id = ? AND entry IS NOT NULL", callId);
    return found.toArray().length > 0;
  }
}

function toMessage({ cursor, callId, entry }: BoardChange, nowMs: number): BoardMessage {
  return entry === null
    ? { type: "ended", cursor, call_uuid: callId }
    : { type: "call", cursor, call: toLiveCall(entry, toEpochSeconds(nowMs)) };
}
