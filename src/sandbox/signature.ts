// X-Twilio-Signature: base64(HMAC-SHA1(auth token, URL + every form field sorted by name, name and value joined)).
// A repeated field's values are de-duplicated and sorted. The URL is the one configured, without its fragment.
// https://www.twilio.com/docs/usage/webhooks/webhooks-security

import { hmac, toBase64 } from "../lib/crypto.ts";

/** For a POSTed form pass its fields; for a GET or a WebSocket handshake pass none. */
export async function signRequest(
  authToken: string,
  url: string,
  fields: Iterable<readonly [string, string]> = [],
): Promise<string> {
  const byName = new Map<string, Set<string>>();
  for (const [name, value] of fields) {
    byName.set(name, (byName.get(name) ?? new Set()).add(value));
  }
  let signed = withoutFragment(url);
  for (const [name, values] of [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    for (const value of [...values].toSorted()) signed += name + value;
  }
  return toBase64(await hmac("SHA-1", authToken, signed));
}

export function withoutFragment(url: string): string {
  const hash = url.indexOf("#");
  return hash < 0 ? url : url.slice(0, hash);
}
