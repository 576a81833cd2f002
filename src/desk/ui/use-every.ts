import { useEffect, useRef } from "preact/hooks";

/** Does it again and again, as long as somebody can see the page. */
export function useEvery(seconds: number, act: () => unknown): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === "visible" && navigator.onLine) void latest.current();
    }, seconds * 1000);
    return () => clearInterval(timer);
  }, [seconds]);
}
