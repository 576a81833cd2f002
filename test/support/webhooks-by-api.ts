// Webhooks as a client keeps them.

import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { readConfig } from "../../src/config.ts";
import { webhookWithSecretSchema } from "../../src/contract/webhooks.ts";
import { openDb } from "../../src/db/client.ts";
import * as tables from "../../src/db/schema.ts";
import { unseal } from "../../src/lib/sealing.ts";
import { openPreviousSecrets } from "../../src/webhooks/previous-secrets.ts";
import { post } from "./api.ts";
import type { Organisation } from "./organisation.ts";

export const webhook = (changes: Record<string, unknown> = {}) => ({
  name: "CRM",
  url: "https://crm.example/hooks?token=of-the-customer",
  events: ["call.ended", "call.analyzed"],
  ...changes,
});

export async function createWebhook(org: Organisation, changes: Record<string, unknown> = {}) {
  const response = await post("/v1/webhooks", org.apiKey, webhook(changes));
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
  const { secret, ...shown } = webhookWithSecretSchema.parse(await response.json());
  return { path: `/v1/webhooks/${shown.uuid}`, secret: secret ?? "", shown };
}

/** What is stored of it, its secrets and headers opened. */
export async function storedWebhook(webhookId: string) {
  const row = await openDb(env.DB)
    .select()
    .from(tables.webhooks)
    .where(eq(tables.webhooks.id, webhookId))
    .get();
  if (row === undefined) return null;
  const keys = readConfig(env).credentialsKeys;
  const open = async (sealed: string | null) => (sealed === null ? null : unseal(keys, sealed, webhookId));
  const headers = await open(row.headersEncrypted);
  return {
    row,
    secret: await open(row.secretEncrypted),
    previousSecrets: (await openPreviousSecrets(keys, row, 0)).map(({ secret }) => secret),
    headers: headers === null ? null : (JSON.parse(headers) as Record<string, string>),
  };
}
