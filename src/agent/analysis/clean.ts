// Text and JSON that others made up, so that a database can hold and merge it whatever it is.

const MAX_DEPTH = 20;

/** Without U+0000, at which SQLite ends a text, and without halves of surrogate pairs. */
export function cleanText(text: string): string {
  return text.replaceAll("\u0000", "").toWellFormed();
}

/** On one line, and cut if it is too long. */
export function oneLine(text: string, maxLength: number): string {
  const line = cleanText(text)
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
  return line.length <= maxLength ? line : `${line.slice(0, maxLength - 1).toWellFormed()}…`;
}

/** Null stands for nothing, as it does in a merge patch; what is nested too deep or no JSON at all becomes it too. */
function cleanJson(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return cleanText(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "boolean") return value;
  if (typeof value !== "object" || value === null || depth === MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((item) => cleanJson(item, depth + 1));
  return cleanObject(value, depth);
}

export function cleanObject(object: object, depth = 0): Record<string, unknown> {
  const entries = Object.entries(object)
    .map(([key, item]) => [cleanText(key), cleanJson(item, depth + 1)] as const)
    .filter(([key, item]) => item !== null && key !== "__proto__");
  return Object.fromEntries(entries);
}
