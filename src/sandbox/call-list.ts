// The account's list of calls and of their recordings. It owns no facts: every row is what the call's own object last
// reported. An older report never replaces a newer one, nor does it bring back what was deleted since.
// https://www.twilio.com/docs/voice/api/call-resource#read-multiple-call-resources

import { z } from "zod";
import { callResource } from "./call-resource.ts";
import { CALL_STATUSES, type CallState, type CallStatus } from "./call-state.ts";
import { recordingSidOf } from "./formats.ts";
import { moment, optionalText, type Page, pagingFields, pagingOf, selectPage, timeRange } from "./paging.ts";
import { recordingResource } from "./recording-resource.ts";

/** What a call reports of itself. Resources are JSON texts, null for none (any more). */
export type ListEntry = {
  sid: string;
  version: number;
  createdAtMs: number;
  startedAtMs: number;
  endedAtMs: number | null;
  to: string;
  from: string;
  parentSid: string | null;
  status: CallStatus;
  isDeleted: boolean;
  resource: string;
  recording: { sid: string; startedAtMs: number; resource: string } | null;
};

/** `baseUrl` is the carrier's own address. */
export function listEntry(state: CallState, baseUrl: string): ListEntry {
  const recording = recordingResource(state, baseUrl);
  return {
    sid: state.sid,
    version: state.version,
    createdAtMs: state.createdAtMs,
    startedAtMs: state.initiatedAtMs ?? state.createdAtMs,
    endedAtMs: state.endedAtMs,
    to: state.order.to,
    from: state.order.from,
    parentSid: state.parentSid,
    status: state.status,
    isDeleted: state.isDeleted,
    resource: JSON.stringify(callResource(state)),
    recording:
      recording === undefined || state.recording === null
        ? null
        : {
            sid: recordingSidOf(state.sid),
            startedAtMs: state.recording.startedAtMs,
            resource: JSON.stringify(recording),
          },
  };
}

export const callQuery = z
  .object({
    To: optionalText,
    From: optionalText,
    Status: z.enum(CALL_STATUSES).optional(),
    ParentCallSid: optionalText,
    StartTime: moment,
    StartTimeSince: moment,
    StartTimeUntil: moment,
    EndTime: moment,
    EndTimeSince: moment,
    EndTimeUntil: moment,
    ...pagingFields,
  })
  .transform((query) => ({
    to: query.To,
    from: query.From,
    status: query.Status,
    parentCallSid: query.ParentCallSid,
    started: timeRange(query.StartTime, query.StartTimeSince, query.StartTimeUntil),
    ended: timeRange(query.EndTime, query.EndTimeSince, query.EndTimeUntil),
    paging: pagingOf(query),
  }));
export type CallQuery = z.infer<typeof callQuery>;

export const recordingQuery = z
  .object({
    CallSid: optionalText,
    DateCreated: moment,
    DateCreatedSince: moment,
    DateCreatedUntil: moment,
    ...pagingFields,
  })
  .transform((query) => ({
    callSid: query.CallSid,
    created: timeRange(query.DateCreated, query.DateCreatedSince, query.DateCreatedUntil),
    paging: pagingOf(query),
  }));
export type RecordingQuery = z.infer<typeof recordingQuery>;

export class CallList {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  record(entry: ListEntry): void {
    this.#storage.transactionSync(() => {
      if (this.#recordCall(entry)) this.#recordRecording(entry);
    });
  }

  findCalls(query: CallQuery): Page {
    return selectPage(
      this.#storage.sql,
      "calls",
      [
        ["is_deleted = ?", 0],
        ["to_number = ?", query.to],
        ["from_number = ?", query.from],
        ["status = ?", query.status],
        ["parent_call_sid = ?", query.parentCallSid],
        ["started_ms >= ?", query.started.fromMs],
        ["started_ms <= ?", query.started.toMs],
        ["ended_ms >= ?", query.ended.fromMs],
        ["ended_ms <= ?", query.ended.toMs],
      ],
      query.paging,
    );
  }

  findRecordings(query: RecordingQuery): Page {
    return selectPage(
      this.#storage.sql,
      "recordings",
      [
        ["call_sid = ?", query.callSid],
        ["created_ms >= ?", query.created.fromMs],
        ["created_ms <= ?", query.created.toMs],
      ],
      query.paging,
    );
  }

  /** False for a report that is older than the one before. */
  #recordCall(entry: ListEntry): boolean {
    const written = this.#storage.sql.exec(
      `INSERT INTO calls (sid, version, created_ms, started_ms, ended_ms, to_number, from_number, parent_call_sid, status, is_deleted,
         resource)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (sid) DO UPDATE SET
         version = excluded.version, started_ms = excluded.started_ms, ended_ms = excluded.ended_ms,
         status = excluded.status, is_deleted = excluded.is_deleted, resource = excluded.resource
       WHERE excluded.version > calls.version
       RETURNING sid`,
      entry.sid,
      entry.version,
      entry.createdAtMs,
      entry.startedAtMs,
      entry.endedAtMs,
      entry.to,
      entry.from,
      entry.parentSid,
      entry.status,
      entry.isDeleted ? 1 : 0,
      entry.resource,
    );
    return written.toArray().length > 0;
  }

  #recordRecording({ sid, recording }: ListEntry): void {
    const { sql } = this.#storage;
    if (recording === null) {
      sql.exec("DELETE FROM recordings WHERE call_sid = ?", sid);
      return;
    }
    sql.exec(
      `INSERT INTO recordings (sid, call_sid, created_ms, resource) VALUES (?, ?, ?, ?)
       ON CONFLICT (sid) DO UPDATE SET resource = excluded.resource`,
      recording.sid,
      sid,
      recording.startedAtMs,
      recording.resource,
    );
  }
}
