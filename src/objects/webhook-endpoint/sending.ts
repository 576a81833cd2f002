// Sends what is due, a few at a time, the oldest first. What the webhook is like is read from D1, and anew after a few
// seconds, or at once when somebody says that it was changed.
//
// Everything that is decided here is stored by then; whoever dies leaves nothing behind but tries that were cut off,
// and the alarm.

import type { Config } from "../../config.ts";
import type { Db } from "../../db/client.ts";
import { pauseEndpoint } from "../../db/webhook-endpoints.ts";
import {
  FAILING_DELIVERIES,
  holdUntilMs,
  isFailing,
  nextTryMs,
  parseRetryAfter,
} from "../../domain/webhook-retries.ts";
import type { DeliveryAttempt, PauseReason } from "../../domain/webhook.ts";
import { withDeadline } from "../../lib/deadline.ts";
import { logError, logInfo } from "../../lib/log.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import { sendWebhook } from "../../webhooks/send.ts";
import type { DeliveryStore, DueDelivery, Outcome } from "./delivery-store.ts";
import { openEndpoint, type Endpoint } from "./endpoint.ts";

/** The platform opens six connections at a time for an object; one is left for D1 and a test. */
const MOST_AT_ONCE = 5;
/** What was read from D1 may be acted upon for so long. */
const FRESH_MS = 10_000;
/** When it could not be read it is tried again after this; it doubles each time. */
const BLOCKED_MS = { first: 5_000, longest: 300_000 };
export const D1_TIMEOUT_MS = 15_000;
const GONE = 410;
/** An object does nothing else meanwhile. */
const SKIPPED_AT_ONCE = 5_000;

/** `unavailable`: it can't be known now where to. */
export type TestRefusal = "deleted" | "unavailable";

export type SendingDeps = {
  db: Db;
  config: () => Config;
  store: DeliveryStore;
  timeoutMs: () => number;
  d1TimeoutMs: () => number;
  /** Lets the work go on after whoever began it has gone. */
  inBackground: (work: Promise<void>) => void;
  /** What is due, and when, has changed. */
  onChange: () => void;
  onDeleted: () => Promise<void>;
};

export class Sending {
  readonly #deps: SendingDeps;
  /** Deliveries that are being tried at this moment. */
  readonly #underWay = new Set<number>();
  #endpoint: { endpoint: Endpoint; readAtMs: number } | null = null;
  /** Stands for the reading that is under way. One that was overtaken by a change of the webhook tells nothing. */
  #reading: symbol | null = null;
  #failedReads = 0;
  #blockedUntilMs = 0;
  #isStopped = false;

  constructor(deps: SendingDeps) {
    this.#deps = deps;
  }

  /** Nothing is sent or stored any more, whatever comes of what is under way. */
  stop(): void {
    this.#isStopped = true;
  }

  /** What was read of the webhook may not hold any more. D1 has the truth, in whatever order changes are told. */
  async readAnew(): Promise<void> {
    this.#endpoint = null;
    this.#blockedUntilMs = 0;
    await this.#read();
  }

  /** Before this nothing is sent, be it due. */
  get blockedUntilMs(): number {
    return Math.max(this.#blockedUntilMs, this.#deps.store.heldUntilMs);
  }

  get isBusy(): boolean {
    return this.#underWay.size > 0;
  }

  /** Begins to send what is due, as far as there is room. */
  drain(): void {
    const { store, inBackground } = this.#deps;
    const nowMs = Date.now();
    if (this.#isStopped || this.#reading !== null || nowMs < this.blockedUntilMs) return;
    while (this.#underWay.size < MOST_AT_ONCE) {
      const seq = store.findDue(this.#underWay, nowMs);
      if (seq === null) break;
      const known = this.#endpoint;
      if (known === null || Math.abs(nowMs - known.readAtMs) >= FRESH_MS) {
        inBackground(this.#read());
        return;
      }
      this.#underWay.add(seq);
      inBackground(this.#try(known.endpoint, store.begin(seq, nowMs)));
    }
  }

  /** One try at once, whether the webhook is paused or not. */
  async sendTest(begin: () => DueDelivery | null): Promise<Result<null, TestRefusal>> {
    try {
      const endpoint = await this.#open();
      if (endpoint === null || this.#isStopped) return err("deleted");
      const delivery = begin();
      if (delivery === null) return ok(null);
      this.#underWay.add(delivery.seq);
      await this.#try(endpoint, delivery);
      return ok(null);
    } catch (error) {
      logError("webhook_test_failed", error, { webhook_id: this.#deps.store.webhookId });
      return err("unavailable");
    }
  }

  async #read(): Promise<void> {
    const reading = Symbol("reading");
    this.#reading = reading;
    try {
      const endpoint = await this.#open();
      if (this.#isStopped || this.#reading !== reading) return;
      this.#failedReads = 0;
      if (endpoint === null) return await this.#deps.onDeleted();
      if (endpoint.status === "paused") await this.#skip(reading);
      if (this.#isStopped || this.#reading !== reading) return;
      this.#endpoint = endpoint.status === "active" ? { endpoint, readAtMs: Date.now() } : null;
    } catch (error) {
      if (this.#reading !== reading) return;
      const waitMs = Math.min(BLOCKED_MS.longest, BLOCKED_MS.first * 2 ** this.#failedReads);
      logError("webhook_unreadable", error, { webhook_id: this.#deps.store.webhookId, retry_ms: waitMs });
      this.#failedReads += 1;
      this.#blockedUntilMs = Date.now() + waitMs;
    } finally {
      if (this.#reading === reading) this.#reading = null;
      this.#goOn();
    }
  }

  /** Nothing waits any more, unless the webhook is changed meanwhile. */
  async #skip(reading: symbol): Promise<void> {
    while (!this.#isStopped && this.#reading === reading) {
      if (this.#deps.store.skipPending(SKIPPED_AT_ONCE) < SKIPPED_AT_ONCE) return;
      await scheduler.wait(0);
    }
  }

  async #try(endpoint: Endpoint, delivery: DueDelivery): Promise<void> {
    const { store, config, timeoutMs } = this.#deps;
    try {
      const { eventId: id, bookmark } = delivery;
      const message = { id, bookmark, body: store.bodyOf(delivery.seq) };
      const options = { allowLoopbackHttp: config().isLocal, timeoutMs: timeoutMs() };
      const { retryAfter, ...attempt } = await sendWebhook(endpoint, message, options);
      if (this.#isStopped) return;
      const retryAfterMs = parseRetryAfter(retryAfter, Date.now());
      const outcome = outcomeOf(delivery, attempt, retryAfterMs);
      store.finish(delivery, attempt, outcome);
      logAttempt(store.webhookId, delivery, attempt);
      if (delivery.isTest) return;
      const holdMs = holdUntilMs(attempt.statusCode, retryAfterMs, Date.now());
      // At another address nobody asked for it; while it is read where that is, nobody knows whose wish it was.
      const isStillThere = this.#endpoint?.endpoint.url === endpoint.url;
      if (holdMs !== null && isStillThere) store.hold(holdMs);
      await this.#judge(endpoint, attempt, outcome);
    } finally {
      this.#underWay.delete(delivery.seq);
      this.#goOn();
    }
  }

  /** What the try says of the receiver. */
  async #judge(endpoint: Endpoint, { statusCode, atMs }: DeliveryAttempt, outcome: Outcome): Promise<void> {
    const { store } = this.#deps;
    if (outcome.status === "delivered") return store.noteSuccess();
    const failingSinceMs = store.noteFailure(endpoint.url, atMs);
    if (statusCode === GONE) return this.#pause(endpoint, "gone");
    const failedDeliveries = store.countFailed(failingSinceMs, FAILING_DELIVERIES);
    if (isFailing({ failingSinceMs, failedDeliveries, nowMs: Date.now() })) {
      await this.#pause(endpoint, "failing");
    }
  }

  /** If it fails, the next try that fails comes here again. */
  async #pause({ url }: Endpoint, reason: Exclude<PauseReason, "requested">): Promise<void> {
    const { db, store, d1TimeoutMs } = this.#deps;
    const webhook = { id: store.webhookId, url };
    try {
      const isPaused = await withDeadline(d1TimeoutMs(), () =>
        pauseEndpoint(db, webhook, reason, toEpochSeconds(Date.now())),
      );
      if (this.#isStopped) return;
      await this.readAnew();
      if (isPaused) logInfo("webhook_paused", { webhook_id: store.webhookId, reason });
    } catch (error) {
      logError("webhook_not_paused", error, { webhook_id: store.webhookId, reason });
    }
  }

  #goOn(): void {
    if (this.#isStopped) return;
    this.drain();
    this.#deps.onChange();
  }

  #open(): Promise<Endpoint | null> {
    const { db, config, store, d1TimeoutMs } = this.#deps;
    return withDeadline(d1TimeoutMs(), () => openEndpoint({ db, config: config() }, store.webhookId));
  }
}

/** Neither the address, which may hold secrets, nor what was said. */
export function logAttempt(
  webhookId: string,
  { id, callId, tries }: DueDelivery,
  { statusCode, error, durationMs }: Pick<DeliveryAttempt, "statusCode" | "error" | "durationMs">,
): void {
  logInfo("webhook_attempt", {
    webhook_id: webhookId,
    delivery_id: id,
    call_id: callId,
    status_code: statusCode,
    error,
    ms: durationMs,
    attempt: tries,
  });
}

function outcomeOf(
  { tries, isTest }: DueDelivery,
  attempt: DeliveryAttempt,
  retryAfterMs: number | null,
): Outcome {
  const { statusCode } = attempt;
  if (statusCode !== null && statusCode >= 200 && statusCode < 300) return { status: "delivered" };
  if (isTest) return { status: "failed", nextMs: null };
  const nowMs = Date.now();
  return { status: "failed", nextMs: nextTryMs({ tries, nowMs, retryAfterMs, random: Math.random() }) };
}
