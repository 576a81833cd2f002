// A WebSocket that comes back. After a loss it goes on where it stood, by the cursor of the last message.

import { ask, SIGNED_IN } from "./api.ts";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const PING_EVERY_MS = 30_000;
/** A network that went away says nothing: a socket that does not answer in this time is given up. */
const PONG_WITHIN_MS = 5_000;
/** The server says that whoever asks may watch no more. */
const SHUT_OUT = 1008;
const DONE = 1000;

export type SocketState = "connecting" | "open" | "lost" | "done";

type Message = { cursor: number };
type Listens<M> = { onMessage: (message: M) => void; onState: (state: SocketState) => void };
type Timer = ReturnType<typeof setTimeout>;

/**
 * @param path of the socket, without its cursor.
 * @param listens `onMessage` gets each message once, in order.
 * @returns what closes it for good.
 */
export function openLiveSocket<M extends Message>(path: string, listens: Listens<M>): () => void {
  const socket = new LiveSocket(path, listens);
  return () => socket.close();
}

class LiveSocket<M extends Message> {
  readonly #path: string;
  readonly #listens: Listens<M>;
  /** The one that is listened to. */
  #socket: WebSocket | null = null;
  #cursor = 0;
  #losses = 0;
  #isShutOut = false;
  #retry: Timer | undefined;
  #overdue: Timer | undefined;
  readonly #pinging: ReturnType<typeof setInterval>;

  constructor(path: string, listens: Listens<M>) {
    this.#path = path;
    this.#listens = listens;
    this.#pinging = setInterval(this.#ping, PING_EVERY_MS);
    addEventListener("online", this.#hurry);
    addEventListener(SIGNED_IN, this.#hurry);
    // It may be but one of the machine's networks that went.
    addEventListener("offline", this.#ping);
    this.#connect();
  }

  close(): void {
    const socket = this.#leave();
    clearTimeout(this.#retry);
    clearInterval(this.#pinging);
    removeEventListener("online", this.#hurry);
    removeEventListener(SIGNED_IN, this.#hurry);
    removeEventListener("offline", this.#ping);
    socket?.close(DONE);
  }

  #connect(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#listens.onState(this.#losses === 0 ? "connecting" : "lost");
    const url = new URL(this.#path, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    if (this.#cursor > 0) url.searchParams.set("cursor", String(this.#cursor));
    const socket = new WebSocket(url);
    this.#socket = socket;
    const whileHeard =
      <E extends Event>(act: (event: E) => void) =>
      (event: E): void => {
        if (this.#socket === socket) act(event);
      };
    let wasOpen = false;
    socket.addEventListener("open", () => (wasOpen = true));
    socket.addEventListener("open", whileHeard(this.#onOpen));
    socket.addEventListener("message", whileHeard(this.#onMessage));
    socket.addEventListener(
      "close",
      whileHeard((event) => this.#onClose(event, wasOpen)),
    );
  }

  readonly #onOpen = (): void => {
    this.#losses = 0;
    this.#listens.onState("open");
  };

  readonly #onMessage = ({ data }: MessageEvent): void => {
    this.#isAlive();
    if (data === "pong") return;
    const message: M = JSON.parse(String(data));
    this.#cursor = message.cursor;
    this.#listens.onMessage(message);
  };

  #onClose({ code }: CloseEvent, wasOpen: boolean): void {
    this.#leave();
    this.#isShutOut = code === SHUT_OUT;
    // A socket does not say why it is not opened. If nobody is signed in any more, this brings it to light.
    if (!wasOpen || this.#isShutOut) void ask("GET", "/desk/session");
    if (code === DONE || this.#isShutOut) this.#listens.onState("done");
    else this.#tryAgain();
  }

  #tryAgain(): void {
    this.#losses += 1;
    this.#listens.onState("lost");
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.#losses - 1));
    // By chance, so that after a deploy not all pages come at once.
    this.#retry = setTimeout(() => this.#connect(), longest * (0.5 + Math.random() / 2));
  }

  /** Who comes back online, or signs in again, does not wait. */
  readonly #hurry = ({ type }: Event): void => {
    const mayAgain = this.#isShutOut && type === SIGNED_IN;
    this.#isShutOut &&= !mayAgain;
    if (this.#retry !== undefined || mayAgain) this.#connect();
  };

  readonly #ping = (): void => {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send("ping");
    this.#overdue ??= setTimeout(() => {
      this.#leave()?.close();
      this.#tryAgain();
    }, PONG_WITHIN_MS);
  };

  #isAlive(): void {
    clearTimeout(this.#overdue);
    this.#overdue = undefined;
  }

  /** What the socket may still say is not heard. */
  #leave(): WebSocket | null {
    this.#isAlive();
    const socket = this.#socket;
    this.#socket = null;
    return socket;
  }
}
