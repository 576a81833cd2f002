// The sandbox's own requests: signed, never redirected, at most 15 s each, to the deployment's own origin or (in
// local development) to loopback. Its own origin is not reached over the network, where a Worker cannot call
// itself, but through the loopback binding; the URL stays the public one, since the signature is over it.

import { exports } from "cloudflare:workers";
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

export type Sender = { reach: Reach; authToken: string };

export type Sent = { kind: "answered"; response: Response } | { kind: "failed"; failure: FailureKind };

/** One try. `token` stays the same when the request is tried again. */
export async function send(sender: Sender, { url, method, params }: Post, token: string): Promise<Sent> {
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
  try {
    const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    const response = await request(sender, target, { method, headers, body, signal });
    if (response.status < 400) return { kind: "answered", response };
    await response.body?.cancel();
    return { kind: "failed", failure: response.status < 500 ? "4xx" : "5xx" };
  } catch (error) {
    return { kind: "failed", failure: isTimeout(error) ? "rt" : "ct" };
  }
}

/** A document, tried again as its URL's fragment says. */
export async function fetchDocument(sender: Sender, asked: Post): Promise<DocumentOutcome> {
  const { url, method, params } = asked;
  const { retries, on } = retryPolicyOf(url);
  const token = crypto.randomUUID();
  for (let attempt = 0; ; attempt++) {
    const sent = await send(sender, { url, method, params }, token);
    if (sent.kind === "answered") return readDocument(sent.response);
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
  // Not AbortSignal.timeout: the signal outlives the handshake and would cut the open socket.
  const handshake = new AbortController();
  const timer = setTimeout(() => handshake.abort(), REQUEST_TIMEOUT_MS);
  try {
    const response = await request(sender, withoutFragment(url), { headers, signal: handshake.signal });
    return response.webSocket ?? undefined;
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
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

function isTimeout(error: unknown): boolean {
  return error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError");
}
