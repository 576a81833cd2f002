import { useCallback } from "preact/hooks";
import { ask, type Answer } from "./api.ts";
import { useRead, type Resource } from "./resource.ts";

const PAGE = 100;
/** More than somebody would look through. */
const MOST = 1_000;

/** All of a list, page by page, to choose from. @param path null: it may not be read. @param name of the list in the answers. */
export function useAll<T>(path: string | null, name: string): Resource<readonly T[]> {
  const read = useCallback((from: string) => readAll<T>(from, name), [name]);
  return useRead<readonly T[]>(path, read);
}

async function readAll<T>(path: string, name: string): Promise<Answer<readonly T[]>> {
  const all: T[] = [];
  for (let offset = 0; offset < MOST; offset += PAGE) {
    const page = `${path}${path.includes("?") ? "&" : "?"}limit=${PAGE}&offset=${offset}`;
    // Each page says whether there is a next one.
    // oxlint-disable-next-line no-await-in-loop
    const answer = await ask<Record<string, T[]> & { total: number }>("GET", page);
    if (!answer.ok) return answer;
    all.push(...(answer.value[name] ?? []));
    if (offset + PAGE >= answer.value.total) break;
  }
  return { ok: true, value: all };
}
