// What a client may store as free JSON. SQLite's json_patch is the merge (RFC 7396), and it has limits
// of its own; these lie inside them, so that a refusal is ours and clear.

export const MAX_JSON_DEPTH = 100;

export type JsonProblem = "too_deep" | "nul_in_key" | "proto_key" | "not_unicode" | "not_finite";

export function checkJson(value: unknown, depth = 1): JsonProblem | null {
  if (typeof value === "string") return value.isWellFormed() ? null : "not_unicode";
  // 1e999 is read as Infinity and would be written as null, which in a merge patch deletes.
  if (typeof value === "number") return Number.isFinite(value) ? null : "not_finite";
  if (typeof value !== "object" || value === null) return null;
  if (depth > MAX_JSON_DEPTH) return "too_deep";
  for (const [key, inner] of Object.entries(value)) {
    if (key.includes("\u0000")) return "nul_in_key";
    // Too easily lost, or worse, wherever an object is built by assignment.
    if (key === "__proto__") return "proto_key";
    if (!key.isWellFormed()) return "not_unicode";
    const problem = checkJson(inner, depth + 1);
    if (problem !== null) return problem;
  }
  return null;
}
