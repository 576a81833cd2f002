// One Durable Object per webhook of a customer: it keeps what is to be sent there, sends it, tries again, and knows
// what came of it. A receiver that is slow or down is thereby no other's hindrance.
//
// It alone decides what becomes of a delivery. Of the webhook itself, which lives in D1, it changes one thing: it
// pauses one whose receiver is gone or takes nothing for days. While a webhook is paused nothing is sent but tests:
// what waits, and what comes, is `skipped`, and stays so when it is active again, until somebody replays it.

import { DurableObject } from "cloudflare:workers";
import { readConfig } from "../../config.ts";
import { openDb } from "../../db/client.ts";
import type { Delivery, DeliveryFilter, NewDelivery } from "../../domain/webhook.ts";
import { logError } from "../../lib/log.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { SEND_TIMEOUT_MS } from "../../webhooks/send.ts";
import { DeliveryLog, replayConditionOf } from "./delivery-log.ts";
import { DeliveryStore } from "./delivery-store.ts";
import { Retention } from "./retention.ts";
import { D1_TIMEOUT_MS, logAttempt, Sending, type TestRefusal } from "./sending.ts";

/** What is due is being sent; the alarm takes its place if that died. Longer than a try takes. */
const ALARM_GRACE_MS = 20_000;
/** After a failure of ours the alarm comes back this much later. */
const ALARM_RETRY_MS = 5_000;

/** What there is as long as the webhook is. */
type Parts = { store: DeliveryStore; retention: Retention; log: DeliveryLog; sending: Sending };

export class WebhookEndpoint extends DurableObject<Env> {
  /** For one try in all, and for D1. Properties of the object, so that tests can have less patience. */
  timeoutMs = SEND_TIMEOUT_MS;
  d1TimeoutMs = D1_TIMEOUT_MS;
  #parts: Parts | null;
  #alarmAtMs: number | null = null;
  #isAwake = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#parts = this.#open();
    const { store } = this.#parts;
    for (const delivery of store.interrupted(Date.now())) {
      logAttempt(store.webhookId, delivery, { statusCode: null, error: "interrupted", durationMs: 0 });
    }
  }

  /** Takes these over, to be sent at once. Idempotent by the id of the event. */
  async accept(deliveries: readonly NewDelivery[]): Promise<void> {
    const { store, retention } = this.#current();
    const nowMs = Date.now();
    store.add(deliveries, nowMs);
    retention.expectMore(nowMs);
    this.#sendDue();
  }

  /**
   * Sends this now, paused or not, and answers what came of it. It is not tried again, and counts for nothing. (The
   * platform keeps the name `test` to itself.)
   */
  async sendTest(delivery: NewDelivery): Promise<Result<Delivery, TestRefusal>> {
    const { store, retention, log, sending } = this.#current();
    const sent = sending.sendTest(() => {
      const begun = store.addTest(delivery, Date.now());
      retention.expectMore(Date.now());
      this.#armAlarm();
      return begun;
    });
    // Whoever asked may go away.
    this.ctx.waitUntil(sent);
    const result = await sent;
    if (!result.ok) return result;
    const found = this.#parts === null ? null : log.findByEvent(delivery.eventId);
    return found === null ? err("deleted") : ok(found);
  }

  /** Newest first. */
  async list(
    filter: DeliveryFilter,
    page: { limit: number; offset: number },
  ): Promise<{ deliveries: Delivery[]; total: number }> {
    return this.#current().log.list(filter, page);
  }

  /** With the body that is sent; null if there is no such delivery any more. */
  async find(deliveryId: string): Promise<(Delivery & { body: string }) | null> {
    const { log } = this.#current();
    const delivery = log.find(deliveryId);
    const body = log.bodyOf(deliveryId);
    return delivery === null || body === null ? null : { ...delivery, body };
  }

  /** Sends one again, whatever came of it before; null if there is no such delivery any more. */
  async replay(deliveryId: string): Promise<Delivery | null> {
    const { store, log } = this.#current();
    store.replay("id = ?", [deliveryId], Date.now());
    const delivery = log.find(deliveryId);
    this.#sendDue();
    return delivery;
  }

  /** Sends all again that match and were not taken, or those that were if the filter says so; answers how many. */
  async replayAll(filter: DeliveryFilter): Promise<number> {
    const { where, values } = replayConditionOf(filter);
    const count = this.#current().store.replay(where, values, Date.now());
    this.#sendDue();
    return count;
  }

  /**
   * The webhook was changed: what is sent from now on goes by what it is now. Without being told that is seen within
   * seconds, when something is to be sent.
   *
   * @param isMadeActive its failures are forgotten.
   */
  async readAnew(isMadeActive: boolean): Promise<void> {
    const { store, sending } = this.#current();
    if (isMadeActive) store.noteSuccess();
    store.releaseHold();
    await sending.readAnew();
  }

  /** The webhook was deleted. */
  async forget(): Promise<void> {
    this.#parts?.sending.stop();
    this.#parts = null;
    this.#alarmAtMs = null;
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
  }

  override async alarm(): Promise<void> {
    this.#alarmAtMs = null;
    try {
      this.#tend();
      this.#sendDue();
    } catch (error) {
      logError("alarm_failed", error, { webhook_id: this.#parts?.store.webhookId });
      this.#alarmAtMs = null;
      await this.ctx.storage.setAlarm(Date.now() + ALARM_RETRY_MS);
    }
  }

  /** Also where nothing is due: of a webhook that was deleted without our being told nothing is to stay. */
  #tend(): void {
    const { store, retention, sending } = this.#current();
    const nowMs = Date.now();
    const tendAtMs = retention.tendAtMs();
    if (tendAtMs === null || tendAtMs > nowMs) return;
    retention.tend(store.webhookId, nowMs, (seqs) => store.giveUp(seqs, nowMs));
    this.ctx.waitUntil(this.#guard("webhook_unsettled", sending.readAnew()));
  }

  #sendDue(): void {
    this.#current().sending.drain();
    this.#armAlarm();
  }

  #current(): Parts {
    this.#parts ??= this.#open();
    // Not in the constructor: an alarm that is set anew there is not the one that woke the object, which then is lost.
    if (!this.#isAwake) {
      this.#isAwake = true;
      this.#sendDue();
    }
    return this.#parts;
  }

  #open(): Parts {
    const { ctx, env } = this;
    const store = new DeliveryStore(ctx.storage, ctx.id.name);
    const sending = new Sending({
      db: openDb(env.DB),
      config: () => readConfig(env),
      store,
      timeoutMs: () => this.timeoutMs,
      d1TimeoutMs: () => this.d1TimeoutMs,
      inBackground: (work) => ctx.waitUntil(this.#guard("webhook_unsettled", work)),
      onChange: () => this.#armAlarm(),
      onDeleted: () => this.forget(),
    });
    return { store, retention: new Retention(ctx.storage), log: new DeliveryLog(ctx.storage.sql), sending };
  }

  #armAlarm(): void {
    if (this.#parts === null) return;
    const { store, retention, sending } = this.#parts;
    const nowMs = Date.now();
    const { isWaiting, nextMs } = store.nextDue(nowMs);
    const { blockedUntilMs } = sending;
    const isBlocked = blockedUntilMs > nowMs;
    const times = [
      isWaiting ? (isBlocked ? blockedUntilMs : nowMs + ALARM_GRACE_MS) : null,
      nextMs === null ? null : Math.max(blockedUntilMs, nextMs),
      retention.tendAtMs(),
    ];
    const alarmMs = Math.min(...times.map((time) => time ?? Number.POSITIVE_INFINITY));
    if (!Number.isFinite(alarmMs) || alarmMs === this.#alarmAtMs) return;
    // While much is being done, one that comes too early is cheaper than one that is set all the time.
    const isBusy = sending.isBusy || (isWaiting && !isBlocked);
    if (isBusy && this.#alarmAtMs !== null && this.#alarmAtMs > nowMs && this.#alarmAtMs <= alarmMs) return;
    this.#alarmAtMs = alarmMs;
    this.ctx.waitUntil(this.ctx.storage.setAlarm(alarmMs));
  }

  async #guard(event: string, work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      logError(event, error, { webhook_id: this.#parts?.store.webhookId });
    }
  }
}
