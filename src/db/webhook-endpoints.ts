// Webhooks as those see them who send to them; as clients see them: webhooks.ts.

import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { CALL_EVENTS, type CallEventName, type PauseReason } from "../domain/webhook.ts";
import { logError } from "../lib/log.ts";
import { selectCall, toStoredCall, type StoredCall } from "./calls.ts";
import type { Db } from "./client.ts";
import { webhooks } from "./schema.ts";

export type WebhookRow = typeof webhooks.$inferSelect;

const eventsSchema = z.array(z.enum(CALL_EVENTS));

/** All that is to be known to send to it; null if it was deleted. */
export async function findEndpoint(db: Db, webhookId: string): Promise<WebhookRow | null> {
  return (await db.select().from(webhooks).where(eq(webhooks.id, webhookId)).get()) ?? null;
}

/** Who of the organisation is to hear of what, to be awaited or put into a batch. */
export function selectSubscriptions(db: Db, orgId: string) {
  return db
    .select({ webhookId: webhooks.id, webhookEvents: webhooks.events })
    .from(webhooks)
    .where(eq(webhooks.orgId, orgId));
}

export function eventsOf(row: { webhookEvents: string }): CallEventName[] {
  return eventsSchema.parse(JSON.parse(row.webhookEvents));
}

/** Who is to hear of what. */
export type Subscription = { webhookId: string; events: CallEventName[] };

/** The call that is to be told of (null if there is none such), and who is to hear of it; one trip. */
export async function readForEvents(
  db: Db,
  orgId: string,
  callId: string,
): Promise<{ call: StoredCall | null; subscriptions: Subscription[] }> {
  const [[found], rows] = await db.batch([selectCall(db, orgId, callId), selectSubscriptions(db, orgId)]);
  return {
    call: found === undefined ? null : toStoredCall(found),
    subscriptions: rows.flatMap((row) => subscriptionOf(row) ?? []),
  };
}

/** Null if it can't be read: it is no hindrance to the others. */
function subscriptionOf(row: { webhookId: string; webhookEvents: string }): Subscription | null {
  try {
    return { webhookId: row.webhookId, events: eventsOf(row) };
  } catch (error) {
    logError("webhook_unreadable", error, { webhook_id: row.webhookId });
    return null;
  }
}

/**
 * Nothing is sent there any more until a client says otherwise. False if it was paused, deleted or given another address
 * meanwhile: that one is not to blame.
 */
export async function pauseEndpoint(
  db: Db,
  { id: webhookId, url }: { id: string; url: string },
  reason: Exclude<PauseReason, "requested">,
  atSeconds: number,
): Promise<boolean> {
  const paused = await db
    .update(webhooks)
    .set({ status: "paused", pausedReason: reason, pausedAt: atSeconds })
    .where(and(eq(webhooks.id, webhookId), eq(webhooks.url, url), eq(webhooks.status, "active")))
    .returning({ id: webhooks.id })
    .get();
  return paused !== undefined;
}
