/**
 * Runs `work` for at most `ms`, with a signal that aborts then; what does not heed the signal is left to itself.
 * Unlike `AbortSignal.timeout` the timer goes when the work is done: a pending one keeps a Durable Object from
 * hibernating, and would cut a body that is still streaming.
 */
export async function withDeadline<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new Error(`No answer within ${ms} ms`);
    controller.abort(error);
    late.reject(error);
  }, ms);
  try {
    return await Promise.race([work(controller.signal), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
