// Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

import { fromBase64, hmac, toBase64 } from "../lib/crypto.ts";

const SECRET_PREFIX = "whsec_";
const SECRET_BYTES = 32;

export function newWebhookSecret(): string {
  return SECRET_PREFIX + toBase64(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
}

/** One signature for each secret, so that a receiver that knows any of them can check. */
export async function signWebhook(
  { id, timestampSeconds, body }: { id: string; timestampSeconds: number; body: string },
  secrets: readonly string[],
): Promise<string> {
  const signatures = secrets.map(async (secret) => {
    const key = fromBase64(secret.slice(SECRET_PREFIX.length));
    return `v1,${toBase64(await hmac("SHA-256", key, `${id}.${timestampSeconds}.${body}`))}`;
  });
  return (await Promise.all(signatures)).join(" ");
}
