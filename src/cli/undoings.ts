// What a script has changed for its time, and puts back at its end, however that comes.

import { withDeadline } from "../lib/deadline.ts";

/** A far end that has gone must not hold the process up. */
const UNDONE_WITHIN_MS = 40_000;

export class Undoings {
  readonly #open: (() => Promise<unknown>)[] = [];
  #undone: Promise<void> | null = null;

  /** For what is there already. */
  add(undo: () => Promise<unknown>): void {
    // Nothing would come to undo it.
    if (this.#undone !== null) throw new Error("Interrupted");
    this.#open.push(undo);
  }

  /**
   * Makes a change, unless undoing has begun. One that fails may have been made nevertheless, and one that is under way
   * may yet be: it is waited for, and undone too.
   */
  async change<T>(make: () => Promise<T>, undo: (made: T | null) => Promise<unknown>): Promise<T> {
    const making = Promise.withResolvers<T | null>();
    this.add(async () => undo(await making.promise));
    try {
      const made = await make();
      making.resolve(made);
      return made;
    } finally {
      making.resolve(null);
    }
  }

  /** The last first. Whoever asks a second time waits for the first. */
  undoAll(): Promise<void> {
    this.#undone ??= this.#undoAll();
    return this.#undone;
  }

  async #undoAll(): Promise<void> {
    for (const undo of this.#open.toReversed()) {
      await withDeadline(UNDONE_WITHIN_MS, undo).catch((error: unknown) =>
        console.error(error instanceof Error ? error.message : error),
      );
    }
  }
}
