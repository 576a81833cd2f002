type Fields = Record<string, unknown>;

/** The merge patch (RFC 7396) that makes `before` into `after`: only what differs, and null for what is gone. */
export function changesOf(before: Fields, after: Fields): Fields {
  const changes: Fields = {};
  for (const name of Object.keys(before)) if (!Object.hasOwn(after, name)) changes[name] = null;
  for (const [name, now] of Object.entries(after)) {
    const was = Object.hasOwn(before, name) ? before[name] : undefined;
    if (isFields(was) && isFields(now)) {
      const inside = changesOf(was, now);
      if (Object.keys(inside).length > 0) changes[name] = inside;
    } else if (JSON.stringify(was) !== JSON.stringify(now)) changes[name] = now;
  }
  return changes;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
