// The desk speaks the same API as every other client. The session's cookie goes along by itself.

import { isTold, keepKey, keyFor } from "./lost-posts.ts";

/** A refusal (RFC 9457), or what stands for it where no answer came. */
export type Problem = {
  /** `offline`: nobody answered; `lost`: nor is it known whether what was asked for was done. */
  code: string;
  detail: string;
  errors?: { path: string; message: string }[];
};
export type Answer<T> = { ok: true; value: T } | { ok: false; problem: Problem };
export type Method = "GET" | "POST" | "PATCH" | "DELETE";

const PATIENCE_MS = 30_000;
const OFFLINE: Problem = { code: "offline", detail: "The server can't be reached." };
const SIGNED_OUT: Problem = { code: "unauthorized", detail: "The session had ended. Please try again." };
const LOST: Problem = {
  code: "lost",
  detail: "No answer came. It is not known whether this was done; trying again is safe.",
};
const UNREADABLE: Problem = { code: "unreadable", detail: "The server's answer could not be read." };

const BOOKMARK = "trunkline-bookmark";
const SESSION = "/desk/session";
/** Somebody is signed in again: what could not be read can be. */
export const SIGNED_IN = "desk:signed-in";

/** How far the newest answer knew; sent along, so that what is read next shows what was changed. Sorts as text. */
let bookmark = "";
let onSignedOut = (): void => {};

/** @param act what is done when the session turns out to have ended. */
export function whenSignedOut(act: () => void): void {
  onSignedOut = act;
}

/** @param T what the contract says is answered: the server that serves this page is the one that answers. */
export async function ask<T>(method: Method, path: string, body?: unknown): Promise<Answer<T>> {
  const sent = body === undefined ? null : JSON.stringify(body);
  if (method !== "POST" || path === SESSION) return (await send<T>(method, path, sent)).answer;
  const wish = `${path} ${sent}`;
  const key = keyFor(wish);
  const { answer, status } = await send<T>(method, path, sent, key);
  if (status === null || !isTold(status)) keepKey(wish, key);
  return status === null ? { ok: false, problem: LOST } : answer;
}

/** @returns `status`: null if no answer came that could be read. */
async function send<T>(
  method: Method,
  path: string,
  body: string | null,
  key?: string,
): Promise<{ answer: Answer<T>; status: number | null }> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      body,
      headers: {
        ...(body === null ? {} : { "content-type": "application/json" }),
        ...(key === undefined ? {} : { "idempotency-key": key }),
        ...(bookmark === "" ? {} : { [BOOKMARK]: bookmark }),
      },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch {
    return { answer: { ok: false, problem: OFFLINE }, status: null };
  }
  const { status, ok, headers } = response;
  const known = headers.get(BOOKMARK) ?? "";
  if (known > bookmark) bookmark = known;
  // Of a key that is not the right one only who typed it is told.
  const isSignIn = method === "POST" && path === SESSION;
  if (status === 401 && !isSignIn) {
    onSignedOut();
    return { answer: { ok: false, problem: SIGNED_OUT }, status };
  }
  try {
    const value = status === 204 ? null : await response.json();
    return { answer: ok ? { ok, value } : { ok, problem: value }, status };
  } catch {
    const problem = ok ? UNREADABLE : { ...UNREADABLE, code: String(status) };
    return { answer: { ok: false, problem }, status: ok ? null : status };
  }
}

/** A path with a query of what is set. */
export function pathOf(path: string, query: Record<string, string | number | undefined>): string {
  const set = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  return set.length === 0
    ? path
    : `${path}?${new URLSearchParams(set.map(([name, value]) => [name, String(value)]))}`;
}
