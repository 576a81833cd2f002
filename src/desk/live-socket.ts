// A WebSocket that comes back. After a loss it goes on where it stood, by the cursor of the last message.

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const PING_EVERY_MS = 30_000;
/** The server says that whoever asks may watch no more. */
const SHUT_OUT = 1008;
const DONE = 1000;

export type SocketState = "connecting" | "open" | "lost" | "done";

type Message = { cursor: number };

/**
 * @param path of the socket, without its cursor.
 * @param listens `onMessage` gets each message once, in order.
 * @returns what closes it for good.
 */
export function openLiveSocket<M extends Message>(
  path: string,
  listens: { onMessage: (message: M) => void; onState: (state: SocketState) => void },
): () => void {
  let cursor = 0;
  let losses = 0;
  let socket: WebSocket | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;

  const connect = (): void => {
    listens.onState(losses === 0 ? "connecting" : "lost");
    const url = new URL(path, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    if (cursor > 0) url.searchParams.set("cursor", String(cursor));
    const opened = new WebSocket(url);
    socket = opened;
    opened.addEventListener("open", () => {
      losses = 0;
      listens.onState("open");
    });
    opened.addEventListener("message", ({ data }) => {
      if (data === "pong") return;
      const message: M = JSON.parse(String(data));
      cursor = message.cursor;
      listens.onMessage(message);
    });
    opened.addEventListener("close", ({ code }) => {
      if (isClosed) return;
      if (code === DONE || code === SHUT_OUT) return listens.onState("done");
      losses += 1;
      listens.onState("lost");
      // By chance, so that after a deploy not all pages come at once.
      const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (losses - 1)) * (0.5 + Math.random() / 2);
      retry = setTimeout(connect, wait);
    });
  };
  /** Who comes back online does not wait. */
  const hurry = (): void => {
    if (isClosed || socket?.readyState !== WebSocket.CLOSED) return;
    clearTimeout(retry);
    connect();
  };
  const ping = setInterval(() => {
    if (socket?.readyState === WebSocket.OPEN) socket.send("ping");
  }, PING_EVERY_MS);
  addEventListener("online", hurry);
  connect();
  return () => {
    isClosed = true;
    clearTimeout(retry);
    clearInterval(ping);
    removeEventListener("online", hurry);
    socket?.close(1000);
  };
}
