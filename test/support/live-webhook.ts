// One webhook's object in a test's own hands: its receiver, its clock, its D1 and its deaths. As `live-call.ts`: the
// clock stands decades ahead and only the test moves it, so no alarm ever fires by itself.

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { z } from "zod";
import type { Delivery, NewDelivery } from "../../src/domain/webhook.ts";
import type { WebhookEndpoint } from "../../src/objects/webhook-endpoint/webhook-endpoint.ts";
import { Holds } from "./holds.ts";
import { createOrganisation } from "./organisation.ts";
import type { ReceiverAnswer } from "./receiver-answers.ts";
import { Receiver } from "./receivers.ts";
import { until } from "./wait.ts";
import { changeWebhook, createWebhook, newDelivery } from "./webhook.ts";

const CLOCK_STARTS_MS = Date.UTC(2090, 0, 1);

/** As many as the object sends at a time. */
const MOST_AT_ONCE = 5;

const lineSchema = z.looseObject({ event: z.string() });

type Options = Omit<Parameters<typeof createWebhook>[0], "url" | "orgId">;

export class LiveWebhook {
  readonly id: string;
  readonly secret: string;
  readonly receiver: Receiver;
  /** Whether D1 fails whoever asks it. */
  d1IsAway = false;
  /** Whether whoever asks D1 from now on waits for the test. */
  d1IsHeld = false;
  readonly d1Holds = new Holds();
  /** Questions to D1 about this webhook. */
  d1Reads = 0;
  /** Until then the object asks D1 nothing more. */
  blockedUntilMs = 0;
  /** Lines of the log, parsed. */
  readonly logged: Record<string, unknown>[] = [];

  private constructor(webhook: { webhookId: string; secret: string }, receiver: Receiver) {
    this.id = webhook.webhookId;
    this.secret = webhook.secret;
    this.receiver = receiver;
  }

  static async open(answers: ReceiverAnswer[] = [], options: Options = {}): Promise<LiveWebhook> {
    vi.useFakeTimers({ toFake: ["Date"], now: CLOCK_STARTS_MS });
    const receiver = await Receiver.listen(...answers);
    const { orgId } = await createOrganisation();
    const webhook = new LiveWebhook(await createWebhook({ ...options, orgId, url: receiver.url }), receiver);
    webhook.#standIn();
    return webhook;
  }

  /** Puts everything back that was replaced. */
  async leave(): Promise<void> {
    this.releaseD1();
    await this.object.forget();
    vi.restoreAllMocks();
    vi.useRealTimers();
  }

  get object() {
    return env.WEBHOOK_ENDPOINT.getByName(this.id);
  }

  /** Hands over so many new events, or these; answers them. */
  async accept(events: number | readonly NewDelivery[] = 1): Promise<NewDelivery[]> {
    const deliveries =
      typeof events === "number" ? Array.from({ length: events }, () => newDelivery()) : [...events];
    await this.object.accept(deliveries);
    return deliveries;
  }

  /** … and waits until all that is to be done of it now is done. */
  async deliver(events: number | readonly NewDelivery[] = 1): Promise<NewDelivery[]> {
    const deliveries = await this.accept(events);
    await this.rest();
    return deliveries;
  }

  /** Until nothing is under way and nothing waits for its turn, but for D1 or its receiver. */
  async rest(): Promise<void> {
    // One that has died goes on when somebody asks it.
    await this.object.find("");
    await until(
      async () => ({ ...(await this.stored()), waiting: await this.receiver.waitingNow() }),
      ({ trying, due, waiting, alarmMs }) => {
        // The runtime's alarms go by another clock: one that is due waits for the test.
        const isForAlarm = Date.now() < this.blockedUntilMs || (alarmMs !== null && alarmMs <= Date.now());
        return trying === waiting && (due === 0 || trying === MOST_AT_ONCE || isForAlarm);
      },
    );
  }

  /** As the API does it, whether the object hears of it or not. */
  async pause(hears = true): Promise<void> {
    await changeWebhook(this.id, { status: "paused", pausedReason: "requested", pausedAt: 1 });
    if (!hears) return;
    await this.hears();
  }

  async resume(): Promise<void> {
    await changeWebhook(this.id, { status: "active", pausedReason: null, pausedAt: null });
    await this.hears(true);
  }

  /** The object is told that the webhook was changed. */
  async hears(isMadeActive = false): Promise<void> {
    this.blockedUntilMs = 0;
    await this.object.readAnew(isMadeActive);
  }

  /** Waits for a line of the log: the object has done what comes before it. */
  async logs(event: string): Promise<void> {
    await until(
      async () => this.logged,
      (lines) => lines.some((line) => line["event"] === event),
    );
  }

  wait(ms: number): void {
    vi.setSystemTime(Date.now() + ms);
  }

  /** Goes to the time of the alarm, fires it, and waits for what comes of it. False if none is set. */
  async alarm(): Promise<boolean> {
    const { alarmMs } = await this.stored();
    if (alarmMs === null) return false;
    this.wait(Math.max(0, alarmMs - Date.now()));
    const fired = await this.fire();
    await this.rest();
    return fired;
  }

  /** Fires the alarm at once, however early, and waits for nothing. */
  fire(): Promise<boolean> {
    return runDurableObjectAlarm(this.object);
  }

  async patience(ms: number): Promise<void> {
    await runInDurableObject(this.object, (object: WebhookEndpoint) => {
      object.timeoutMs = ms;
    });
  }

  async patienceWithD1(ms: number): Promise<void> {
    await runInDurableObject(this.object, (object: WebhookEndpoint) => {
      object.d1TimeoutMs = ms;
    });
  }

  async evict(): Promise<void> {
    // With its alarm on disk, which the runtime else forgets together with the object.
    await runInDurableObject(this.object, (_object, { storage }) => storage.sync());
    await evictDurableObject(this.object);
  }

  /** Dies with all that is under way. */
  async crash(): Promise<void> {
    this.blockedUntilMs = 0;
    await runInDurableObject(this.object, async (_object, state) => {
      await state.storage.sync();
      state.abort("crash");
    }).catch(() => null);
  }

  /** Newest first. */
  async deliveries(): Promise<Delivery[]> {
    return (await this.object.list({}, { limit: 100, offset: 0 })).deliveries;
  }

  /** The only one. */
  async delivery(): Promise<Delivery> {
    const [delivery] = await this.deliveries();
    if (delivery === undefined) throw new Error("There is none");
    return delivery;
  }

  /** What the object has stored. Does not wake it: an object without tables has nothing. */
  stored() {
    return runInDurableObject(this.object, async (_object, { storage }) => {
      const { sql } = storage;
      const alarmMs = await storage.getAlarm();
      const count = (where: string) =>
        Number(sql.exec(`SELECT count(*) AS n FROM deliveries WHERE ${where}`, Date.now()).one().n);
      return {
        alarmMs,
        trying: count("trying_since_ms IS NOT NULL AND ? > 0"),
        due: count(
          `due_at_ms <= ?1 AND trying_since_ms IS NULL
           AND ?1 >= coalesce((SELECT held_until_ms FROM endpoint), 0)`,
        ),
        deliveries: count("? > 0"),
        attempts: Number(sql.exec("SELECT count(*) AS n FROM attempts").one().n),
      };
    });
  }

  /** Whoever waits for D1 gets its answer. */
  releaseD1(): void {
    this.d1IsHeld = false;
    this.d1Holds.releaseAll("answers");
  }

  #held(statement: D1PreparedStatement): D1PreparedStatement {
    return new Proxy(statement, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        if (name === "bind") return (...values: unknown[]) => this.#held(target.bind(...values));
        return async (...given: unknown[]): Promise<unknown> => {
          await this.d1Holds.wait();
          return Reflect.apply(value, target, given);
        };
      },
    });
  }

  #standIn(): void {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const prepare = env.DB.prepare.bind(env.DB);
    vi.spyOn(env.DB, "prepare").mockImplementation((query) => {
      const statement = prepare(query);
      const bind = statement.bind.bind(statement);
      statement.bind = (...values) => {
        // Calls of other tests live on, and ask D1 too.
        if (values.includes(this.id)) this.d1Reads += 1;
        if (this.d1IsAway) throw new Error("D1 is away");
        return bind(...values);
      };
      return this.d1IsHeld ? this.#held(statement) : statement;
    });
    const keep = (line: unknown): void => {
      const fields = lineSchema.parse(JSON.parse(String(line)));
      const { webhook_id: webhookId, call_id: callId } = fields;
      // What calls and webhooks of other tests still do is no matter of this one's.
      const isOwn = webhookId === this.id || (webhookId === undefined && callId === undefined);
      if (!isOwn) return;
      if (fields.event === "webhook_unreadable") {
        this.blockedUntilMs = Date.now() + Number(fields["retry_ms"]);
      }
      this.logged.push(fields);
    };
    vi.spyOn(console, "log").mockImplementation(keep);
    vi.spyOn(console, "error").mockImplementation(keep);
  }
}
