// The far ends of the sockets of a call's object: the carrier's relay, and somebody who watches.

import { z } from "zod";
import { liveMessageSchema, type LiveMessage } from "../../src/contract/live.ts";

const agentFrameSchema = z.object({
  type: z.string(),
  token: z.string().optional(),
  handoffData: z.string().optional(),
});

/** What both ends have in common: open until it is closed, by whomever, or dies with the object. */
class ClientSocket {
  isOpen = true;
  readonly #socket: WebSocket;

  constructor(socket: WebSocket, onMessage: (text: string) => void) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => onMessage(String(data)));
    socket.addEventListener("close", () => this.close(1000));
    socket.accept();
  }

  send(message: string | ArrayBuffer): void {
    this.#socket.send(message);
  }

  close(code: number, reason?: string): void {
    this.isOpen = false;
    try {
      this.#socket.close(code, reason);
    } catch {
      // The other side, or its death, was quicker.
    }
  }
}

let sentSoFar = 0;

export class RelayClient {
  /** The agent's words, piece by piece, as they came. */
  readonly heard: string[] = [];
  /** The kinds of all frames that came. */
  readonly kinds: string[] = [];
  /** What came with an end, for whoever handles the line next. */
  readonly handoffs: string[] = [];
  readonly sessionId: string;
  readonly #onTheWay: Set<string>;
  readonly #socket: ClientSocket;
  /** What was sent here and may still be on its way. */
  readonly #sent = new Set<string>();

  constructor(socket: WebSocket, sessionId: string, onTheWay: Set<string>) {
    this.sessionId = sessionId;
    this.#onTheWay = onTheWay;
    socket.addEventListener("close", () => this.#forget());
    this.#socket = new ClientSocket(socket, (text) => {
      const { type, token, handoffData } = agentFrameSchema.parse(JSON.parse(text));
      this.kinds.push(type);
      if (handoffData !== undefined) this.handoffs.push(handoffData);
      if (type === "text" && token !== undefined && token !== "") this.heard.push(token);
    });
  }

  get isOpen(): boolean {
    return this.#socket.isOpen;
  }

  /** A frame as the carrier sends it; a number, which nobody reads, makes it one of its own. */
  send(frame: object): void {
    this.#sendText(JSON.stringify({ ...frame, number: nextNumber() }));
  }

  sendGarbage(): void {
    this.#sendText(`{"garbage": ${nextNumber()}`);
  }

  sendBinary(): void {
    if (!this.isOpen) return;
    const text = `binary ${nextNumber()}`;
    this.#depart(text);
    this.#socket.send(Uint8Array.from(text, (letter) => letter.charCodeAt(0)).buffer);
  }

  /** The carrier lets go of the socket. */
  lose(code = 1011): void {
    if (!this.isOpen) return;
    const reason = `lost ${nextNumber()}`;
    this.#depart(reason);
    this.#socket.close(code, reason);
  }

  /** The object at the other end has died. */
  die(): void {
    this.#forget();
    this.#socket.close(1000);
  }

  #sendText(text: string): void {
    if (!this.isOpen) return;
    this.#depart(text);
    this.#socket.send(text);
  }

  #depart(text: string): void {
    this.#sent.add(text);
    this.#onTheWay.add(text);
  }

  #forget(): void {
    for (const text of this.#sent) this.#onTheWay.delete(text);
  }
}

export class Watcher {
  readonly messages: LiveMessage[] = [];
  #socket: ClientSocket | null = null;

  get isOpen(): boolean {
    return this.#socket?.isOpen ?? false;
  }

  /** The last message it has seen; 0 for none. */
  get cursor(): number {
    return this.messages.at(-1)?.cursor ?? 0;
  }

  join(socket: WebSocket): void {
    this.#socket = new ClientSocket(socket, (text) =>
      this.messages.push(liveMessageSchema.parse(JSON.parse(text))),
    );
  }

  die(): void {
    this.#socket?.close(1000);
  }
}

function nextNumber(): number {
  sentSoFar += 1;
  return sentSoFar;
}
