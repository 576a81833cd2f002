import { useEffect, useRef } from "preact/hooks";

/** `in`: somebody signed in, perhaps for another organisation. */
type News = "in" | "out";

/**
 * All tabs share one session: what one of them does to it is told to the others. Who comes back to a tab that may have
 * slept is told `in` too.
 * @returns what tells the others.
 */
export function useOtherTabs(hear: (news: News) => void): (news: News) => void {
  const channel = useRef<BroadcastChannel | null>(null);
  const latest = useRef(hear);
  latest.current = hear;
  useEffect(() => {
    const opened = new BroadcastChannel("desk");
    channel.current = opened;
    opened.addEventListener("message", ({ data }) => latest.current(data === "out" ? "out" : "in"));
    const come = (): void => {
      if (document.visibilityState === "visible") latest.current("in");
    };
    document.addEventListener("visibilitychange", come);
    return () => {
      document.removeEventListener("visibilitychange", come);
      opened.close();
    };
  }, []);
  return (news) => channel.current?.postMessage(news);
}
