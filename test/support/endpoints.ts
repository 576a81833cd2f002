// What customers are told, as the objects of their webhooks are handed it: in these tests they only note it.

import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { z } from "zod";
import { callEventSchema, type CallEvent } from "../../src/contract/call-events.ts";
import { openDb } from "../../src/db/client.ts";
import { webhooks } from "../../src/db/schema.ts";
import { CALL_EVENTS, type CallEventName, type NewDelivery } from "../../src/domain/webhook.ts";
import { canonicalJson } from "../../src/lib/canonical-json.ts";
import { newId } from "../../src/lib/ids.ts";
import { WebhookEndpoint } from "../../src/objects/webhook-endpoint/webhook-endpoint.ts";
import type { Holds } from "./holds.ts";

const objectSchema = z.object({ ctx: z.object({ id: z.unknown().transform(String) }) });

/** What an endpoint's object does when it is handed something. `forgets`: it takes it, and says that it failed. */
type Mood = "takes" | "fails" | "forgets" | "is held";

export type Told = { eventId: string; callId: string | null; event: CallEvent };

export class Endpoints {
  /** By object, all that it was handed, whether it took it or not. */
  readonly #handed = new Map<string, NewDelivery[][]>();
  readonly #taken = new Map<string, NewDelivery[]>();
  readonly #moods = new Map<string, Mood>();

  /** From now on, and until the mocks are restored. @param holds what those are held by that are. */
  constructor(holds?: Holds) {
    const accept = async (object: unknown, deliveries: readonly NewDelivery[]) => {
      const id = objectSchema.parse({ ctx: { id: Reflect.get(Object(object), "ctx").id } }).ctx.id;
      this.#handed.set(id, [...(this.#handed.get(id) ?? []), structuredClone([...deliveries])]);
      const mood = this.#moods.get(id) ?? "takes";
      if (mood === "is held") await holds?.wait();
      if (mood !== "fails") this.#taken.set(id, [...(this.#taken.get(id) ?? []), ...deliveries]);
      if (mood === "fails" || mood === "forgets") throw new Error("The endpoint's object is away");
    };
    vi.spyOn(WebhookEndpoint.prototype, "accept").mockImplementation(function (
      this: WebhookEndpoint,
      deliveries,
    ) {
      return accept(this, deliveries);
    });
  }

  /** A customer subscribes. @param events JSON, or what of all events it wants. */
  async add(orgId: string, events: readonly CallEventName[] | string = CALL_EVENTS): Promise<string> {
    const id = newId("webhook");
    await openDb(env.DB)
      .insert(webhooks)
      .values({
        id,
        orgId,
        name: "test",
        url: "https://customer.example/hook",
        events: typeof events === "string" ? events : JSON.stringify(events),
        secretEncrypted: "x",
        createdAt: 1,
      });
    return id;
  }

  set(webhookId: string, mood: Mood): void {
    this.#moods.set(objectOf(webhookId), mood);
  }

  /** By event, all bodies that went to anybody, taken or not. */
  bodiesHanded(): Map<string, Set<string>> {
    const bodies = new Map<string, Set<string>>();
    for (const { eventId, body } of [...this.#handed.values()].flat(2)) {
      bodies.set(eventId, (bodies.get(eventId) ?? new Set()).add(body));
    }
    return bodies;
  }

  timesHanded(webhookId: string): number {
    return this.#handed.get(objectOf(webhookId))?.length ?? 0;
  }

  /** Each event once, in the order in which they came first. */
  toldTo(webhookId: string, callId?: string): Told[] {
    const told = new Map<string, Told>();
    for (const { eventId, event, callId: id, body } of this.#taken.get(objectOf(webhookId)) ?? []) {
      if (callId !== undefined && id !== callId) continue;
      const sent = readEvent(body);
      const before = told.get(eventId);
      const isSame = before === undefined || before.event.data.seq === sent.data.seq;
      if (sent.event !== event || sent.data.call_uuid !== id || !isSame) throw new Error(`Not one: ${body}`);
      if (before === undefined) told.set(eventId, { eventId, callId: id, event: sent });
    }
    return [...told.values()];
  }

  /** … by name and number. */
  namesToldTo(webhookId: string, callId?: string): string[] {
    return this.toldTo(webhookId, callId).map(({ event }) => `${event.data.seq} ${event.event}`);
  }
}

/** Just what the contract says: nothing lacks, and nothing is there that it does not name. */
function readEvent(body: string): CallEvent {
  const json: unknown = JSON.parse(body);
  const event = callEventSchema.parse(json);
  if (canonicalJson(event) !== canonicalJson(json)) throw new Error(`Unknown fields: ${body}`);
  return event;
}

function objectOf(webhookId: string): string {
  return env.WEBHOOK_ENDPOINT.idFromName(webhookId).toString();
}
