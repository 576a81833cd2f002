// The agent's words of one turn: one line of the transcript that grows while they are sent. Written first, sent
// then, so that what was sent is never missing from the transcript.

import { estimateSpeechMs } from "../../domain/speech.ts";
import type { RelayProtocol } from "../../telephony/provider.ts";
import { trySend } from "../watchers.ts";
import type { LiveFeed } from "./live-feed.ts";
import type { CallStore } from "./store.ts";

export type SpeechDeps = {
  store: CallStore;
  feed: LiveFeed;
  protocol: RelayProtocol;
  /** The carrier's socket, while there is one. */
  socket: () => WebSocket | undefined;
  answeredAtMs: number | null;
};

export class AgentSpeech {
  text = "";
  /** The last piece that was sent: when the carrier has spoken it, all was spoken. */
  lastPiece = "";
  #index: number | null = null;
  #atMs = 0;
  readonly #deps: SpeechDeps;

  constructor(deps: SpeechDeps) {
    this.#deps = deps;
  }

  /** With no socket to say them on, the words are not said, and so not written. */
  add(words: string): void {
    const { store, protocol, socket } = this.#deps;
    const relay = socket();
    if (relay === undefined) return;
    this.text += words;
    this.lastPiece = words;
    if (this.#index === null) {
      const line = store.addLine("agent", this.text, Date.now());
      this.#atMs = line.atMs;
      this.#index = line.index;
    } else {
      store.setLine(this.#index, this.text);
    }
    trySend(relay, protocol.renderWords(words, false));
  }

  finish(): void {
    const { feed, protocol, socket, answeredAtMs } = this.#deps;
    if (this.#index === null) return;
    const relay = socket();
    if (relay !== undefined) trySend(relay, protocol.renderWords("", true));
    feed.showLine(
      this.#index,
      { speaker: "agent", text: this.text, atMs: this.#atMs },
      answeredAtMs,
      Date.now(),
    );
  }

  /** When the words will have been spoken, if what went before plays until `busyUntilMs`. */
  playsUntilMs(busyUntilMs: number): number {
    const beginsMs = Math.max(busyUntilMs, this.#index === null ? Date.now() : this.#atMs);
    return beginsMs + estimateSpeechMs(this.text);
  }
}
