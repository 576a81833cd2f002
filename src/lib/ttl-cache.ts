/**
 * A small per-isolate cache for rows that change rarely. It bounds both age and size; what it returns
 * may be stale by up to `ttlMs`, so it is only for facts with that tolerance.
 */
export class TtlCache<T> {
  readonly #entries = new Map<string, { value: T; expiresAtMs: number }>();
  readonly #ttlMs: number;
  readonly #maxEntries: number;

  constructor(ttlMs: number, maxEntries: number) {
    this.#ttlMs = ttlMs;
    this.#maxEntries = maxEntries;
  }

  get(key: string, nowMs: number): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    return entry.expiresAtMs > nowMs ? entry.value : undefined;
  }

  /** The value however old it is: for when there is no way to a newer one. */
  getStale(key: string): T | undefined {
    return this.#entries.get(key)?.value;
  }

  set(key: string, value: T, nowMs: number): void {
    // Deleted first: a refreshed entry takes its new place in line, and needs nobody else's.
    this.#entries.delete(key);
    if (this.#entries.size >= this.#maxEntries) {
      const oldest = this.#entries.keys().next();
      if (!oldest.done) this.#entries.delete(oldest.value);
    }
    this.#entries.set(key, { value, expiresAtMs: nowMs + this.#ttlMs });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}
