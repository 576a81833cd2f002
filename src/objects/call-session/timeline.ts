// What is told of a call's course to whoever asks: which events a step brings, and where they are kept.

import { z } from "zod";
import {
  MAX_TIMELINE,
  timelineEventSchema,
  type CallTimeline,
  type NewTimelineEvent,
  type TimelineEvent,
} from "../../contract/call-timeline.ts";
import type { CallEvent } from "../../domain/call/events.ts";
import type { CallState } from "../../domain/call/state.ts";
import type { ReservedHuman, TransferState } from "../../domain/call/transfer-state.ts";
import { logError } from "../../lib/log.ts";
import { isoSeconds, toEpochSeconds } from "../../lib/time.ts";
import type { Duty } from "./duties.ts";

type Entry = { atMs: number; event: NewTimelineEvent };
type Happening = {
  before: CallState | null;
  after: CallState;
  event: CallEvent | null;
  duties: readonly Duty[];
  records: boolean;
};

/** In the order in which they are shown. */
export function entriesOf({ before, after, event, duties, records }: Happening, nowMs: number): Entry[] {
  const entries: Entry[] = [];
  const add = (entry: NewTimelineEvent, atMs: number | null = nowMs) =>
    entries.push({ atMs: atMs ?? nowMs, event: entry });
  if (before === null) {
    add({ type: "accepted", call_type: after.inbound ? "inbound" : "outbound" }, after.acceptedAtMs);
  }
  if (before?.submission === "waiting" && after.submission === "requested") add({ type: "dialing" });
  if (after.status === "ringing" && before?.status !== "ringing") add({ type: "ringing" });
  if (after.answeredBy !== null && (before?.answeredBy ?? null) === null) {
    add({ type: "answered", answered_by: after.answeredBy }, after.answeredAtMs);
  }
  const begins = after.status === "in_progress" && isUnanswered(before);
  if (records && begins && event?.type === "answer_requested") add({ type: "recording_started" });
  if (after.byScript && before?.byScript === false) add({ type: "agent_fell_back" });
  if (after.transfer !== null) {
    for (const entry of transferEntries(before?.transfer ?? null, after.transfer)) add(entry);
  }
  if (event?.type === "end_requested") add({ type: "end_requested", reason: event.reason });
  if (duties.some(({ type }) => type === "opt_out")) add({ type: "opted_out" });
  if (after.ending !== null && (before?.ending ?? null) === null) {
    const { outcome, reason: ended_reason, fault } = after.ending;
    add({ type: "ended", outcome, ended_reason, fault }, after.endedAtMs);
  }
  return entries;
}

function isUnanswered(before: CallState | null): boolean {
  return before === null || before.status === "dialing" || before.status === "ringing";
}

function transferEntries(was: TransferState | null, transfer: TransferState): NewTimelineEvent[] {
  const { id: transfer_id, target, origin, brief, phase, human } = transfer;
  const before = was?.id === transfer_id ? was : null;
  const entries: NewTimelineEvent[] = [];
  if (before === null) {
    const request = { target, requested_by: origin, agent_brief: brief };
    entries.push({ type: "transfer_requested", transfer_id, ...request });
  }
  if (before !== null && before.human !== null && transfer.tried.length > before.tried.length) {
    entries.push({ type: "human_unavailable", transfer_id, human_agent: shown(before.human) });
  }
  if (human !== null) {
    const who = { transfer_id, human_agent: shown(human) };
    const isNew = before?.phase !== phase || before.human?.id !== human.id;
    if (phase === "announcing" && isNew) entries.push({ type: "transfer_announced", ...who });
    if (phase === "dialing" && isNew) entries.push({ type: "human_ringing", ...who });
    if (phase === "dialing" && transfer.pickedUp && before?.pickedUp === false) {
      entries.push({ type: "human_answered", ...who });
    }
    if (phase === "bridged" && isNew) entries.push({ type: "bridged", ...who });
  }
  const failed = phase === "not_accepted" || phase === "no_agents" || phase === "canceled";
  if (failed && before?.phase !== phase)
    entries.push({ type: "transfer_failed", transfer_id, reason: phase });
  return entries;
}

/** Their number is nobody's business. */
function shown({ id, name }: ReservedHuman): { uuid: string; name: string } {
  return { uuid: id, name };
}

export class TimelineStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** What is the same as the last one, but for its time, is no news: a carrier may be asked again and again. */
  add(entries: readonly Entry[]): void {
    for (const { atMs, event } of entries) {
      const body = JSON.stringify(event);
      this.#sql.exec(
        `INSERT INTO timeline (at_ms, body) SELECT ?, ?
         WHERE ? IS NOT (SELECT body FROM timeline ORDER BY seq DESC LIMIT 1)`,
        atMs,
        body,
        body,
      );
    }
  }

  /**
   * Carriers' clocks and ours differ: no event is shown as earlier than the one before it. What another version of us has
   * stored, and this one can't read, is left out.
   */
  read(answeredAtMs: number | null): CallTimeline {
    const { total } = this.#sql.exec<{ total: number }>("SELECT count(*) AS total FROM timeline").one();
    const rows = this.#sql
      .exec<{ seq: number; at_ms: number; body: string }>(
        "SELECT seq, at_ms, body FROM timeline ORDER BY seq DESC LIMIT ?",
        MAX_TIMELINE,
      )
      .toArray()
      .toReversed();
    let latestMs = 0;
    const events = rows.flatMap(({ seq, at_ms: atMs, body }): TimelineEvent[] => {
      latestMs = Math.max(latestMs, atMs);
      const tenths = Math.round((atMs - (answeredAtMs ?? atMs)) / 100);
      const [at, offset] = [isoSeconds(toEpochSeconds(latestMs)), Math.max(0, tenths) / 10];
      try {
        return [timelineEventSchema.parse({ ...bodySchema.parse(JSON.parse(body)), at, offset })];
      } catch (error) {
        logError("timeline_event_unreadable", error, { seq });
        return [];
      }
    });
    return { events, total };
  }
}

const bodySchema = z.record(z.string(), z.unknown());
