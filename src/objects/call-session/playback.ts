// Keeps account of what the customer has heard of the agent's words (domain/playback.ts says how). All of it is
// stored, so that it survives an eviction.

import { interrupt, isPlayed, lose, mayPlay, play, queueOf, type Utterance } from "../../domain/playback.ts";
import type { LiveFeed } from "./live-feed.ts";
import type { TranscriptStore } from "./transcript-store.ts";

export type PlaybackDeps = {
  transcript: TranscriptStore;
  feed: LiveFeed;
  answeredAtMs: () => number | null;
};

export class Playback {
  readonly #deps: PlaybackDeps;

  constructor(deps: PlaybackDeps) {
    this.#deps = deps;
  }

  /** When all that was sent will have been spoken, by estimate; 0 if nothing was. */
  busyUntilMs(): number {
    return this.#last()?.endsMs ?? 0;
  }

  /** The carrier has spoken these words: were they the last of what it was sent? */
  played(words: string, nowMs: number): "nothing" | "some" | "all" {
    const changed = play(this.#queue(), words, nowMs);
    this.#keep(changed, nowMs);
    const last = this.#last();
    if (changed.length === 0 || last === undefined) return "nothing";
    return isPlayed(last) ? "all" : "some";
  }

  /**
   * The customer has cut the agent off, and heard so much of what was being spoken. True if that has emptied the last
   * thing it said.
   */
  interrupted(heard: string, nowMs: number): boolean {
    const before = this.#last()?.text ?? "";
    const last = this.#deps.transcript.lastLine();
    // Words to which the customer has replied since are only cut off if they may still be playing.
    const queue = this.#queue().filter(
      (utterance) => utterance.index === last?.index || mayPlay(utterance, nowMs),
    );
    if (queue.length > 0) this.#keep(interrupt(queue, heard, nowMs), nowMs);
    return before !== "" && this.#last()?.text === "";
  }

  /** Nobody speaks the agent's words any more: the relay is gone, or the call. */
  lost(nowMs: number): void {
    this.#keep(lose(this.#queue(), nowMs), nowMs);
  }

  #last(): Utterance | undefined {
    return this.#deps.transcript.lastUtterances(1)[0];
  }

  #queue(): Utterance[] {
    return queueOf(this.#deps.transcript.lastUtterances());
  }

  /** Of a line that has changed, watchers are shown what is left. */
  #keep(changed: readonly Utterance[], nowMs: number): void {
    const { transcript, feed, answeredAtMs } = this.#deps;
    const before = new Map(transcript.lastUtterances().map(({ index, text }) => [index, text]));
    for (const utterance of changed) {
      const { index, text, atMs } = utterance;
      transcript.setUtterance(utterance);
      if (before.get(index) === text) continue;
      feed.showLine(index, { speaker: "agent", text, atMs }, answeredAtMs(), nowMs);
    }
  }
}
