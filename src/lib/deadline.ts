/**
 * Runs `work` with a signal that aborts after `ms`. Unlike `AbortSignal.timeout` the timer goes when the work is
 * done: a pending one keeps a Durable Object from hibernating, and would cut a body that is still streaming.
 */
export async function withDeadline<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error(`No answer within ${ms} ms`)), ms);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}
