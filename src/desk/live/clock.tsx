// One timer for all times that run. It writes the text itself: to draw 500 rows anew each second would be waste.

import { useLayoutEffect, useRef } from "preact/hooks";
import { showDuration } from "../format.ts";
import type { Board } from "./board.ts";

const SECOND_MS = 1_000;

const acts = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** At the beginning of each second. */
function onSecond(act: () => void): () => void {
  acts.add(act);
  if (timer === undefined) wait();
  return () => {
    acts.delete(act);
    if (acts.size > 0) return;
    clearTimeout(timer);
    timer = undefined;
  };
}

function wait(): void {
  timer = setTimeout(
    () => {
      wait();
      for (const act of acts) act();
    },
    SECOND_MS - (Date.now() % SECOND_MS),
  );
}

/** For how long it lasts already. */
export function Elapsed({ board, since }: { board: Board; since: string }) {
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const sinceMs = Date.parse(since);
    const write = (): void => {
      const text = showDuration((board.nowMs() - sinceMs) / SECOND_MS);
      if (place.current !== null && place.current.textContent !== text) place.current.textContent = text;
    };
    write();
    return onSecond(write);
  }, [board, since]);
  return <span class="live-elapsed" ref={place} />;
}
