// X-Twilio-Signature. https://www.twilio.com/docs/usage/webhooks/webhooks-security
//
// The signed text is the URL as it was configured and, for a form, each parameter's name and values, sorted.
// A JSON body is covered by `bodySHA256` in the URL instead; a WebSocket handshake by its `wss://` URL alone.
// Twilio is not of one mind about default ports and quoting, so its own spellings of the URL are tried.

import { equalSecrets, hmac, sha256Hex, toBase64 } from "../../lib/crypto.ts";
import type { CarrierRequest } from "../provider.ts";

const DEFAULT_PORTS: Record<string, string> = { "https:": "443", "wss:": "443", "http:": "80", "ws:": "80" };

export async function isSignedBy(authToken: string, request: CarrierRequest): Promise<boolean> {
  const given = request.headers.get("x-twilio-signature");
  if (given === null || !URL.canParse(request.url)) return false;
  const bodyHash = new URL(request.url).searchParams.get("bodySHA256");
  if (bodyHash !== null && !(await equalSecrets(bodyHash, await sha256Hex(request.body)))) return false;
  // A body that neither way of signing covers could be anybody's.
  if (bodyHash === null && request.body !== "" && !isForm(request.headers)) return false;
  const parameters = bodyHash === null ? request.body : "";
  const matches = await Promise.all(
    urlSpellings(request.url).map(async (url) =>
      equalSecrets(given, await signatureOf(authToken, url, parameters)),
    ),
  );
  return matches.includes(true);
}

/** @param form the raw `application/x-www-form-urlencoded` body; empty for none. */
export async function signatureOf(authToken: string, url: string, form: string): Promise<string> {
  return toBase64(await hmac("SHA-1", authToken, url + flattenForm(form)));
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
