// Sees what goes in and out of one call's object, and what it has under way, so that a test can wait until all has
// come to rest: neither time nor luck decides. The object itself runs as it is.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { z } from "zod";
import { CallSession } from "../../src/objects/call-session/call-session.ts";
import { TalkLedger } from "./agent-lines.ts";
import type { Holds } from "./holds.ts";

const agentFrameSchema = z.object({ type: z.literal("text"), token: z.string().min(1) });
const customerFrameSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("prompt"), voicePrompt: z.string(), last: z.boolean() }),
  z.object({ type: z.literal("interrupt"), utteranceUntilInterrupt: z.string() }),
  z.object({ type: z.literal("dtmf"), digit: z.string() }),
  z.object({ type: z.literal("setup") }),
  z.object({ type: z.literal("info"), name: z.literal("tokensPlayed"), value: z.string() }),
]);
const currentSchema = z.object({ current: z.literal(true) });

/** By the real clock. Nothing depends on it but how soon a test that hangs says so. */
const LONGEST_UNREST_MS = 10_000;

export class Witness {
  readonly ledger = new TalkLedger();
  /** Frames and closes, each with its own text, that a client has sent and the object has not seen yet. */
  readonly onTheWay = new Set<string>();
  /** What the object let escape: nobody is there to catch it. */
  readonly failures: string[] = [];
  readonly #holds: Holds;
  readonly #underWay = new Set<Promise<unknown>>();

  private constructor(holds: Holds) {
    this.#holds = holds;
  }

  /** Watches the object of this name until the mocks are restored. */
  static async of(name: string, holds: Holds): Promise<Witness> {
    const witness = new Witness(holds);
    await witness.#watchWork(name);
    witness.#watchSockets();
    witness.#watchWords();
    return witness;
  }

  /** Resolves once nothing is under way but what is being held up. */
  async rest(): Promise<void> {
    const begunMs = performance.now();
    while (this.onTheWay.size > 0 || this.#underWay.size > this.#holds.count) {
      await scheduler.wait(0);
      if (performance.now() - begunMs > LONGEST_UNREST_MS) throw new Error(this.#describeUnrest());
    }
  }

  /** The object has died, with all that it was doing and all that was on its way to it. */
  forget(): void {
    this.#underWay.clear();
    this.onTheWay.clear();
    this.ledger.cutOff();
    this.#holds.forget();
  }

  #describeUnrest(): string {
    const counts = `${this.#underWay.size} under way, ${this.#holds.count} held`;
    return `The object does not come to rest: ${counts}, on the way ${[...this.onTheWay].join()}`;
  }

  async #watchWork(name: string): Promise<void> {
    const id = env.CALL_SESSION.idFromName(name);
    const prototype = await runInDurableObject(env.CALL_SESSION.get(id), (_object, state) => {
      const shared: DurableObjectState = Object.getPrototypeOf(state);
      return shared;
    });
    const { waitUntil } = prototype;
    const track = (work: Promise<unknown>) => this.#track(work);
    vi.spyOn(prototype, "waitUntil").mockImplementation(function (this: DurableObjectState, work) {
      waitUntil.call(this, this.id.equals(id) ? track(work) : work);
    });
  }

  #watchSockets(): void {
    const { webSocketMessage, webSocketClose } = CallSession.prototype;
    const note = (socket: WebSocket, message: string | ArrayBuffer) => this.#note(socket, message);
    const arrive = (socket: WebSocket, text: unknown) => {
      this.onTheWay.delete(String(text));
      if (isCurrentRelay(socket)) this.ledger.cutOff();
    };
    const track = (work: Promise<void>) => this.#track(work);
    vi.spyOn(CallSession.prototype, "webSocketMessage").mockImplementation(function (
      this: CallSession,
      socket,
      message,
    ) {
      note(socket, message);
      return track(webSocketMessage.call(this, socket, message));
    });
    vi.spyOn(CallSession.prototype, "webSocketClose").mockImplementation(function (
      this: CallSession,
      socket,
      code,
      ...[reason]: unknown[]
    ) {
      arrive(socket, reason);
      return track(webSocketClose.call(this, socket, code));
    });
  }

  #watchWords(): void {
    const { send } = WebSocket.prototype;
    const { ledger } = this;
    vi.spyOn(WebSocket.prototype, "send").mockImplementation(function (this: WebSocket, message) {
      send.call(this, message);
      const frame = agentFrameSchema.safeParse(jsonOf(message));
      if (frame.success) ledger.agentSent(frame.data.token);
    });
  }

  #note(socket: WebSocket, message: string | ArrayBuffer): void {
    this.onTheWay.delete(typeof message === "string" ? message : new TextDecoder().decode(message));
    const frame = customerFrameSchema.safeParse(jsonOf(message));
    if (!frame.success) return;
    if (frame.data.type === "setup") return this.ledger.cutOff();
    if (!isCurrentRelay(socket)) return;
    if (frame.data.type === "interrupt") this.ledger.customerInterrupted(frame.data.utteranceUntilInterrupt);
    else if (frame.data.type === "info") this.ledger.carrierPlayed(frame.data.value);
    else if (frame.data.type === "dtmf") this.ledger.customerPressed(frame.data.digit);
    else if (frame.data.last && frame.data.voicePrompt.trim() !== "") {
      this.ledger.customerSaid(frame.data.voicePrompt.trim());
    }
  }

  #track<T>(work: Promise<T>): Promise<T> {
    this.#underWay.add(work);
    const done = () => this.#underWay.delete(work);
    work.then(done, (error: unknown) => {
      done();
      this.failures.push(String(error));
    });
    return work;
  }
}

/** Whether the object takes this socket for the one on which the agent is heard. */
export function isCurrentRelay(socket: WebSocket): boolean {
  return currentSchema.safeParse(socket.deserializeAttachment()).success;
}

function jsonOf(message: unknown): unknown {
  try {
    return JSON.parse(String(message));
  } catch {
    return null;
  }
}
