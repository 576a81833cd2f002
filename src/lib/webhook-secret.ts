import { toBase64 } from "./crypto.ts";

const RANDOM_BYTES = 32;

/** A new secret to sign webhooks with, as Standard Webhooks writes it. */
export function newWebhookSecret(): string {
  return `whsec_${toBase64(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)))}`;
}
