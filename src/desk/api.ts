// The desk speaks the same API as every other client. The session's cookie goes along by itself.

/** A refusal (RFC 9457), or what stands for it where no answer came. */
export type Problem = {
  /** `offline`: nobody answered. */
  code: string;
  detail: string;
  errors?: { path: string; message: string }[];
};
export type Answer<T> = { ok: true; value: T } | { ok: false; problem: Problem };
export type Method = "GET" | "POST" | "PATCH" | "DELETE";

const PATIENCE_MS = 30_000;
const OFFLINE: Problem = { code: "offline", detail: "The server can't be reached." };
const UNREADABLE: Problem = { code: "unreadable", detail: "The server's answer could not be read." };

const SESSION = "/desk/session";
/** Somebody is signed in again: what could not be read can be. */
export const SIGNED_IN = "desk:signed-in";

let onSignedOut = (): void => {};

/** @param act what is done when the session turns out to have ended. */
export function whenSignedOut(act: () => void): void {
  onSignedOut = act;
}

/** @param T what the contract says is answered: the server that serves this page is the one that answers. */
export async function ask<T>(method: Method, path: string, body?: unknown): Promise<Answer<T>> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body === undefined
        ? {}
        : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
  } catch {
    return { ok: false, problem: OFFLINE };
  }
  // Of a key that is not the right one only who typed it is told.
  const isSignIn = method === "POST" && path === SESSION;
  if (response.status === 401 && !isSignIn) onSignedOut();
  try {
    const value = response.status === 204 ? null : await response.json();
    return response.ok ? { ok: true, value } : { ok: false, problem: value };
  } catch {
    return {
      ok: false,
      problem: response.ok ? UNREADABLE : { ...UNREADABLE, code: String(response.status) },
    };
  }
}

/** A path with a query of what is set. */
export function pathOf(path: string, query: Record<string, string | number | undefined>): string {
  const set = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  return set.length === 0
    ? path
    : `${path}?${new URLSearchParams(set.map(([name, value]) => [name, String(value)]))}`;
}
