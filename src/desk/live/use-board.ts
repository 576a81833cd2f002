import { useCallback, useEffect, useState } from "preact/hooks";
import type { BoardMessage } from "../../contract/live.ts";
import { openLiveSocket, type SocketState } from "../live-socket.ts";
import { Board } from "./board.ts";

export type WatchedBoard = {
  board: Board;
  state: SocketState;
  /** Does not wait for the next try. */
  connectAnew: () => void;
};

/** The organisation's live calls, for as long as the page is there. */
export function useBoard(): WatchedBoard {
  const [board] = useState(() => new Board());
  const [state, setState] = useState<SocketState>("connecting");
  const [tries, setTries] = useState(0);
  useEffect(() => {
    const close = openLiveSocket<BoardMessage>("/ws/board", {
      onMessage: (message) => board.hear(message),
      onState: (now) => {
        if (now === "open") board.runClock();
        if (now === "lost" || now === "done") board.stopClock();
        setState(now);
      },
    });
    return () => {
      close();
      board.stop();
    };
  }, [board, tries]);
  const connectAnew = useCallback(() => setTries((count) => count + 1), []);
  return { board, state, connectAnew };
}
