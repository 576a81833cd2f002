// One JSON object per line. Callers pass ids and codes; never secrets, tokens or whole phone numbers. What others
// write into an error's message (a database its parameters, a client its URL) is cut or masked here.

type Fields = Record<string, string | number | boolean | readonly string[] | null | undefined>;

export function logInfo(event: string, fields: Fields = {}): void {
  console.log(JSON.stringify({ level: "info", event, ...fields }));
}

export function logError(event: string, error: unknown, fields: Fields = {}): void {
  console.error(JSON.stringify({ level: "error", event, ...fields, error: describeError(error) }));
}

/** The error and its causes on one line, fit to be logged. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return redact(String(error));
  const cause = error.cause === undefined ? "" : ` (${describeError(error.cause)})`;
  return `${error.name}: ${redact(error.message)}${cause}`;
}

function redact(text: string): string {
  return text
    .replace(/\bparams:[\s\S]*$/, "params: …")
    .replace(/\btl_k_\w+/g, "tl_k_…")
    .replace(/\btl_t_[\w.-]+/g, "tl_t_…")
    .replace(/(\+|%2B)\d{3}\d+(?=\d{2})/gi, "+…");
}
