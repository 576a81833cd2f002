// Whose turn it is to speak in a typed talk, as far as a watcher of the call can tell.

import { estimateSpeechMs } from "./speech.ts";

/** An agent that has more to say goes on sooner than this. */
const SETTLED_MS = 500;
/** Who is silent for eight seconds is asked whether they are still there. */
const SIGN_EVERY_MS = 5_000;

type HeardLine = { speaker: "agent" | "customer"; index: number; text: string };

export class Floor {
  readonly #speed: number;
  #newest = -1;
  /** The agent's answer is a line behind this one. */
  #answered = -1;
  /** When the agent's words are over; null while it owes an answer. */
  #agentDoneMs: number | null = null;
  #lastSignMs = 0;

  /** @param speed how many times faster than life the sandbox's people listen. */
  constructor(speed: number) {
    this.#speed = speed;
  }

  hear({ speaker, index, text }: HeardLine, nowMs: number): void {
    // A line that comes again was cut off, or has grown; only what is behind the customer's last is an answer.
    const isNew = index > this.#answered;
    this.#newest = Math.max(this.#newest, index);
    if (!isNew) return;
    if (speaker === "customer") this.#owes(index);
    else if (text !== "") this.#agentDoneMs = nowMs + estimateSpeechMs(text) / this.#speed;
  }

  /** The customer has just said or pressed something. */
  take(): void {
    this.#owes(this.#newest);
  }

  /** The agent was heard through, and waits. */
  isFree(nowMs: number): boolean {
    return this.#agentDoneMs !== null && nowMs >= this.#agentDoneMs + SETTLED_MS;
  }

  /** Whether it is time to show that somebody is there; never while the agent thinks. Each is asked for once. */
  wantsSign(nowMs: number): boolean {
    if (this.#agentDoneMs === null) return false;
    const isDue = nowMs - Math.max(this.#agentDoneMs, this.#lastSignMs) >= SIGN_EVERY_MS;
    if (isDue) this.#lastSignMs = nowMs;
    return isDue;
  }

  #owes(index: number): void {
    this.#answered = index;
    this.#agentDoneMs = null;
  }
}
