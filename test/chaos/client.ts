// A client as one should be: what it is not answered it asks again, under the same Idempotency-Key.

import { setTimeout as pause } from "node:timers/promises";

export type Api = { url: string; apiKey: string };
export type Answer = { status: number; body: unknown };
export type Asked = {
  method: "GET" | "POST" | "PATCH";
  path: string;
  body?: object;
  idempotencyKey?: string;
};

const ANSWER_WITHIN_MS = 15_000;
/** The first wait; each is twice the one before, for a server that comes back is not to be asked by all at once. */
const ASK_AGAIN_MS = 150;
const LONGEST_WAIT_MS = 3_000;
/** Longer than any lease of a request whose server died, and than the one of its second try. */
const GIVE_UP_AFTER_MS = 150_000;

/** One try. Throws where no answer came. */
export async function ask({ url, apiKey }: Api, asked: Asked): Promise<Answer> {
  const { method, path, body, idempotencyKey } = asked;
  const response = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${apiKey}`,
      "content-type": "application/json",
      ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? null : JSON.parse(text) };
}

/**
 * Asks until there is an answer that is more than "not now".
 * @param troubledMs when the server was away last: patience begins when it is back.
 */
export async function askUntilAnswered(
  api: Api,
  asked: Asked,
  troubledMs: () => number = () => 0,
): Promise<Answer> {
  const beganMs = Date.now();
  for (let waitMs = ASK_AGAIN_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, 2 * waitMs)) {
    const answer = await ask(api, asked).catch(() => null);
    if (answer !== null && !isNotNow(answer)) return answer;
    if (Date.now() > Math.max(beganMs, troubledMs()) + GIVE_UP_AFTER_MS) {
      throw new Error(`${asked.method} ${asked.path} is never answered`);
    }
    await pause(waitMs);
  }
}

/** What was asked must be done. */
export async function request(api: Api, asked: Asked): Promise<unknown> {
  const { status, body } = await askUntilAnswered(api, asked);
  if (status >= 300) throw new Error(`${asked.method} ${asked.path}: ${status} ${JSON.stringify(body)}`);
  return body;
}

export function codeOf({ body }: Answer): string | null {
  return typeof body === "object" && body !== null && "code" in body ? String(body.code) : null;
}

/** The one before has died over it, or has not come to its end. */
function isNotNow(answer: Answer): boolean {
  const code = codeOf(answer);
  return code === "idempotency_in_progress" || code === "unavailable";
}
