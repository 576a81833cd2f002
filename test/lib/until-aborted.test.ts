import { describe, expect, test } from "vitest";
import { untilAborted } from "../../src/lib/until-aborted.ts";

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** Gives what it has, and then nothing for ever. `ended`: it was told that nobody wants more. */
function stuckAfter(...items: number[]) {
  const state = { ended: false };
  const never = Promise.withResolvers<IteratorResult<number>>();
  const iterator: AsyncIterator<number> = {
    next: async () => {
      const value = items.shift();
      return value === undefined ? never.promise : { done: false, value };
    },
    return: async () => {
      state.ended = true;
      throw new Error("It does not like that");
    },
  };
  return { state, source: { [Symbol.asyncIterator]: () => iterator } };
}

describe("items until an abort", () => {
  test("are all of them if nobody aborts", async () => {
    async function* source() {
      yield 1;
      yield 2;
    }
    expect(await collect(untilAborted(source(), new AbortController().signal))).toEqual([1, 2]);
  });

  test("end with it, though the source never gives another", async () => {
    const abort = new AbortController();
    const { state, source } = stuckAfter(1);
    const collected = collect(untilAborted(source, abort.signal));
    await scheduler.wait(1);
    expect(state.ended).toBe(false);
    abort.abort();
    expect(await collected).toEqual([1]);
    expect(state.ended).toBe(true);
  });

  test("are none of a signal that is aborted already", async () => {
    const { source } = stuckAfter(1);
    expect(await collect(untilAborted(source, AbortSignal.abort()))).toEqual([]);
  });

  test("end with the source's own failure", async () => {
    async function* source(): AsyncGenerator<number> {
      yield 1;
      throw new Error("broken");
    }
    await expect(collect(untilAborted(source(), new AbortController().signal))).rejects.toThrow("broken");
  });
});
