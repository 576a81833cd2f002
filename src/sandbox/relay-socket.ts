// One open ConversationRelay socket, seen from the carrier: it joins the agent's tokens into utterances and says
// when the application ended the session or the socket was lost. What was collected dies with the socket, as it
// does at Twilio. Ten frames in a row that make no sense close it with 1007.

import { parseApplicationFrame, type RelayFrame } from "./relay-frames.ts";

export type RelayListener = {
  /** `startedAtMs` is when its first token came: Twilio speaks as soon as it has words. */
  onUtterance(text: string, startedAtMs: number): void;
  onLanguage(lang: string): void;
  onEnd(handoffData: string | null): void;
  onLost(reason: string): void;
};

const MAX_MALFORMED = 10;

export class RelaySocket {
  readonly sessionId: string;
  readonly #socket: WebSocket;
  readonly #listener: RelayListener;
  #tokens = "";
  #startedAtMs = 0;
  #malformed = 0;
  #isOpen = true;

  constructor(sessionId: string, socket: WebSocket, listener: RelayListener) {
    this.sessionId = sessionId;
    this.#socket = socket;
    this.#listener = listener;
    socket.addEventListener("message", (event) => this.#onMessage(event.data));
    socket.addEventListener("close", (event) => this.#onGone(`WebSocket closed with ${event.code}`));
    socket.addEventListener("error", () => this.#onGone("WebSocket failed"));
    socket.accept();
  }

  send(frame: RelayFrame): void {
    if (!this.#isOpen) return;
    try {
      this.#socket.send(JSON.stringify(frame));
    } catch {
      // The close event tells the listener.
    }
  }

  /** Closes without a word to the listener. */
  close(code = 1000, reason = "session ended"): void {
    this.#isOpen = false;
    try {
      this.#socket.close(code, reason);
    } catch {
      // It was closed by the other side already.
    }
  }

  #onMessage(message: unknown): void {
    if (!this.#isOpen) return;
    const frame = parseApplicationFrame(message);
    if (frame === undefined) return this.#onMalformed(message);
    this.#malformed = 0;
    switch (frame.type) {
      case "text":
        return this.#onToken(frame.token, frame.last);
      case "language":
        if (frame.transcriptionLanguage !== undefined) this.#listener.onLanguage(frame.transcriptionLanguage);
        return;
      case "end":
        this.close();
        return this.#listener.onEnd(frame.handoffData ?? null);
      case "play":
      case "sendDigits":
        return;
    }
  }

  #onToken(token: string, last: boolean): void {
    if (this.#tokens === "") this.#startedAtMs = Date.now();
    this.#tokens += token;
    if (!last) return;
    const text = this.#tokens;
    this.#tokens = "";
    if (text.trim() !== "") this.#listener.onUtterance(text, this.#startedAtMs);
  }

  #onMalformed(message: unknown): void {
    const shown = typeof message === "string" ? message.slice(0, 500) : "(binary)";
    this.send({ type: "error", description: `Invalid message received: ${shown}` });
    this.#malformed += 1;
    if (this.#malformed < MAX_MALFORMED) return;
    this.close(1007, "too many invalid messages");
    this.#listener.onLost("Too many consecutive malformed messages");
  }

  #onGone(reason: string): void {
    if (!this.#isOpen) return;
    this.close();
    this.#listener.onLost(reason);
  }
}
