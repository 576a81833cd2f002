// One timer for all times that run. It writes the text itself, and only where it is in view: to draw 500 rows anew
// each second would be waste.

import { useLayoutEffect, useRef } from "preact/hooks";
import { showDuration } from "../format.ts";
import type { Board } from "./board.ts";
import { watchView } from "./seen.ts";

const SECOND_MS = 1_000;

const acts = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** At the beginning of each second. */
function onSecond(act: () => void): void {
  acts.add(act);
  if (timer === undefined) wait();
}

function off(act: () => void): void {
  acts.delete(act);
  if (acts.size > 0) return;
  clearTimeout(timer);
  timer = undefined;
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
    const element = place.current;
    if (element === null) return;
    const sinceMs = Date.parse(since);
    const write = (): void => {
      const text = showDuration((board.nowMs() - sinceMs) / SECOND_MS);
      if (element.textContent !== text) element.textContent = text;
    };
    write();
    const leave = watchView(element, (isInView) => {
      if (!isInView) return off(write);
      write();
      onSecond(write);
    });
    return () => {
      leave();
      off(write);
    };
  }, [board, since]);
  return <span class="live-elapsed" ref={place} />;
}
