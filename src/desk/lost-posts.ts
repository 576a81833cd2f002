// A POST whose answer was lost may have been done all the same. Who asks for the same again sends the same
// Idempotency-Key, so that it is done once.

/** Who asks for the same after that means it to be done twice. */
const REMEMBERED_MS = 600_000;

const lost = new Map<string, { key: string; atMs: number }>();

/** @param wish what is asked for: path and body. */
export function keyFor(wish: string): string {
  const before = lost.get(wish);
  lost.delete(wish);
  const isRecent = before !== undefined && Date.now() - before.atMs < REMEMBERED_MS;
  return isRecent ? before.key : crypto.randomUUID();
}

/** The next who asks for it gets this key. */
export function keepKey(wish: string, key: string): void {
  lost.set(wish, { key, atMs: Date.now() });
}

/** Whether an answer says what became of the request, and of any before it with the same key. */
export function isTold(status: number): boolean {
  return status < 500 && ![401, 409, 429].includes(status);
}
