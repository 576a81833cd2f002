import { useEffect, useState } from "preact/hooks";
import type { LiveMessage } from "../../contract/live.ts";
import { openLiveSocket, type SocketState } from "../live-socket.ts";
import { hear, NOTHING_HEARD, type WatchedCall } from "./watched-call.ts";

/** Listens to a call while it is shown. @param isThere whether there is such a call: else there is no socket. */
export function useWatchedCall(id: string, isThere: boolean): { watched: WatchedCall; state: SocketState } {
  const [watched, setWatched] = useState(NOTHING_HEARD);
  const [state, setState] = useState<SocketState>("connecting");
  useEffect(() => {
    if (!isThere) return;
    const heard: LiveMessage[] = [];
    let frame: number | null = null;
    const close = openLiveSocket<LiveMessage>(`/ws/live/${id}`, {
      onState: setState,
      // Who joins late is told much at once: it is drawn once.
      onMessage: (message) => {
        heard.push(message);
        frame ??= requestAnimationFrame(() => {
          frame = null;
          const news = heard.splice(0);
          setWatched((known) => news.reduce(hear, known));
        });
      },
    });
    return () => {
      close();
      if (frame !== null) cancelAnimationFrame(frame);
    };
  }, [id, isThere]);
  return { watched, state };
}
