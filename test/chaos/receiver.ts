// The customers' side of webhooks: an endpoint of the harness's own, never killed. It checks each signature with the
// standard's own library, fails a share of first tries, and keeps all that it was sent.

import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Webhook } from "standardwebhooks";
import { z } from "zod";
import { callEventSchema, type CallEvent } from "../../src/contract/call-events.ts";
import { CALL_EVENTS, type CallEventName } from "../../src/domain/webhook.ts";
import { newId } from "../../src/lib/ids.ts";
import { ask, askUntilAnswered, type Api } from "./client.ts";

/** What each organisation subscribes to, by the name of its webhook. */
export const SUBSCRIPTIONS: Readonly<Record<string, readonly CallEventName[]>> = {
  all: CALL_EVENTS,
  some: ["call.ended", "call.transferred"],
};

/** Less than the wait before a second try. */
const FRESH_MS = 4_000;

/** One request to one webhook. */
export type Delivery = {
  /** The organisation's id, and the webhook's name. */
  orgId: string;
  hook: string;
  webhookId: string;
  body: string;
  /** Null if the body is none that the contract has. */
  event: CallEvent | null;
  isSigned: boolean;
  answer: "taken" | "refused" | "dropped";
  atMs: number;
};

type Hook = { admin: Api; id: string; orgId: string; name: string; verifier: Webhook };

const createdSchema = z.looseObject({ uuid: z.string(), secret: z.string() });
const totalSchema = z.looseObject({ total: z.number() });

export class Receiver {
  readonly #seed: number;
  readonly #server = createServer((request, response) => void this.#take(request, response));
  /** By path. */
  readonly #hooks = new Map<string, Hook>();
  readonly #tries = new Map<string, number>();
  readonly deliveries: Delivery[] = [];
  /** Requests to addresses that no webhook has. */
  readonly strays: string[] = [];

  constructor(seed: number) {
    this.#seed = seed;
  }

  async start(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  /** Subscribes an organisation. */
  async subscribe(admin: Api, { index, id }: { index: number; id: string }): Promise<void> {
    for (const [name, events] of Object.entries(SUBSCRIPTIONS)) {
      const path = `/organisation-${index}/${name}`;
      const answer = await askUntilAnswered(admin, {
        method: "POST",
        path: "/v1/webhooks",
        body: { name, url: this.#origin + path, events },
        idempotencyKey: newId("event"),
      });
      if (answer.status !== 201) throw new Error(`No webhook: ${JSON.stringify(answer)}`);
      const { uuid, secret } = createdSchema.parse(answer.body);
      const hook = { admin, id: uuid, orgId: id, name, verifier: new Webhook(secret) };
      this.#hooks.set(path, hook);
    }
  }

  /** How many deliveries the product has yet to make. */
  async countPending(): Promise<number> {
    const totals = await Promise.all(
      [...this.#hooks.values()].map(async ({ admin, id }) => {
        const path = `/v1/webhooks/${id}/logs?status=pending&limit=1`;
        const answer = await ask(admin, { method: "GET", path });
        if (answer.status !== 200) throw new Error(`No log of deliveries: ${JSON.stringify(answer)}`);
        return totalSchema.parse(answer.body).total;
      }),
    );
    return totals.reduce((sum, total) => sum + total, 0);
  }

  get #origin(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The receiver does not listen");
    return `http://127.0.0.1:${address.port}`;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request).catch(() => null);
    // The product died in the midst of it.
    if (body === null) return;
    const hook = this.#hooks.get(request.url ?? "");
    if (hook === undefined) {
      this.strays.push(request.url ?? "");
      response.writeHead(404).end();
      return;
    }
    const delivery = this.#read(hook, request, body);
    this.deliveries.push(delivery);
    if (delivery.answer === "dropped") response.destroy();
    else response.writeHead(delivery.answer === "taken" ? 204 : 500).end();
  }

  #read({ orgId, name, verifier }: Hook, { headers }: IncomingMessage, body: string): Delivery {
    const webhookId = String(headers["webhook-id"] ?? "");
    const names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
    const signed = Object.fromEntries(names.map((header) => [header, String(headers[header] ?? "")]));
    const event = callEventSchema.safeParse(parseJson(body)).data ?? null;
    const answer = this.#answerTo(`${orgId} ${name} ${webhookId}`, event);
    const isSigned = verifies(verifier, body, signed);
    return { orgId, hook: name, webhookId, body, event, isSigned, answer, atMs: Date.now() };
  }

  /**
   * Whether the first try of an event fails is drawn from the seed, and from what is told of whom. What comes late may
   * be a second try already, whose first a kill cut short: the third would come minutes later.
   */
  #answerTo(name: string, event: CallEvent | null): Delivery["answer"] {
    const tries = (this.#tries.get(name) ?? 0) + 1;
    this.#tries.set(name, tries);
    if (tries > 1 || event === null || Date.now() - Date.parse(event.fired_at) > FRESH_MS) return "taken";
    const { to_number: to, from_number: from, seq } = event.data;
    const drawn = createHash("sha256").update(`${this.#seed} ${to} ${from} ${seq}`).digest().readUInt8();
    if (drawn < 8) return "refused";
    return drawn < 13 ? "dropped" : "taken";
  }
}

function verifies(verifier: Webhook, body: string, headers: Record<string, string>): boolean {
  try {
    verifier.verify(body, headers);
    return true;
  } catch {
    return false;
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
