import type { ApiKey } from "../../db/keys.ts";

/**
 * What an object is told of who watches. `until` is the end of who asked: a session of the desk ends before its key
 * does, which is all that the object could learn from the key itself.
 */
export function watchingBy({ id, expiresAt }: ApiKey): Record<string, string> {
  return { key: id, ...(expiresAt === null ? {} : { until: String(expiresAt) }) };
}
