// Names of what calls refer to by id. Each is asked for once, when somebody sees it, and a few at a time: 500 calls at
// once would take a key's whole minute of requests.

import { useEffect, useState } from "preact/hooks";
import { ask } from "../api.ts";
import { Subscribers, useTold } from "./subscribers.ts";

const AT_ONCE = 4;
const PAUSE_MS = 10_000;
/** After these it is worth asking again. */
const PASSING = ["rate_limited", "offline"];

export class Book<T extends { uuid: string }> {
  readonly #pathOf: (id: string) => string;
  /** null: there is none such, or it may not be read. */
  readonly #known = new Map<string, T | null>();
  readonly #asked = new Set<string>();
  readonly #waiting: string[] = [];
  readonly #readers = new Subscribers<string>();
  #running = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(pathOf: (id: string) => string) {
    this.#pathOf = pathOf;
  }

  get(id: string): T | null | undefined {
    return this.#known.get(id);
  }

  on(id: string, act: () => void): () => void {
    return this.#readers.add(id, act);
  }

  put(value: T): void {
    this.#asked.add(value.uuid);
    this.#keep(value.uuid, value);
  }

  want(id: string): void {
    if (this.#asked.has(id)) return;
    this.#asked.add(id);
    this.#waiting.push(id);
    this.#askNext();
  }

  stop(): void {
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
    const answer = await ask<T>("GET", this.#pathOf(id));
    this.#running -= 1;
    if (answer.ok || !PASSING.includes(answer.problem.code)) {
      this.#keep(id, answer.ok ? answer.value : null);
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

/** A book for as long as the page is there. */
export function useBook<T extends { uuid: string }>(path: string): Book<T> {
  const [book] = useState(() => new Book<T>((id) => `${path}/${encodeURIComponent(id)}`));
  useEffect(() => () => book.stop(), [book]);
  return book;
}

/** What the book has of this id, as soon as it has it. @param book null: it may not be read. */
export function useEntry<T extends { uuid: string }>(
  book: Book<T> | null,
  id: string | null,
): T | null | undefined {
  useTold((act) => (book === null || id === null ? () => {} : book.on(id, act)), [book, id]);
  return book === null || id === null ? null : book.get(id);
}
