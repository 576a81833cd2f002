// A webhook's headers as they are stored: one sealed JSON object, bound to the webhook's id.

import { z } from "zod";
import type { Config } from "../../config.ts";
import { seal, unseal } from "../../lib/sealing.ts";

export type WebhookHeaders = Record<string, string>;

const headersSchema = z.record(z.string(), z.string());

/** Null for none. */
export async function sealHeaders(
  { CREDENTIALS_KEY }: Config,
  webhookId: string,
  headers: WebhookHeaders,
): Promise<string | null> {
  if (Object.keys(headers).length === 0) return null;
  return seal(CREDENTIALS_KEY, JSON.stringify(headers), webhookId);
}

export async function openHeaders(
  { credentialsKeys }: Config,
  { id, headersEncrypted }: { id: string; headersEncrypted: string | null },
): Promise<WebhookHeaders> {
  if (headersEncrypted === null) return {};
  return headersSchema.parse(JSON.parse(await unseal(credentialsKeys, headersEncrypted, id)));
}
