// One JSON object per line. Callers pass ids and codes; never secrets, tokens or whole phone numbers.

type Fields = Record<string, string | number | boolean | null | undefined>;

export function logInfo(event: string, fields: Fields = {}): void {
  console.log(JSON.stringify({ level: "info", event, ...fields }));
}

export function logError(event: string, error: unknown, fields: Fields = {}): void {
  console.error(JSON.stringify({ level: "error", event, ...fields, error: describeError(error) }));
}

export function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
