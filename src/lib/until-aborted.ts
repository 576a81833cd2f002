/**
 * The items of `source` until the signal aborts. One that is being awaited then is not waited for: a source that never
 * gives it keeps nobody.
 */
export async function* untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const items = source[Symbol.asyncIterator]();
  const aborted = Promise.withResolvers<null>();
  const abort = (): void => aborted.resolve(null);
  signal.addEventListener("abort", abort, { once: true });
  let isOver = false;
  try {
    while (!signal.aborted) {
      const next = await Promise.race([items.next(), aborted.promise]);
      if (next === null || signal.aborted) return;
      isOver = next.done === true;
      if (next.done === true) return;
      yield next.value;
    }
  } catch (error) {
    isOver = true;
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
    // It ends when it comes to it, and what it makes of that is of no interest any more.
    if (!isOver) items.return?.().catch(() => undefined);
  }
}
