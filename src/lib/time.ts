/** ISO 8601 UTC with `Z`, whole seconds: the one form in which the API speaks of time. */
export function isoSeconds(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString().replace(/\.\d{3}Z$/, "Z");
}

export function toEpochSeconds(epochMs: number): number {
  return Math.floor(epochMs / 1000);
}
