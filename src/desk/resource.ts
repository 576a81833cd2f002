import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ask, SIGNED_IN, type Answer, type Problem } from "./api.ts";

/** What is known of a resource. While it is read again the last value stays. */
export type Resource<T> = {
  value: T | null;
  /** What was read last, be it of another path: shown, as old, until what is asked for now is there. */
  last: T | null;
  problem: Problem | null;
  isLoading: boolean;
  reload: () => Promise<void>;
  /** Shows a value that is known to be newer, as the answer to a change. */
  replace: (value: T) => void;
};

type State<T> = {
  /** That was answered last. */
  path: string | null;
  problem: Problem | null;
  value: T | null;
  /** The path that gave the value. */
  of: string | null;
};

/** @param path null: nothing is asked for yet. What another path gave is no value of this one. */
export function useResource<T>(path: string | null): Resource<T> {
  return useRead<T>(path, readOne);
}

function readOne<T>(path: string): Promise<Answer<T>> {
  return ask<T>("GET", path);
}

/** @param read what asks for what is at a path; the same function each time. */
export function useRead<T>(path: string | null, read: (path: string) => Promise<Answer<T>>): Resource<T> {
  const [state, setState] = useState<State<T>>({ path: null, problem: null, value: null, of: null });
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
    const answer = await read(asked);
    // Who asked later is answered later.
    if (mine !== latest.current) return;
    setLoading(false);
    setState((before) =>
      answer.ok
        ? { path: asked, problem: null, value: answer.value, of: asked }
        : { ...before, path: asked, problem: answer.problem },
    );
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
  const replace = useCallback((value: T) => setState({ path, problem: null, value, of: path }), [path]);
  const isThis = state.path === path;
  return {
    value: state.of === path ? state.value : null,
    last: state.value,
    problem: isThis ? state.problem : null,
    isLoading: isLoading || (path !== null && !isThis),
    reload,
    replace,
  };
}
