// Delivers a call's callbacks as Twilio does: each on its own, none waiting for another, tried again as its URL's
// fragment says. A row leaves the outbox when it was answered or given up; one under way is not sent twice in one
// life of the object.

import { logError } from "../lib/log.ts";
import type { CallStore, OutboxRow } from "./call-store.ts";
import { retryPolicyOf } from "./callback-url.ts";
import { send, type Sender } from "./outbound.ts";

const RETRY_GAP_MS = 1000;

export class CallOutbox {
  readonly #store: CallStore;
  readonly #underWay = new Set<number>();

  constructor(store: CallStore) {
    this.#store = store;
  }

  /** When the next row falls due. Those that are due already have been seen to, or wait for `deliverDue`. */
  nextDueMs(nowMs: number): number | undefined {
    return this.#store.outboxTimes().find(({ dueMs }) => dueMs > nowMs)?.dueMs;
  }

  get isEmpty(): boolean {
    return this.#store.outboxTimes().length === 0;
  }

  async deliverDue(sender: Sender): Promise<void> {
    const rows = this.#store.due(Date.now()).filter((row) => !this.#underWay.has(row.id));
    await Promise.all(rows.map((row) => this.#deliver(sender, row)));
  }

  async #deliver(sender: Sender, row: OutboxRow): Promise<void> {
    this.#underWay.add(row.id);
    try {
      const { retries, on } = retryPolicyOf(row.post.url);
      const sent = await send(sender, row.post, row.token, discard);
      const again = sent.kind === "failed" && row.attempts < retries && on.includes(sent.failure);
      if (again) this.#store.retryAt(row.id, Date.now() + RETRY_GAP_MS);
      else this.#store.remove(row.id);
    } catch (error) {
      logError("sandbox.deliver", error);
    } finally {
      this.#underWay.delete(row.id);
    }
  }
}

async function discard(response: Response): Promise<void> {
  await response.body?.cancel();
}
