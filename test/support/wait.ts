/**
 * Asks until the answer is what is waited for. The pause only keeps the asking from being busy; nothing
 * depends on its length, and the test's own time limit bounds the whole.
 */
export async function until<T>(ask: () => Promise<T>, done: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (done(answer)) return answer;
    await scheduler.wait(20);
  }
}
