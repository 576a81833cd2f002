// Names of what calls refer to by id. Each is asked for when somebody sees it, once for all calls that were there then,
// and a few at a time: 500 calls at once would take a key's whole minute of requests.

import { useEffect, useState } from "preact/hooks";
import { ask } from "../api.ts";
import { Subscribers, useTold } from "./subscribers.ts";

const AT_ONCE = 4;
const PAUSE_MS = 10_000;
/** After these, and whatever else says 5xx, it is worth asking again. */
const PASSING = /^(rate_limited|offline|unavailable|internal_error|5\d\d)$/;

/** `R` is what the API answers, `T` what is kept of it: a wall board is open for weeks. */
export class Book<R extends { uuid: string }, T> {
  readonly #pathOf: (id: string) => string;
  readonly #pick: (read: R) => T;
  /** null: there is none such, or it may not be read. */
  readonly #known = new Map<string, T | null>();
  /** For which call it was asked last. */
  readonly #asked = new Map<string, string>();
  readonly #waiting: string[] = [];
  readonly #readers = new Subscribers<string>();
  #running = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;

  constructor(pathOf: (id: string) => string, pick: (read: R) => T) {
    this.#pathOf = pathOf;
    this.#pick = pick;
  }

  get(id: string): T | null | undefined {
    return this.#known.get(id);
  }

  on(id: string, act: () => void): () => void {
    return this.#readers.add(id, act);
  }

  put(read: R): void {
    this.#asked.set(read.uuid, "");
    this.#keep(read.uuid, this.#pick(read));
  }

  /** @param call whose id is greater the newer it is: with a new one the name may be another. Empty: any will do. */
  lacks(id: string, call = ""): boolean {
    const asked = this.#asked.get(id);
    return asked === undefined || asked < call;
  }

  want(id: string, call = ""): void {
    if (!this.lacks(id, call)) return;
    this.#asked.set(id, call);
    if (!this.#waiting.includes(id)) this.#waiting.push(id);
    this.#askNext();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#pause);
    this.#waiting.length = 0;
  }

  #askNext(): void {
    if (this.#pause !== undefined) return;
    while (this.#running < AT_ONCE) {
      const id = this.#waiting.shift();
      if (id === undefined) return;
      void this.#ask(id);
    }
  }

  async #ask(id: string): Promise<void> {
    this.#running += 1;
    const answer = await ask<R>("GET", this.#pathOf(id));
    this.#running -= 1;
    if (this.#isStopped) return;
    if (answer.ok || !PASSING.test(answer.problem.code)) {
      this.#keep(id, answer.ok ? this.#pick(answer.value) : null);
    } else {
      this.#waiting.unshift(id);
      this.#pause ??= setTimeout(() => {
        this.#pause = undefined;
        this.#askNext();
      }, PAUSE_MS);
    }
    this.#askNext();
  }

  #keep(id: string, value: T | null): void {
    this.#known.set(id, value);
    this.#readers.tell(id);
  }
}

/** A book for as long as the page is there. @param pick what is shown of one. */
export function useBook<R extends { uuid: string }, T>(path: string, pick: (read: R) => T): Book<R, T> {
  const [book] = useState(() => new Book<R, T>((id) => `${path}/${encodeURIComponent(id)}`, pick));
  useEffect(() => () => book.stop(), [book]);
  return book;
}

/** What the book has of this id, as soon as it has it. @param book null: it may not be read. */
export function useEntry<R extends { uuid: string }, T>(
  book: Book<R, T> | null,
  id: string | null,
): T | null | undefined {
  useTold((act) => (book === null || id === null ? () => {} : book.on(id, act)), [book, id]);
  return book === null || id === null ? null : book.get(id);
}
