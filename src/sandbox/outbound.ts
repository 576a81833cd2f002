// The sandbox's own requests: signed, never redirected, at most 15 s each, to the deployment's own origin or (in
// local development) to loopback. Its own origin is not reached over the network, where a Worker cannot call
// itself, but through the loopback binding; the URL stays the public one, since the signature is over it.

import { exports } from "cloudflare:workers";
import { withDeadline } from "../lib/deadline.ts";
import {
  type FailureKind,
  handshakeUrlOf,
  isOwnOrigin,
  isReachable,
  type Reach,
  retryPolicyOf,
} from "./callback-url.ts";
import type { DocumentOutcome } from "./program.ts";
import { signRequest, withoutFragment } from "./signature.ts";
import type { Post } from "./call-state.ts";

const REQUEST_TIMEOUT_MS = 15_000;
const MAX_TWIML_CHARS = 64 * 1024;

export type Sender = { reach: Reach; authToken: string; /** 15 s unless said. */ timeoutMs?: number };

export type Sent<Answer> = { kind: "answered"; answer: Answer } | { kind: "failed"; failure: FailureKind };

/** One try. `token` stays the same when the request is tried again. The answer is `read` within the same limit. */
export async function send<Answer>(
  sender: Sender,
  { url, method, params }: Post,
  token: string,
  read: (response: Response) => Promise<Answer>,
): Promise<Sent<Answer>> {
  if (!isReachable(url, sender.reach)) return { kind: "failed", failure: "ct" };
  const fields = Object.entries(params);
  const target = method === "GET" ? withQuery(url, fields) : withoutFragment(url);
  const headers = new Headers({
    "X-Twilio-Signature": await signRequest(sender.authToken, target, method === "GET" ? [] : fields),
    "I-Twilio-Idempotency-Token": token,
    "User-Agent": "TwilioProxy/1.1",
    Accept: "*/*",
  });
  const body = method === "GET" ? null : new URLSearchParams(fields);
  let limit: AbortSignal | undefined;
  try {
    return await withDeadline(sender.timeoutMs ?? REQUEST_TIMEOUT_MS, async (signal) => {
      limit = signal;
      const response = await request(sender, target, { method, headers, body, signal });
      if (response.status < 400) return { kind: "answered", answer: await read(response) };
      await response.body?.cancel();
      return { kind: "failed", failure: response.status < 500 ? "4xx" : "5xx" };
    });
  } catch {
    return { kind: "failed", failure: limit?.aborted === true ? "rt" : "ct" };
  }
}

/** A document, tried again as its URL's fragment says. */
export async function fetchDocument(sender: Sender, asked: Post): Promise<DocumentOutcome> {
  const { url, method, params } = asked;
  const { retries, on } = retryPolicyOf(url);
  const token = crypto.randomUUID();
  for (let attempt = 0; ; attempt++) {
    const sent = await send(sender, { url, method, params }, token, readDocument);
    if (sent.kind === "answered") return sent.answer;
    if (attempt >= retries || !on.includes(sent.failure)) {
      return { kind: "failed", errorCode: sent.failure === "ct" ? 11205 : 11200 };
    }
  }
}

async function readDocument(response: Response): Promise<DocumentOutcome> {
  const type = response.headers.get("Content-Type") ?? "";
  try {
    const body = await response.text();
    if (!response.ok) return { kind: "failed", errorCode: 11200 };
    if (!/^(text|application)\/(xml|html)\b/i.test(type)) return { kind: "failed", errorCode: 12300 };
    if (body.length > MAX_TWIML_CHARS) return { kind: "failed", errorCode: 11750 };
    return { kind: "document", body };
  } catch {
    return { kind: "failed", errorCode: 11200 };
  }
}

/** Opens a relay's socket; undefined when the handshake was refused. */
export async function openSocket(sender: Sender, socketUrl: string): Promise<WebSocket | undefined> {
  const url = handshakeUrlOf(socketUrl);
  if (url === undefined || !isReachable(url, sender.reach)) return undefined;
  const signature = await signRequest(sender.authToken, socketUrl);
  const headers = new Headers({ Upgrade: "websocket", "X-Twilio-Signature": signature });
  try {
    const response = await withDeadline(sender.timeoutMs ?? REQUEST_TIMEOUT_MS, (signal) =>
      request(sender, withoutFragment(url), { headers, signal }),
    );
    return response.webSocket ?? undefined;
  } catch {
    return undefined;
  }
}

function request(sender: Sender, url: string, init: RequestInit): Promise<Response> {
  const made = new Request(url, { ...init, redirect: "manual" });
  return isOwnOrigin(url, sender.reach) ? exports.default.fetch(made) : fetch(made);
}

function withQuery(url: string, fields: [string, string][]): string {
  const base = withoutFragment(url);
  return `${base}${base.includes("?") ? "&" : "?"}${new URLSearchParams(fields).toString()}`;
}
