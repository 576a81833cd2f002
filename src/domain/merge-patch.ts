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

/** What patches make of a value, whatever it was: something that is no object, null for nothing; or an object. */
type Fate = { to: unknown } | { isNew: boolean; parts: Map<string, Fate> };

/**
 * One patch or two that do what all of these do, one after the other, to whatever they are put on. Two if something old
 * was taken away and an object put in its place: of that, one patch can't say both that nothing old is left in it and
 * what is new there. So the first clears it, and the second says all the rest.
 */
export function composePatches(patches: readonly unknown[]): unknown[] {
  let fate: Fate | undefined;
  for (const patch of patches) fate = patched(fate, patch, false);
  if (fate === undefined) return [];
  const cleared = clearedBy(fate);
  return cleared === undefined ? [putBy(fate)] : [cleared, putBy(fate)];
}

/** Changed in place: many patches take no longer than what they say. `isNew`: there is nothing old to be merged with. */
function patched(fate: Fate | undefined, patch: unknown, isNew: boolean): Fate {
  if (!isObject(patch)) return { to: patch };
  const merged =
    fate !== undefined && "parts" in fate
      ? fate
      : { isNew: isNew || fate !== undefined, parts: new Map<string, Fate>() };
  for (const [key, value] of Object.entries(patch)) {
    if (merged.isNew && value === null) merged.parts.delete(key);
    else merged.parts.set(key, patched(merged.parts.get(key), value, merged.isNew));
  }
  return merged;
}

/** Undefined if nothing old has to go before the rest is put. */
function clearedBy(fate: Fate): unknown {
  if (!("parts" in fate)) return undefined;
  if (fate.isNew) return null;
  const cleared = [...fate.parts]
    .map(([key, part]) => [key, clearedBy(part)] as const)
    .filter(([, part]) => part !== undefined);
  return cleared.length === 0 ? undefined : Object.fromEntries(cleared);
}

function putBy(fate: Fate): unknown {
  if (!("parts" in fate)) return fate.to;
  return Object.fromEntries([...fate.parts].map(([key, part]) => [key, putBy(part)]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
