/**
 * Asks a Durable Object. One that was just restarted refuses what met it in that moment; asked anew, by a stub of its
 * own, it answers. For what may be done twice.
 */
export async function askTwice<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch {
    return ask();
  }
}
