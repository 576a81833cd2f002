// Encryption at rest: AES-256-GCM with a fresh nonce. `context` is authenticated, so that a sealed value
// moved to another row does not open. The key's fingerprint stands in front, which lets keys be rotated.

import { fromBase64, toBase64, toHex } from "./crypto.ts";

const NONCE_BYTES = 12;

export async function seal(keyBase64: string, plaintext: string, context: string): Promise<string> {
  const { key, fingerprint } = await importKey(keyBase64);
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const sealed = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv: nonce, additionalData: new TextEncoder().encode(context) },
    key,
    new TextEncoder().encode(plaintext),
  );
  return `${fingerprint}.${toBase64(nonce)}.${toBase64(new Uint8Array(sealed))}`;
}

/** @param keysBase64 one of which it was sealed with. Throws when the keys, the context or the value are not those. */
export async function unseal(
  keysBase64: readonly string[],
  sealed: string,
  context: string,
): Promise<string> {
  const [fingerprint, nonce, ciphertext] = sealed.split(".");
  const key = (await Promise.all(keysBase64.map(importKey))).find((one) => one.fingerprint === fingerprint);
  if (nonce === undefined || ciphertext === undefined || key === undefined) {
    throw new Error("The sealed value was made with another key");
  }
  const plaintext = await crypto.subtle.decrypt(
    { name: "AES-GCM", iv: fromBase64(nonce), additionalData: new TextEncoder().encode(context) },
    key.key,
    fromBase64(ciphertext),
  );
  return new TextDecoder().decode(plaintext);
}

/** With what each value begins that was sealed with this key. */
export async function sealPrefix(keyBase64: string): Promise<string> {
  return `${(await importKey(keyBase64)).fingerprint}.`;
}

async function importKey(keyBase64: string): Promise<{ key: CryptoKey; fingerprint: string }> {
  const raw = fromBase64(keyBase64);
  const [key, digest] = await Promise.all([
    crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]),
    crypto.subtle.digest("SHA-256", raw),
  ]);
  return { key, fingerprint: toHex(digest).slice(0, 8) };
}
