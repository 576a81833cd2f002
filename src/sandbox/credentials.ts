import { hmac, toHex } from "../lib/crypto.ts";

/** A sandbox account's auth token is derived, so that any account SID works without a registry. */
export async function sandboxAuthToken(sandboxSecret: string, accountSid: string): Promise<string> {
  return toHex(await hmac("SHA-256", sandboxSecret, `sandbox-account:${accountSid}`)).slice(0, 32);
}
