/** JSON Merge Patch (RFC 7396): objects merge deeply, null deletes, everything else replaces. */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, applyMergePatch(merged.get(key), value));
  }
  // From entries, not by assignment: a key named `__proto__` is a key like any other.
  return Object.fromEntries(merged);
}

/**
 * Two patches that do what all of these do, one after the other, to whatever they are put on: the first takes away what
 * they take away or put something else in place of, the second puts what they put. One can't do it: it would have to
 * say of a key both that nothing old is left below it and what is new there.
 */
export function composePatches(patches: readonly unknown[]): [cleared: unknown, put: unknown] {
  return [patches.reduce(clearedToo, {}), patches.reduce(applyMergePatch, {})];
}

/** With null, which stays, wherever the patch has anything but an object. */
function clearedToo(cleared: unknown, patch: unknown): unknown {
  if (cleared === null || !isObject(patch)) return null;
  const merged = new Map(isObject(cleared) ? Object.entries(cleared) : []);
  for (const [key, value] of Object.entries(patch)) merged.set(key, clearedToo(merged.get(key), value));
  return Object.fromEntries(merged);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
