// What the customer says and presses, as lines of the transcript.

import { isEnded, pressed, pressedToo } from "../../domain/keys.ts";
import { estimateSpeechMs } from "../../domain/speech.ts";
import type { LiveFeed } from "./live-feed.ts";
import type { Playback } from "./playback.ts";
import type { TranscriptStore } from "./transcript-store.ts";

export type CustomerLinesDeps = {
  transcript: TranscriptStore;
  feed: LiveFeed;
  playback: Playback;
  answeredAtMs: () => number | null;
};

export class CustomerLines {
  readonly #deps: CustomerLinesDeps;

  constructor(deps: CustomerLinesDeps) {
    this.#deps = deps;
  }

  /** The carrier hands words over when they were said; they began earlier, but after the agent had spoken. */
  said(words: string): void {
    this.#add(words, Date.now() - estimateSpeechMs(words));
  }

  /** Keys that follow each other are one line, which grows. True if this one ends what is typed. */
  pressed(key: string): boolean {
    const { transcript, feed, answeredAtMs } = this.#deps;
    const last = transcript.lastLine();
    const longer = last?.speaker === "customer" ? pressedToo(last.text, key) : null;
    if (last === null || longer === null) {
      this.#add(pressed(key), Date.now());
      return false;
    }
    transcript.setLine(last.index, longer);
    feed.showLine(last.index, { ...last, text: longer }, answeredAtMs(), Date.now());
    return isEnded(longer);
  }

  #add(text: string, beganMs: number): void {
    const { transcript, feed, playback, answeredAtMs } = this.#deps;
    const nowMs = Date.now();
    const earliestMs = Math.max(answeredAtMs() ?? 0, Math.min(playback.busyUntilMs(), nowMs));
    const { index, atMs } = transcript.addLine("customer", text, Math.max(beganMs, earliestMs));
    feed.showLine(index, { speaker: "customer", text, atMs }, answeredAtMs(), nowMs);
  }
}
