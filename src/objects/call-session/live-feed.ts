// What a watcher of one call sees on `/ws/live/{call_uuid}`: messages in order, numbered by a cursor that a
// reconnecting watcher names. A late joiner gets the last 200 of the last ten minutes.

import type { LiveMessage, NewLiveMessage } from "../../contract/live.ts";
import { toTransfer } from "../../contract/transfers.ts";
import { toTurn, type Line } from "../../domain/transcript.ts";
import { factsOf } from "../../domain/call/facts.ts";
import type { CallState } from "../../domain/call/state.ts";
import { isoSeconds, toEpochSeconds } from "../../lib/time.ts";
import type { Ticket, Watchers } from "../watchers.ts";
import type { Call, CallStore } from "./store.ts";

const REPLAY_LIMIT = 200;
const REPLAY_AGE_MS = 600_000;

/** Why the server closes a watcher's socket: the call has ended and all was sent. */
const CLOSE_ENDED = 1000;

/** Who joins, and what they know. `ended`: the call is over, as far as they were told. */
type Joining = Ticket & { cursor: number; ended: boolean };

export class LiveFeed {
  readonly #watchers: Watchers;
  readonly #store: CallStore;

  constructor(watchers: Watchers, store: CallStore) {
    this.#watchers = watchers;
    this.#store = store;
  }

  /** Takes a watcher's socket in. `cursor` is the last message it has seen; 0 for none. */
  join(socket: WebSocket, { cursor, ended, ...ticket }: Joining, nowMs: number): void {
    this.#watchers.join(socket, ticket);
    // A named cursor is a promise to miss nothing; who names none is told what is new.
    const messages =
      cursor === 0
        ? this.#store.readRecentFeed(nowMs - REPLAY_AGE_MS, REPLAY_LIMIT)
        : this.#store.readFeedAfter(cursor);
    for (const message of messages) socket.send(JSON.stringify(message));
    if (ended) socket.close(CLOSE_ENDED, "The call has ended");
  }

  showAcceptance({ plan }: Call, nowMs: number): void {
    this.#publish(
      {
        type: "start",
        call_uuid: plan.callId,
        call_type: plan.callType,
        campaign_uuid: plan.campaignId,
        from_number: plan.from,
        to_number: plan.to,
        started_at: isoSeconds(toEpochSeconds(plan.acceptedAtMs)),
      },
      nowMs,
    );
  }

  showChange(before: CallState | null, after: CallState, nowMs: number): void {
    const at = isoSeconds(toEpochSeconds(nowMs));
    this.#showTransfer(before, after, at, nowMs);
    if (before?.status === after.status) return;
    this.#publish({ type: "status", status: after.status, at }, nowMs);
    if (after.ending === null) return;
    const { outcome, reason, fault } = after.ending;
    const duration = after.durationSeconds ?? 0;
    this.#publish({ type: "end", outcome, ended_reason: reason, fault, duration, at }, nowMs);
    this.#watchers.close(CLOSE_ENDED, "The call has ended", nowMs);
  }

  #showTransfer(before: CallState | null, after: CallState, at: string, nowMs: number): void {
    const facts = after.transfer === before?.transfer ? null : factsOf(after).transfer;
    if (facts === null) return;
    const was = before === null ? null : factsOf(before).transfer;
    if (JSON.stringify(was) === JSON.stringify(facts)) return;
    const { transfer_id, target, status, human_agent, agent_brief } = toTransfer(facts);
    const context = this.#store.transferContext(facts.id);
    this.#publish(
      { type: "transfer", transfer_id, target, status, human_agent, agent_brief, context, at },
      nowMs,
    );
  }

  /** @param line an empty text takes the line back: nothing of it was heard. */
  showLine(index: number, line: Line, answeredAtMs: number | null, nowMs: number): void {
    this.#publish({ type: "transcript", index, ...toTurn(line, answeredAtMs) }, nowMs);
  }

  /** An agent's turn that died with the object was written down and never shown: it is now. */
  catchUp({ state }: Call, nowMs: number): void {
    const line = this.#store.transcript.lastLine();
    const shown = this.#store.lastShownLine();
    if (line === null || (shown?.index === line.index && shown.text === line.text)) return;
    this.showLine(line.index, line, state.answeredAtMs, nowMs);
  }

  #publish(message: NewLiveMessage, nowMs: number): void {
    const numbered: LiveMessage = this.#store.addToFeed(message, nowMs);
    this.#watchers.tell(JSON.stringify(numbered), nowMs);
  }
}
