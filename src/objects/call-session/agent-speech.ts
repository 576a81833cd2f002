// The agent's words of one turn: one line of the transcript that grows while they are sent. Sent and written in one
// breath, but sent first: what is sent after a write waits until the write is on disk. An object that dies in between
// takes the carrier's socket along, so nobody has heard what was not written.

import { estimateSpeechMs } from "../../domain/speech.ts";
import type { RelayProtocol } from "../../telephony/provider.ts";
import { trySend } from "../watchers.ts";
import type { LiveFeed } from "./live-feed.ts";
import type { Playback } from "./playback.ts";
import type { TranscriptStore } from "./transcript-store.ts";

export type SpeechDeps = {
  transcript: TranscriptStore;
  feed: LiveFeed;
  playback: Playback;
  protocol: RelayProtocol;
  /** The carrier's socket, while there is one. */
  socket: () => WebSocket | undefined;
  answeredAtMs: number | null;
};

export class AgentSpeech {
  text = "";
  #line: { index: number; atMs: number; beginsMs: number } | null = null;
  readonly #deps: SpeechDeps;

  constructor(deps: SpeechDeps) {
    this.#deps = deps;
  }

  /** With no socket to say them on, or once its line is lost, the words are not said, and so not written. */
  add(words: string): void {
    const { transcript, playback, protocol, socket } = this.#deps;
    const relay = socket();
    if (relay === undefined || this.#lostLine() || (this.text === "" && words.trim() === "")) return;
    const freeAtMs = Math.max(playback.busyUntilMs(), Date.now());
    const endsMs = freeAtMs + estimateSpeechMs(this.text + words) - estimateSpeechMs(this.text);
    this.text += words;
    trySend(relay, protocol.renderWords(words, false));
    if (this.#line === null) {
      const spoken = { beginsMs: freeAtMs, endsMs, played: 0 };
      const added = transcript.addLine("agent", this.text, Date.now(), spoken);
      this.#line = { ...added, beginsMs: freeAtMs };
    } else {
      const { index, beginsMs } = this.#line;
      transcript.growUtterance(index, this.text, { beginsMs, endsMs });
    }
  }

  finish(): void {
    const { feed, protocol, socket, answeredAtMs } = this.#deps;
    if (this.#line === null) return;
    const { index, atMs } = this.#line;
    const relay = socket();
    if (relay !== undefined) trySend(relay, protocol.renderWords("", true));
    if (this.#lostLine()) return;
    feed.showLine(index, { speaker: "agent", text: this.text, atMs }, answeredAtMs, Date.now());
  }

  /** What was said since has taken its line's place: that ends it, for its words would stand in another's. */
  #lostLine(): boolean {
    return this.#line !== null && !this.#deps.transcript.isUtterance(this.#line.index, this.text);
  }
}
