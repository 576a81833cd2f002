// Answers that the other side keeps back until the test lets them go.
//
// Whoever waits looks again and again: a promise that is made in one Durable Object can't be kept by another, and
// the test runs in one of its own. When an object dies, so does its waiting.

export type Release = "answers" | "breaks";

type Hold = { release: Release | null };

export class Holds {
  readonly #waiting = new Set<Hold>();

  get count(): number {
    return this.#waiting.size;
  }

  /** Waits to be let go; a signal that aborts lets go too, and at once: what has been given up holds up nothing. */
  async wait(signal?: AbortSignal | null): Promise<Release> {
    const hold: Hold = { release: null };
    this.#waiting.add(hold);
    const giveUp = () => this.#letGo(hold, "breaks");
    if (signal?.aborted === true) giveUp();
    signal?.addEventListener("abort", giveUp);
    while (hold.release === null) await scheduler.wait(1);
    signal?.removeEventListener("abort", giveUp);
    return hold.release;
  }

  /** Lets the one go that has waited longest. */
  releaseFirst(release: Release): void {
    const [first] = this.#waiting;
    if (first !== undefined) this.#letGo(first, release);
  }

  releaseAll(release: Release): void {
    for (const hold of this.#waiting) this.#letGo(hold, release);
  }

  /** Whoever asked has died. What it had asked of others, they do all the same. */
  forget(): void {
    this.releaseAll("breaks");
  }

  #letGo(hold: Hold, release: Release): void {
    hold.release ??= release;
    this.#waiting.delete(hold);
  }
}
