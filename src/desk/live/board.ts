// What the page knows of the calls that live. Messages change it at once; who shows a call is told once a frame, and
// only who shows that one: with 500 calls on the board a change of one touches one row.

import type { BoardMessage, LiveCall } from "../../contract/live.ts";
import { Subscribers } from "./subscribers.ts";

/** Times come in whole seconds: less than this is no sign of a clock that goes wrong. */
const TOLERATED_MS = 2_000;

export class Board {
  readonly #calls = new Map<string, LiveCall>();
  /** Ids, oldest first: they are in the order of their making. A new array when a call came or went. */
  #order: readonly string[] = [];
  #isKnown = false;
  /** How far this machine's clock is behind the server's. */
  #behindMs = 0;
  /** When it was last known what lives. Null: it is known now. */
  #stoppedMs: number | null = null;
  readonly #ofCall = new Subscribers<string>();
  readonly #ofAll = new Subscribers<"list" | "any">();
  readonly #changed = new Set<string>();
  #listChanged = false;
  #frame: number | null = null;

  /** Whether the server has told yet which calls live. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** Oldest first. */
  get order(): readonly string[] {
    return this.#order;
  }

  get(id: string): LiveCall | undefined {
    return this.#calls.get(id);
  }

  calls(): Iterable<LiveCall> {
    return this.#calls.values();
  }

  nowMs(): number {
    return (this.#stoppedMs ?? Date.now()) + this.#behindMs;
  }

  /** Of a call that may be over nobody knows for how long it lasts. */
  stopClock(): void {
    this.#stoppedMs ??= Date.now();
  }

  runClock(): void {
    this.#stoppedMs = null;
  }

  onCall(id: string, act: () => void): () => void {
    return this.#ofCall.add(id, act);
  }

  /** @param what `list`: calls come and go; `any`: that, and every change of one. */
  on(what: "list" | "any", act: () => void): () => void {
    return this.#ofAll.add(what, act);
  }

  hear(message: BoardMessage): void {
    switch (message.type) {
      case "snapshot":
        this.#replaceAll(message.calls);
        break;
      case "call":
        this.#put(message.call);
        break;
      case "ended":
        this.#drop(message.call_uuid);
        break;
    }
    this.#tellSoon();
  }

  /** Nobody is told any more. */
  stop(): void {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    this.#frame = null;
  }

  #replaceAll(calls: readonly LiveCall[]): void {
    const living = new Set(calls.map(({ uuid }) => uuid));
    for (const id of this.#order) if (!living.has(id)) this.#drop(id);
    for (const call of calls) this.#put(call);
    this.#isKnown = true;
    this.#listChanged = true;
  }

  #put(call: LiveCall): void {
    const known = this.#calls.get(call.uuid);
    this.#setClock(call);
    this.#calls.set(call.uuid, call);
    if (known !== undefined && looksSame(known, call)) return;
    this.#changed.add(call.uuid);
    if (known !== undefined) return;
    const after = this.#order.findLastIndex((id) => id < call.uuid);
    this.#order = this.#order.toSpliced(after + 1, 0, call.uuid);
    this.#listChanged = true;
  }

  #drop(id: string): void {
    if (!this.#calls.delete(id)) return;
    this.#changed.add(id);
    this.#order = this.#order.filter((other) => other !== id);
    this.#listChanged = true;
  }

  /** The server says for how long the customer has talked: since the answer, until its now. */
  #setClock({ answered_at: answeredAt, duration }: LiveCall): void {
    if (answeredAt === null || duration === null) return;
    const behindMs = Date.parse(answeredAt) + duration * 1000 - Date.now();
    this.#behindMs = Math.abs(behindMs) < TOLERATED_MS ? 0 : behindMs;
  }

  /** However many messages come in a frame, it is drawn once; while nobody looks, not at all. */
  #tellSoon(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      const changed = [...this.#changed];
      const listChanged = this.#listChanged;
      this.#changed.clear();
      this.#listChanged = false;
      for (const id of changed) this.#ofCall.tell(id);
      if (listChanged) this.#ofAll.tell("list");
      if (listChanged || changed.length > 0) this.#ofAll.tell("any");
    });
  }
}

/** All else of a call stays as it was, or is counted from these. */
function looksSame(a: LiveCall, b: LiveCall): boolean {
  return a.status === b.status && a.answered_at === b.answered_at && a.contact_uuid === b.contact_uuid;
}
