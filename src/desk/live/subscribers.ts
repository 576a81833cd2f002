import { useLayoutEffect, useReducer } from "preact/hooks";

/** Who wants to be told of what. */
export class Subscribers<K> {
  readonly #acts = new Map<K, Set<() => void>>();

  /** @returns what ends it. */
  add(key: K, act: () => void): () => void {
    const acts = this.#acts.get(key) ?? new Set();
    this.#acts.set(key, acts.add(act));
    return () => {
      acts.delete(act);
      if (acts.size === 0 && this.#acts.get(key) === acts) this.#acts.delete(key);
    };
  }

  tell(key: K): void {
    for (const act of this.#acts.get(key) ?? []) act();
  }
}

/** Draws the component again whenever it is told to. @param of what is subscribed to: another is another. */
export function useTold(subscribe: (act: () => void) => () => void, of: readonly unknown[]): void {
  const [, again] = useReducer((count: number) => count + 1, 0);
  useLayoutEffect(() => subscribe(() => again(undefined)), of);
}
