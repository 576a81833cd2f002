// What a call has open to the application in this life of its object: a relay's socket, a request for a document.
// `attend` compares that with what the stored state wants and makes up the difference, so nothing has to be
// remembered across a restart: a request is made again, a socket that did not survive is reported as lost.

import type { LineEvent } from "./call-machine.ts";
import type { CallState, DocumentRequest, Relay } from "./call-state.ts";
import { fetchDocument, openSocket, type Sender } from "./outbound.ts";
import type { RelayFrame } from "./relay-frames.ts";
import { RelaySocket } from "./relay-socket.ts";

export type LineOwner = {
  sender(): Promise<Sender>;
  /** Steps the call. It ends in `attend` again. */
  apply(event: LineEvent): void;
  /** Lets work go on after the event that began it. */
  run(work: Promise<void>): void;
};

/** RFC 6455 has a code of its own for a connection that just broke off, but forbids to send it. */
const ABNORMAL = 1011;

export class CallLine {
  readonly #owner: LineOwner;
  #wanted: string | undefined;
  #socket: RelaySocket | undefined;
  #connecting: string | undefined;
  #fetching: number | undefined;

  constructor(owner: LineOwner) {
    this.#owner = owner;
  }

  send(frame: RelayFrame): void {
    this.#socket?.send(frame);
  }

  /** Lets the socket fall as a failing network would. */
  dropSocket(): void {
    this.#socket?.close(ABNORMAL, "connection lost");
    this.#socket = undefined;
  }

  attend({ relay, request }: CallState): void {
    this.#wanted = relay?.sessionId;
    if (this.#socket !== undefined && this.#socket.sessionId !== this.#wanted) {
      this.#socket.close();
      this.#socket = undefined;
    }
    if (request !== null && this.#fetching !== request.id) this.#owner.run(this.#fetch(request));
    if (relay === null) return;
    if (relay.phase === "open" && this.#socket === undefined) this.#fail(relay, 64105, "WebSocket lost");
    if (relay.phase === "connecting" && this.#connecting !== relay.sessionId) {
      this.#owner.run(this.#connect(relay));
    }
  }

  async #fetch(request: DocumentRequest): Promise<void> {
    this.#fetching = request.id;
    try {
      const outcome = await fetchDocument(await this.#owner.sender(), request);
      this.#owner.apply({ type: "document", requestId: request.id, outcome });
    } finally {
      if (this.#fetching === request.id) this.#fetching = undefined;
    }
  }

  async #connect(relay: Relay): Promise<void> {
    const { sessionId } = relay;
    this.#connecting = sessionId;
    try {
      const socket = await openSocket(await this.#owner.sender(), relay.url);
      if (socket === undefined) {
        return this.#fail(relay, 39001, "Network connection to WebSocket server failed");
      }
      const opened = this.#listen(relay, socket);
      if (this.#wanted !== sessionId) return opened.close();
      this.#socket = opened;
      this.#owner.apply({ type: "relay-opened", sessionId });
    } finally {
      if (this.#connecting === sessionId) this.#connecting = undefined;
    }
  }

  #listen(relay: Relay, socket: WebSocket): RelaySocket {
    const { sessionId } = relay;
    return new RelaySocket(sessionId, socket, {
      onUtterance: (text, startedAtMs) =>
        this.#owner.apply({ type: "utterance", sessionId, text, startedAtMs }),
      onLanguage: (lang) => this.#owner.apply({ type: "language", sessionId, lang }),
      onEnd: (handoffData) =>
        this.#owner.apply({ type: "relay-closed", sessionId, end: { status: "ended", handoffData } }),
      onLost: (reason) => this.#fail(relay, 64105, reason),
    });
  }

  #fail({ sessionId }: Relay, errorCode: number, errorMessage: string): void {
    this.#owner.apply({
      type: "relay-closed",
      sessionId,
      end: { status: "failed", errorCode, errorMessage },
    });
  }
}
