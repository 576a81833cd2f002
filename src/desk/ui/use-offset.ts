import { pathOf } from "../api.ts";
import { go, usePlace } from "../router.tsx";

/** Where a list stands, kept in the address beside whatever else is there. */
export function useOffset(): [offset: number, move: (offset: number) => void] {
  const { path, query } = usePlace();
  const text = query.get("offset") ?? "";
  const move = (offset: number): void => {
    const rest = Object.fromEntries([...query].filter(([name]) => name !== "offset"));
    go(pathOf(path, { ...rest, offset: offset === 0 ? undefined : offset }), "replace");
  };
  return [/^\d{1,7}$/.test(text) ? Number(text) : 0, move];
}
