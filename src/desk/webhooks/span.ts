// Moments as the browser's own controls have them, in the reader's zone, and as the API is told them.

/** `2026-05-12T14:00` → `2026-05-12T12:00:00.000Z`, and nothing stays nothing. */
export function momentOf(local: string): string | undefined {
  const ms = Date.parse(local);
  return local === "" || Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

/** What lies so long before now. */
export function localBefore(seconds: number): string {
  const then = Date.now() - seconds * 1000;
  const offsetMs = new Date(then).getTimezoneOffset() * 60_000;
  return new Date(then - offsetMs).toISOString().slice(0, 16);
}
