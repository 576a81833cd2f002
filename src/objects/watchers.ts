// The sockets of those who watch an object. A key let each of them in, and they are shut out once that is revoked or
// expired: before a message the key is read again, unless that was done within the last minute. What comes while it is
// read waits, so that all is sent in order and nothing to whom it is no longer for. A socket may have an end of its own,
// before that of its key: the desk's session that opened it ends then.

import { z } from "zod";
import type { Db } from "../db/client.ts";
import { readKeyAnew } from "../db/keys.ts";
import { logError } from "../lib/log.ts";
import { err, ok, type Result } from "../lib/result.ts";

const WATCHER_TAG = "watcher";

/** Revoking a key takes effect everywhere within this (contract: 60 seconds). */
const RECHECK_MS = 60_000;

type Close = readonly [code: number, reason: string];

/** Why the server closes a watcher's socket: its key may watch no more. */
const SHUT_OUT: Close = [1008, "The key may watch no more"];
/** … or nobody can say whether it may. Who comes again with its cursor has missed nothing. */
const TRY_AGAIN: Close = [1013, "The key can't be checked at the moment"];

/**
 * What a socket remembers while the object is out of memory. `checkedAtMs`: the key was read no earlier than that; 0
 * where it was only known from a cache.
 */
const watcherSchema = z.object({
  keyId: z.string(),
  /** Epoch seconds, as is the other. Unknown to sockets that a version before it took in. */
  until: z.number().nullable().default(null),
  keyExpiresAt: z.number().nullable(),
  checkedAtMs: z.number(),
});
type Watcher = z.infer<typeof watcherSchema>;
type KeyState = Pick<Watcher, "keyExpiresAt" | "checkedAtMs">;

/** Who asked to watch, and until when they may at most; null for as long as the key does. */
export type Ticket = Pick<Watcher, "keyId" | "until">;

type Parts = { ctx: DurableObjectState; db: Db };
type Act = (socket: WebSocket) => void;
/** Until when who has the key watches on, or why they don't. */
type Verdict = Result<KeyState, Close>;

export class Watchers {
  readonly #ctx: DurableObjectState;
  readonly #db: Db;
  /** What waits for a key to be read, by socket. */
  readonly #waiting = new Map<WebSocket, Act[]>();
  /** The keys that are being read. */
  readonly #reading = new Map<string, Promise<Verdict>>();

  constructor({ ctx, db }: Parts) {
    this.#ctx = ctx;
    this.#db = db;
    // Who asks whether it still hears wakes nobody.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  /** Takes a socket in that a key was let in with. */
  join(socket: WebSocket, { keyId, until }: Ticket): void {
    this.#ctx.acceptWebSocket(socket, [WATCHER_TAG, keyId]);
    remember(socket, { keyId, until, keyExpiresAt: null, checkedAtMs: 0 });
  }

  tell(text: string, nowMs: number): void {
    this.#forEach((socket) => trySend(socket, text), nowMs);
  }

  /** Closes all sockets, each after all that it was to be told. */
  close(code: number, reason: string, nowMs: number): void {
    this.#forEach((socket) => tryClose(socket, code, reason), nowMs);
  }

  /** Closes the sockets that this key has opened: it was revoked. */
  shutOut(keyId: string): void {
    for (const socket of this.#ctx.getWebSockets(keyId)) tryClose(socket, ...SHUT_OUT);
  }

  #forEach(act: Act, nowMs: number): void {
    for (const socket of this.#ctx.getWebSockets(WATCHER_TAG)) this.#do(socket, act, nowMs);
  }

  #do(socket: WebSocket, act: Act, nowMs: number): void {
    const waiting = this.#waiting.get(socket);
    if (waiting !== undefined) {
      waiting.push(act);
      return;
    }
    const watcher = watcherSchema.safeParse(socket.deserializeAttachment());
    if (!watcher.success || hasExpired(watcher.data, nowMs)) tryClose(socket, ...SHUT_OUT);
    else if (nowMs - watcher.data.checkedAtMs < RECHECK_MS) act(socket);
    else {
      this.#waiting.set(socket, [act]);
      this.#ctx.waitUntil(this.#doOnceRead(socket, watcher.data, nowMs));
    }
  }

  async #doOnceRead(socket: WebSocket, { keyId, until }: Ticket, nowMs: number): Promise<void> {
    const verdict = await this.#read(keyId, nowMs);
    const waiting = this.#waiting.get(socket) ?? [];
    this.#waiting.delete(socket);
    if (!verdict.ok) {
      tryClose(socket, ...verdict.error);
      return;
    }
    remember(socket, { keyId, until, ...verdict.value });
    for (const act of waiting) act(socket);
  }

  /** Many sockets of one key ask once. */
  #read(keyId: string, nowMs: number): Promise<Verdict> {
    const reading = this.#reading.get(keyId) ?? this.#judge(keyId, nowMs);
    this.#reading.set(keyId, reading);
    return reading;
  }

  async #judge(keyId: string, nowMs: number): Promise<Verdict> {
    try {
      const key = await readKeyAnew(this.#db, keyId, nowMs);
      if (key === null) return err(SHUT_OUT);
      return hasPassed(key.expiresAt, Date.now())
        ? err(SHUT_OUT)
        : ok({ keyExpiresAt: key.expiresAt, checkedAtMs: nowMs });
    } catch (error) {
      logError("watching_key_unread", error, { key_id: keyId });
      return err(TRY_AGAIN);
    } finally {
      this.#reading.delete(keyId);
    }
  }
}

/** The ticket in a request's target. */
export function ticketOf(target: URLSearchParams): Ticket {
  const until = target.get("until");
  return { keyId: target.get("key") ?? "", until: until === null ? null : Number(until) };
}

function hasExpired({ until, keyExpiresAt }: Watcher, nowMs: number): boolean {
  return hasPassed(until, nowMs) || hasPassed(keyExpiresAt, nowMs);
}

/** @param end epoch seconds; null never passes, and what is no number always has. */
function hasPassed(end: number | null, nowMs: number): boolean {
  return end !== null && !(nowMs < end * 1000);
}

function remember(socket: WebSocket, watcher: Watcher): void {
  socket.serializeAttachment(watcher);
}

/** False if the socket is gone; its close event tells the rest. */
export function trySend(socket: WebSocket, text: string): boolean {
  try {
    socket.send(text);
    return true;
  } catch {
    return false;
  }
}

function tryClose(socket: WebSocket, code: number, reason: string): void {
  try {
    socket.close(code, reason);
  } catch {
    // The other side was quicker.
  }
}
