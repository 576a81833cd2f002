import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ask, SIGNED_IN, type Problem } from "./api.ts";

/** What is known of a resource. While it is read again the last value stays. */
export type Resource<T> = {
  value: T | null;
  problem: Problem | null;
  isLoading: boolean;
  reload: () => Promise<void>;
  /** Shows a value that is known to be newer, as the answer to a change. */
  replace: (value: T) => void;
};

/** @param path null: nothing is asked for yet. Another path forgets what the last one gave. */
export function useResource<T>(path: string | null): Resource<T> {
  const [state, setState] = useState<{ path: string | null; value: T | null; problem: Problem | null }>({
    path: null,
    value: null,
    problem: null,
  });
  const [isLoading, setLoading] = useState(path !== null);
  const latest = useRef(0);
  // Who was handed `reload` before the path changed means what is shown now.
  const shown = useRef(path);
  shown.current = path;
  const reload = useCallback(async () => {
    const asked = shown.current;
    if (asked === null) return;
    latest.current += 1;
    const mine = latest.current;
    setLoading(true);
    const answer = await ask<T>("GET", asked);
    // Who asked later is answered later.
    if (mine !== latest.current) return;
    setLoading(false);
    setState((before) => {
      const value = before.path === asked ? before.value : null;
      return answer.ok
        ? { path: asked, value: answer.value, problem: null }
        : { path: asked, value, problem: answer.problem };
    });
  }, [path]);
  useEffect(() => {
    void reload();
    return () => {
      latest.current += 1;
    };
  }, [reload]);
  useEffect(() => {
    addEventListener(SIGNED_IN, reload);
    return () => removeEventListener(SIGNED_IN, reload);
  }, [reload]);
  const replace = useCallback((value: T) => setState({ path, value, problem: null }), [path]);
  const isThis = state.path === path;
  return {
    value: isThis ? state.value : null,
    problem: isThis ? state.problem : null,
    isLoading: isLoading || (path !== null && !isThis),
    reload,
    replace,
  };
}
