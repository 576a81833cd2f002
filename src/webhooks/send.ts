// One request to a customer's receiver, which is taken for hostile: it costs at most the time given, and of what it
// answers at most `MAX_RESPONSE_BYTES` are read. Its status decides, as soon as it is there.

import { checkOutboundUrl } from "../domain/outbound-url.ts";
import { isReservedHeader } from "../domain/webhook-headers.ts";
import type { DeliveryAttempt } from "../domain/webhook.ts";
import { withDeadline } from "../lib/deadline.ts";
import { toEpochSeconds } from "../lib/time.ts";
import { signWebhook } from "./signature.ts";

/** For connecting, sending, and the answer's headers and beginning. */
export const SEND_TIMEOUT_MS = 15_000;

/** … of which for its beginning, when the status is known already. */
const RESPONSE_TIMEOUT_MS = 2_000;
const MAX_RESPONSE_BYTES = 1_024;

export type Receiver = {
  url: string;
  /** All live ones, the newest first. */
  secrets: readonly string[];
  /** The customer's own. */
  headers: Readonly<Record<string, string>>;
};

/** `id`: of the event. */
type Message = { id: string; bookmark: string | null; body: string };

export type Answer = DeliveryAttempt & { retryAfter: string | null };

/** What comes before its body. */
type Head = Pick<Answer, "statusCode" | "retryAfter">;

export async function sendWebhook(
  receiver: Receiver,
  message: Message,
  options: { allowLoopbackHttp: boolean; timeoutMs: number },
): Promise<Answer> {
  const atMs = Date.now();
  // The rules may have changed since the address was set.
  const url = checkOutboundUrl(receiver.url, options);
  const none = { atMs, statusCode: null, durationMs: 0, response: null, retryAfter: null };
  if (!url.ok) return { ...none, error: "url_refused" };
  const init = await requestOf(receiver, message, atMs);
  const answer = new AnswerStart();
  let isLate = false;
  try {
    await withDeadline(options.timeoutMs, async (signal) => {
      signal.addEventListener("abort", () => (isLate = true), { once: true });
      const response = await fetch(url.value.href, { ...init, signal });
      await withDeadline(RESPONSE_TIMEOUT_MS, () => answer.read(response)).catch(() => null);
    });
  } catch {
    // What counts of an answer was there, or nothing was.
  } finally {
    answer.cancel();
  }
  const durationMs = Date.now() - atMs;
  if (answer.head === null) return { ...none, durationMs, error: isLate ? "timeout" : "connection_failed" };
  return { atMs, ...answer.head, error: null, durationMs, response: answer.text() };
}

async function requestOf(
  { secrets, headers }: Receiver,
  { id, bookmark, body }: Message,
  atMs: number,
): Promise<RequestInit> {
  const timestampSeconds = toEpochSeconds(atMs);
  return {
    method: "POST",
    redirect: "manual",
    body,
    headers: {
      ...Object.fromEntries(Object.entries(headers).filter(([name]) => !isReservedHeader(name))),
      "content-type": "application/json",
      "user-agent": "Trunkline-Webhooks/1",
      ...(bookmark === null ? {} : { "trunkline-bookmark": bookmark }),
      "webhook-id": id,
      "webhook-timestamp": String(timestampSeconds),
      "webhook-signature": await signWebhook({ id, timestampSeconds, body }, secrets),
    },
  };
}

/** The beginning of an answer, as far as it came. */
class AnswerStart {
  head: Head | null = null;
  readonly #bytes = new Uint8Array(MAX_RESPONSE_BYTES);
  #length = 0;
  #reader: ReadableStreamDefaultReader<Uint8Array> | null = null;

  async read({ status, headers, body }: Response): Promise<void> {
    this.head = { statusCode: status, retryAfter: headers.get("retry-after") };
    if (body === null) return;
    const reader = body.getReader();
    this.#reader = reader;
    while (this.#length < MAX_RESPONSE_BYTES) {
      const { value, done } = await reader.read();
      if (done) return;
      const piece = value.subarray(0, MAX_RESPONSE_BYTES - this.#length);
      this.#bytes.set(piece, this.#length);
      this.#length += piece.length;
    }
  }

  /** Nobody reads the rest. */
  cancel(): void {
    this.#reader?.cancel().catch(() => null);
  }

  /** Fit to be stored and shown: no control characters but tabs and line breaks. Null if nothing was said. */
  text(): string | null {
    // As a stream: a character that is cut off at the end is left out.
    const text = new TextDecoder().decode(this.#bytes.subarray(0, this.#length), { stream: true });
    const clean = text.replace(/[^\P{Cc}\t\n\r]/gu, "");
    return clean === "" ? null : clean;
  }
}
