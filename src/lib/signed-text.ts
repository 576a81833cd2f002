// Text that its maker knows again: `base64url(text).base64url(signature)`, HMAC-SHA-256. Whoever has it can read it, and
// change nothing in it. Each use has a label of its own and with it a key of its own (HKDF, RFC 5869), so that what
// was signed for one use is worth nothing for another.

import { equalSecrets, fromBase64, toBase64 } from "./crypto.ts";

const encoder = new TextEncoder();

export async function signText(secretBase64: string, label: string, text: string): Promise<string> {
  const body = toBase64Url(encoder.encode(text));
  return `${body}.${await signatureOf(secretBase64, label, body)}`;
}

/** The text that was signed with the secret; null for what was not, or with another label, or by nobody. */
export async function readSignedText(
  secretBase64: string,
  label: string,
  signed: string,
): Promise<string | null> {
  const [body, signature, ...more] = signed.split(".");
  if (body === undefined || signature === undefined || more.length > 0) return null;
  if (!(await equalSecrets(signature, await signatureOf(secretBase64, label, body)))) return null;
  return new TextDecoder().decode(fromBase64(body.replaceAll("-", "+").replaceAll("_", "/")));
}

async function signatureOf(secretBase64: string, label: string, body: string): Promise<string> {
  const secret = await crypto.subtle.importKey("raw", fromBase64(secretBase64), "HKDF", false, ["deriveKey"]);
  const key = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: encoder.encode(label) },
    secret,
    { name: "HMAC", hash: "SHA-256", length: 256 },
    false,
    ["sign"],
  );
  return toBase64Url(new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(body))));
}

function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
