// Does what a call owes the outside. What fails is tried again, each time later; the alarm sees to it.

import type { Db } from "../../db/client.ts";
import type { CallEvent } from "../../domain/call/events.ts";
import { withDeadline } from "../../lib/deadline.ts";
import { logError } from "../../lib/log.ts";
import { doDuty, dutyKey, MAX_ATTEMPTS, QUEUED_DUTIES, type Duty } from "./duties.ts";
import type { Call, CallStore, Confirmation, OutboxRow } from "./store.ts";

/** How long until the second try; it doubles each time. */
type Waits = { first: number; longest: number };

const RETRY_MS: Waits = { first: 1_000, longest: 60_000 };
/** What a target may take before the duty counts as not done. */
const DEADLINE_MS = 30_000;
/** A duty that a queue or the carrier is at is done again if nobody says within this that it was done. */
const CONFIRM_MS: Waits = { first: 60_000, longest: 21_600_000 };
/** Whom an endpoint of a customer can't be reached for, there are many calls that try. */
const ENDPOINT_RETRY_MS: Waits = { first: RETRY_MS.first, longest: 3_600_000 };
/** Its tries are few, so a queue that is away must not use them up within the hour. */
const QUEUE_RETRY_MS: Waits = { first: RETRY_MS.first, longest: CONFIRM_MS.longest };

export type OutboxDeps = {
  env: Env;
  db: Db;
  store: CallStore;
  call: () => Call | null;
  step: (event: CallEvent) => unknown;
  /** Lets the work go on after whoever began it has gone. */
  inBackground: (work: Promise<void>) => void;
  /** What is owed, and for when, has changed. */
  onChange: () => void;
};

export class Outbox {
  readonly #deps: OutboxDeps;
  /** Keys of the duties that are being done at this moment. */
  readonly #underWay = new Set<string>();

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
  }

  /** Does what is owed and due, each duty by itself: a slow one holds up no other. */
  drain(): void {
    for (const row of this.#deps.store.dueDuties(Date.now())) {
      if (this.#underWay.has(row.key)) continue;
      this.#underWay.add(row.key);
      this.#deps.inBackground(this.#try(row));
    }
  }

  /** A queue's consumer says what it did of what it took over. */
  confirm(duty: Duty, confirmation: Confirmation): void {
    const { store, call, onChange } = this.#deps;
    if (call() === null) return;
    store.confirmDuty(dutyKey(duty), confirmation, Date.now());
    this.drain();
    onChange();
  }

  async #try(row: OutboxRow): Promise<void> {
    const { env, db, store, step, onChange } = this.#deps;
    const call = this.#deps.call();
    if (call === null) return;
    try {
      const result = await withDeadline(DEADLINE_MS, () => doDuty(row.duty, call, { env, db, store, step }));
      if (result === "done") store.dutyDone(row);
      else this.#postpone(row, CONFIRM_MS);
    } catch (error) {
      logError("duty_failed", error, { call_id: call.plan.callId, duty: row.key, attempts: row.attempts });
      this.#postpone(row, retryWaits(row.duty.type));
    } finally {
      this.#underWay.delete(row.key);
      // A newer duty may have taken the place of this one while it was under way.
      this.drain();
      onChange();
    }
  }

  #postpone(row: OutboxRow, { first, longest }: Waits): void {
    const { store } = this.#deps;
    const limit = MAX_ATTEMPTS[row.duty.type] ?? Number.POSITIVE_INFINITY;
    const waitMs = Math.min(longest, first * 2 ** row.attempts);
    if (row.attempts < limit) store.postponeDuty(row, Date.now() + waitMs);
    else store.dutyDone(row);
  }
}

function retryWaits(type: Duty["type"]): Waits {
  if (type === "fire_events") return ENDPOINT_RETRY_MS;
  if (type === "find_recording") return CONFIRM_MS;
  return QUEUED_DUTIES.includes(type) ? QUEUE_RETRY_MS : RETRY_MS;
}
