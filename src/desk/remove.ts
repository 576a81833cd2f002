import { ask, type Answer } from "./api.ts";

/** Deletes. `true` tells it from a dialog that was closed, for the API answers nothing. */
export async function remove(path: string): Promise<Answer<true>> {
  const answer = await ask<null>("DELETE", path);
  return answer.ok ? { ok: true, value: true } : answer;
}
