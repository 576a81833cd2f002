import { hmac, toHex } from "./crypto.ts";

/** An account's token that is derived from one secret, so that any account id has one without a registry. */
export async function accountToken(secret: string, accountId: string): Promise<string> {
  return toHex(await hmac("SHA-256", secret, `sandbox-account:${accountId}`)).slice(0, 32);
}
