// A webhook's row as the API would write it, and what is sent to it.

import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { readConfig } from "../../src/config.ts";
import { openDb } from "../../src/db/client.ts";
import { webhooks } from "../../src/db/schema.ts";
import { CALL_EVENTS, type CallEventName, type NewDelivery } from "../../src/domain/webhook.ts";
import { newId } from "../../src/lib/ids.ts";
import { seal } from "../../src/lib/sealing.ts";
import { sealPreviousSecrets, type PreviousSecret } from "../../src/webhooks/previous-secrets.ts";
import { newWebhookSecret } from "../../src/webhooks/signature.ts";

type Options = {
  url: string;
  orgId: string;
  events?: readonly CallEventName[];
  headers?: Record<string, string>;
  secret?: string;
  previous?: PreviousSecret[];
};

export async function createWebhook(options: Options): Promise<{ webhookId: string; secret: string }> {
  const { url, orgId, events = CALL_EVENTS, headers, secret = newWebhookSecret(), previous = [] } = options;
  const webhookId = newId("webhook");
  const sealed = (text: string) => seal(readConfig(env).CREDENTIALS_KEY, text, webhookId);
  await openDb(env.DB)
    .insert(webhooks)
    .values({
      id: webhookId,
      orgId,
      name: "Test",
      url,
      events: JSON.stringify(events),
      headersEncrypted: headers === undefined ? null : await sealed(JSON.stringify(headers)),
      secretEncrypted: await sealed(secret),
      ...(await sealPreviousSecrets(readConfig(env).CREDENTIALS_KEY, previous, webhookId)),
      createdAt: 1_780_000_000,
    });
  return { webhookId, secret };
}

export async function changeWebhook(
  webhookId: string,
  changes: Partial<typeof webhooks.$inferInsert>,
): Promise<void> {
  await openDb(env.DB).update(webhooks).set(changes).where(eq(webhooks.id, webhookId));
}

export async function deleteWebhook(webhookId: string): Promise<void> {
  await openDb(env.DB).delete(webhooks).where(eq(webhooks.id, webhookId));
}

export async function webhookRow(webhookId: string) {
  return openDb(env.DB).select().from(webhooks).where(eq(webhooks.id, webhookId)).get();
}

export function newDelivery(changes: Partial<NewDelivery> = {}): NewDelivery {
  const eventId = newId("event");
  const body = JSON.stringify({ event: "call.ended", of: eventId });
  return { eventId, event: "call.ended", callId: newId("call"), firedAtMs: Date.now(), body, ...changes };
}
