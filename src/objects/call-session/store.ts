// The SQLite of one call: its plan and state, the log of what happened, the transcript, what watchers are
// shown, and the outbox. One row of `call`; the seq in it numbers the events.
//
// `commit` writes a step whole or not at all. An outbox row stands for a duty to the outside; of two duties
// with the same key only the newer is left, so a slow target is told the latest and nothing else.

import { z } from "zod";
import { callPlanSchema, type CallPlan } from "../../contract/call-plan.ts";
import { liveMessageSchema, type LiveMessage, type NewLiveMessage } from "../../contract/live.ts";
import type { CallEvent } from "../../domain/call/events.ts";
import { callStateSchema, type CallState } from "../../domain/call/state.ts";
import { logError } from "../../lib/log.ts";
import { migrate } from "../../lib/sql-migrations.ts";
import { customerEventsOf, eventOfCall } from "../../domain/call/customer-events.ts";
import { CustomerEventStore } from "./customer-event-store.ts";
import { DUE_AFTER_MS, dutyKey, dutySchema, type Duty } from "./duties.ts";
import { CALL_MIGRATIONS } from "./layout.ts";
import { entriesOf, TimelineStore } from "./timeline.ts";
import { TranscriptStore } from "./transcript-store.ts";

export type Call = { plan: CallPlan; state: CallState; seq: number };
export type OutboxRow = { key: string; seq: number; duty: Duty; attempts: number };

export class CallStore {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;
  readonly transcript: TranscriptStore;
  readonly customerEvents: CustomerEventStore;
  readonly timeline: TimelineStore;
  /** When the next duty is due, null for none; undefined once the outbox was written to since it was asked. */
  #nextDutyMs: number | null | undefined;

  constructor(storage: DurableObjectStorage) {
    migrate(storage, CALL_MIGRATIONS);
    this.#storage = storage;
    this.#sql = storage.sql;
    this.transcript = new TranscriptStore(storage.sql);
    this.customerEvents = new CustomerEventStore(storage.sql);
    this.timeline = new TimelineStore(storage.sql);
  }

  load(): Call | null {
    const row = this.#sql
      .exec<{ plan: string; state: string; seq: number }>("SELECT plan, state, seq FROM call")
      .toArray()[0];
    if (row === undefined) return null;
    return {
      plan: callPlanSchema.parse(JSON.parse(row.plan)),
      state: callStateSchema.parse(JSON.parse(row.state)),
      seq: row.seq,
    };
  }

  /** Stores a new call; its first event is its acceptance. */
  create(plan: CallPlan, state: CallState, duties: readonly Duty[], nowMs: number): Call {
    return this.#storage.transactionSync(() => {
      const seq = this.#appendEvent({ type: "accepted" }, null, nowMs);
      this.#sql.exec(
        "INSERT INTO call (id, plan, state, seq) VALUES (1, ?, ?, ?)",
        JSON.stringify(plan),
        JSON.stringify(state),
        seq,
      );
      this.#addDuties(duties, seq, nowMs);
      const { record: records } = plan.campaign.config;
      this.timeline.add(entriesOf({ before: null, after: state, event: null, duties, records }, nowMs));
      return { plan, state, seq };
    });
  }

  commit(
    call: Call,
    next: { state: CallState; event: CallEvent; duties: readonly Duty[] },
    nowMs: number,
  ): Call {
    return this.#storage.transactionSync(() => {
      const seq = this.#appendEvent(next.event, null, nowMs);
      this.#sql.exec("UPDATE call SET state = ?, seq = ?", JSON.stringify(next.state), seq);
      this.#addDuties(next.duties, seq, nowMs);
      const { record: records } = call.plan.campaign.config;
      const { state: after, event, duties } = next;
      this.timeline.add(entriesOf({ before: call.state, after, event, duties, records }, nowMs));
      const brought = customerEventsOf(call.state, next.state);
      if (this.customerEvents.add(brought, nowMs)) this.#addDuties([{ type: "fire_events" }], seq, nowMs);
      return { plan: call.plan, state: next.state, seq };
    });
  }

  /** Keeps an event that changed nothing, with the reason. */
  logRefused(event: object, reason: string, nowMs: number): void {
    this.#appendEvent(event, reason, nowMs);
  }

  addToFeed(message: NewLiveMessage, nowMs: number): LiveMessage {
    const { cursor } = this.#sql
      .exec<{ cursor: number }>(
        "INSERT INTO feed (at_ms, body) VALUES (?, ?) RETURNING cursor",
        nowMs,
        JSON.stringify(message),
      )
      .one();
    return { ...message, cursor };
  }

  /** All messages after `cursor`, oldest first. */
  readFeedAfter(cursor: number): LiveMessage[] {
    return this.#sql
      .exec<FeedRow>("SELECT cursor, body FROM feed WHERE cursor > ? ORDER BY cursor", cursor)
      .toArray()
      .map(toLiveMessage);
  }

  /** The newest `limit` messages that are no older than `sinceMs`, oldest first. */
  readRecentFeed(sinceMs: number, limit: number): LiveMessage[] {
    return this.#sql
      .exec<FeedRow>(
        "SELECT cursor, body FROM feed WHERE at_ms >= ? ORDER BY cursor DESC LIMIT ?",
        sinceMs,
        limit,
      )
      .toArray()
      .map(toLiveMessage)
      .toReversed();
  }

  /** What watchers were shown last of the transcript. */
  lastShownLine(): Extract<LiveMessage, { type: "transcript" }> | null {
    const row = this.#sql
      .exec<FeedRow>(
        `SELECT cursor, body FROM feed WHERE json_extract(body, '$.type') = 'transcript'
         ORDER BY cursor DESC LIMIT 1`,
      )
      .toArray()[0];
    const message = row === undefined ? null : toLiveMessage(row);
    return message?.type === "transcript" ? message : null;
  }

  /** What the client sent along when it asked for the transfer; null for nothing. */
  transferContext(transferId: string): TransferContext {
    const row = this.#sql
      .exec<{ context: string | null }>(
        `SELECT body -> '$.context' AS context FROM events
         WHERE refused IS NULL AND body ->> '$.type' = 'transfer_requested' AND body ->> '$.transferId' = ?`,
        transferId,
      )
      .toArray()[0];
    return z.json().parse(JSON.parse(row?.context ?? "null"));
  }

  /** This request has asked for the end before, and it was taken. */
  isEndTaken(requestKey: string | undefined): boolean {
    if (requestKey === undefined) return false;
    const taken = `SELECT 1 FROM events WHERE refused IS NULL AND body ->> '$.type' = 'end_requested'
      AND body ->> '$.requestKey' = ? LIMIT 1`;
    return this.#sql.exec(taken, requestKey).toArray().length > 0;
  }

  /** The transfer that this request has asked for before, and whether a human had to do with it. */
  transferAskedBy(requestKey: string | undefined): { id: string; metHuman: boolean } | null {
    if (requestKey === undefined) return null;
    const row = this.#sql
      .exec<{ id: string; met: number }>(
        `SELECT body ->> '$.transferId' AS id, EXISTS (SELECT 1 FROM timeline t
             WHERE t.body ->> '$.transfer_id' = e.body ->> '$.transferId' AND t.body -> '$.human_agent' IS NOT NULL) AS met
         FROM events e WHERE refused IS NULL AND body ->> '$.type' = 'transfer_requested' AND body ->> '$.requestKey' = ?
         ORDER BY seq DESC LIMIT 1`,
        requestKey,
      )
      .toArray()[0];
    return row === undefined ? null : { id: row.id, metHuman: row.met === 1 };
  }

  /** The carrier has told of a recording. */
  isRecordingKnown(): boolean {
    const told =
      "SELECT 1 FROM events WHERE refused IS NULL AND body ->> '$.type' = 'recording_ready' LIMIT 1";
    return this.#sql.exec(told).toArray().length > 0;
  }

  /** One that another version of us has stored, and this one can't read, is left lying: it is no hindrance to the others. */
  dueDuties(nowMs: number): OutboxRow[] {
    const nextMs = this.nextDutyMs();
    if (nextMs === null || nextMs > nowMs) return [];
    return this.#sql
      .exec<{ key: string; seq: number; body: string; attempts: number }>(
        `SELECT key, seq, body, attempts FROM outbox WHERE due_at_ms <= ? AND ${IS_FREE} ORDER BY seq, key`,
        nowMs,
      )
      .toArray()
      .flatMap(({ key, seq, attempts, body }) => {
        try {
          return { key, seq, attempts, duty: dutySchema.parse(JSON.parse(body)) };
        } catch (error) {
          logError("duty_unreadable", error, { duty: key });
          this.#setDue({ key, seq, attempts }, nowMs + UNREADABLE_MS);
          return [];
        }
      });
  }

  /** Owes these (again), whatever was done of them before. */
  owe(call: Call, duties: readonly Duty[], nowMs: number): void {
    this.#addDuties(duties, call.seq, nowMs);
  }

  /** Removes a duty that was done, unless a newer one has taken its place meanwhile. */
  dutyDone(row: OutboxRow): void {
    this.#writeOutbox("DELETE FROM outbox WHERE key = ? AND seq = ?", row.key, row.seq);
  }

  /** The duty goes if it is done, and customers are told the news, once. */
  confirmDuty(key: string, { news, isDone }: Confirmation, nowMs: number): void {
    this.#storage.transactionSync(() => {
      if (isDone) this.#writeOutbox("DELETE FROM outbox WHERE key = ?", key);
      if (news === null || !this.customerEvents.add([eventOfCall(news)], nowMs)) return;
      const type = news === "call.analyzed" ? "analyzed" : "recording_ready";
      this.timeline.add([{ atMs: nowMs, event: { type } }]);
      // With a number of its own: of the same, the duty would go when one that is under way is done.
      const seq = this.#appendEvent({ type: "told", event: news }, null, nowMs);
      this.#addDuties([{ type: "fire_events" }], seq, nowMs);
    });
  }

  postponeDuty(row: OutboxRow, dueAtMs: number): void {
    this.#setDue({ ...row, attempts: row.attempts + 1 }, dueAtMs);
  }

  /** It is looked up again. */
  forgetNextDuty(): void {
    this.#nextDutyMs = undefined;
  }

  nextDutyMs(): number | null {
    if (this.#nextDutyMs === undefined) {
      this.#nextDutyMs = this.#sql
        .exec<{ due: number | null }>(`SELECT min(due_at_ms) AS due FROM outbox WHERE ${IS_FREE}`)
        .one().due;
    }
    return this.#nextDutyMs;
  }

  /** Each change of the outbox goes this way. */
  #writeOutbox(statement: string, ...values: (string | number)[]): void {
    this.forgetNextDuty();
    this.#sql.exec(statement, ...values);
  }

  #appendEvent(event: object, refused: string | null, nowMs: number): number {
    return this.#sql
      .exec<{ seq: number }>(
        "INSERT INTO events (at_ms, body, refused) VALUES (?, ?, ?) RETURNING seq",
        nowMs,
        JSON.stringify(event),
        refused,
      )
      .one().seq;
  }

  #setDue({ key, seq, attempts }: Omit<OutboxRow, "duty">, dueAtMs: number): void {
    this.#writeOutbox(
      "UPDATE outbox SET attempts = ?, due_at_ms = ? WHERE key = ? AND seq = ?",
      attempts,
      dueAtMs,
      key,
      seq,
    );
  }

  #addDuties(duties: readonly Duty[], seq: number, nowMs: number): void {
    for (const duty of duties) {
      // What the carrier has told of needs not be asked for.
      if (duty.type === "find_recording" && this.isRecordingKnown()) continue;
      this.#writeOutbox(
        "INSERT OR REPLACE INTO outbox (key, seq, body, attempts, due_at_ms) VALUES (?, ?, ?, 0, ?)",
        dutyKey(duty),
        seq,
        JSON.stringify(duty),
        nowMs + (DUE_AFTER_MS[duty.type] ?? 0),
      );
      if (duty.type === "store_recording")
        this.#writeOutbox("DELETE FROM outbox WHERE key = 'find_recording'");
    }
  }
}

/** What is analysed, and what customers are told of, is read in D1: it waits until the projection has written it. */
const IS_FREE =
  "(key NOT IN ('analyse', 'fire_events') OR NOT EXISTS (SELECT 1 FROM outbox WHERE key = 'project'))";

/** So much later a duty that can't be read is looked at again. */
const UNREADABLE_MS = 3_600_000;

/** What a queue's consumer did of a duty. `news`: what customers are to hear of it; null for nothing. */
export type Confirmation = { news: "call.analyzed" | "call.recording_ready" | null; isDone: boolean };

type TransferContext = Extract<LiveMessage, { type: "transfer" }>["context"];
type FeedRow = { cursor: number; body: string };

function toLiveMessage({ cursor, body }: FeedRow): LiveMessage {
  const message = z.record(z.string(), z.unknown()).parse(JSON.parse(body));
  return liveMessageSchema.parse({ ...message, cursor });
}
