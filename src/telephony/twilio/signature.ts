// X-Twilio-Signature. https://www.twilio.com/docs/usage/webhooks/webhooks-security
//
// The signed text is the URL as it was configured and, for a form, each parameter's name and values, sorted.
// A JSON body is covered by `bodySHA256` in the URL instead; a WebSocket handshake by its `wss://` URL alone.
// Twilio is not of one mind about default ports and quoting, so its own spellings of the URL are tried.

import { equalSecrets, hmacKey, hmacWith, sha256Hex, toBase64 } from "../../lib/crypto.ts";
import type { CarrierRequest } from "../provider.ts";

const DEFAULT_PORTS: Record<string, string> = { "https:": "443", "wss:": "443", "http:": "80", "ws:": "80" };

/** Judges whether a request is signed with this token. It keeps the key that it makes of it. */
export function signatureJudge(authToken: string): (request: CarrierRequest) => Promise<boolean> {
  let key: CryptoKey | null = null;
  return async (request) => {
    key ??= await keyOf(authToken);
    return isSignedWith(key, request);
  };
}

async function isSignedWith(key: CryptoKey, request: CarrierRequest): Promise<boolean> {
  const given = request.headers.get("x-twilio-signature");
  if (given === null || !URL.canParse(request.url)) return false;
  const bodyHash = new URL(request.url).searchParams.get("bodySHA256");
  if (bodyHash !== null && !(await equalSecrets(bodyHash, await sha256Hex(request.body)))) return false;
  // A body that neither way of signing covers could be anybody's.
  if (bodyHash === null && request.body !== "" && !isForm(request.headers)) return false;
  const fields = flattenForm(bodyHash === null ? request.body : "");
  for (const url of urlSpellings(request.url)) {
    if (await equalSecrets(given, await signed(key, url + fields))) return true;
  }
  return false;
}

/** @param form the raw `application/x-www-form-urlencoded` body; empty for none. */
export async function signatureOf(authToken: string, url: string, form: string): Promise<string> {
  return signed(await keyOf(authToken), url + flattenForm(form));
}

function keyOf(authToken: string): Promise<CryptoKey> {
  return hmacKey("SHA-1", authToken);
}

async function signed(key: CryptoKey, text: string): Promise<string> {
  return toBase64(await hmacWith(key, text));
}

function flattenForm(form: string): string {
  const values = new Map<string, Set<string>>();
  for (const [name, value] of new URLSearchParams(form)) {
    values.set(name, (values.get(name) ?? new Set()).add(value));
  }
  return [...values.keys()]
    .toSorted(byCodeUnit)
    .flatMap((name) => [...(values.get(name) ?? [])].toSorted(byCodeUnit).map((value) => name + value))
    .join("");
}

/** The usual one first. */
function urlSpellings(url: string): string[] {
  const { protocol, host, hostname, port, username, password } = new URL(url);
  const user = username === "" ? "" : `${username}${password === "" ? "" : `:${password}`}@`;
  const rest = url.replace(/^[a-z]+:\/\/[^/?#]*/i, "");
  const hosts = new Set([host, hostname, `${hostname}:${port || DEFAULT_PORTS[protocol]}`]);
  return [...hosts].flatMap((each) => {
    const spelled = `${protocol}//${user}${each}${rest}`;
    const quoted = spelled.replaceAll("'", "%27");
    return quoted === spelled ? [spelled] : [spelled, quoted];
  });
}

function isForm(headers: Headers): boolean {
  return (headers.get("content-type") ?? "").toLowerCase().startsWith("application/x-www-form-urlencoded");
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
