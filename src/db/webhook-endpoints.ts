// Webhooks as those see them who send to them; as clients see them: webhooks.ts.

import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { CALL_EVENTS, type CallEventName, type PauseReason } from "../domain/webhook.ts";
import { logError } from "../lib/log.ts";
import {
  selectCall,
  selectUntranscribedCall,
  toStoredCall,
  toUntranscribedCall,
  type StoredCall,
  type UntranscribedCall,
} from "./calls.ts";
import type { Db } from "./client.ts";
import type { DbSession } from "./d1-sessions.ts";
import { webhooks } from "./schema.ts";

export type WebhookRow = typeof webhooks.$inferSelect;

const eventsSchema = z.array(z.string());
const known: ReadonlySet<string> = new Set(CALL_EVENTS);

/** All that is to be known to send to it; null if it was deleted. */
export async function findEndpoint(db: Db, webhookId: string): Promise<WebhookRow | null> {
  return (await db.select().from(webhooks).where(eq(webhooks.id, webhookId)).get()) ?? null;
}

/** Who of the organisation is to hear of what, to be awaited or put into a batch. */
function selectSubscriptions(db: Db, orgId: string) {
  return db
    .select({ webhookId: webhooks.id, webhookEvents: webhooks.events })
    .from(webhooks)
    .where(eq(webhooks.orgId, orgId));
}

/**
 * Those that there are: one that only another version of us knows is no hindrance to them.
 * @param json a webhook's events as they are stored.
 */
export function eventsOf(webhookId: string, json: string): CallEventName[] {
  const named = eventsSchema.parse(JSON.parse(json));
  const events = named.filter((name): name is CallEventName => known.has(name));
  if (events.length < named.length) {
    const unknown = named.length - events.length;
    logError("webhook_events_unknown", "not of this version", { webhook_id: webhookId, count: unknown });
  }
  return events;
}

/** Who is to hear of what. */
export type Subscription = { webhookId: string; events: CallEventName[] };

/** Who is to hear of a call, and how far a copy of the database must have come to have what they are told. */
type ForEvents<Call> = { call: Call | null; subscriptions: Subscription[]; bookmark: string | null };

/** … and the call (null if there is none such) without what the teller knows better; one trip. */
export async function readForEvents(
  { db, bookmark }: DbSession,
  orgId: string,
  callId: string,
): Promise<ForEvents<UntranscribedCall>> {
  const [rows, [found]] = await db.batch([
    selectSubscriptions(db, orgId),
    selectUntranscribedCall(db, orgId, callId),
  ]);
  return {
    call: found === undefined ? null : toUntranscribedCall(found),
    subscriptions: subscriptionsOf(rows),
    bookmark: bookmark(),
  };
}

/** … of a call that no object knows: there is only what is stored. */
export async function readLostForEvents(
  { db, bookmark }: DbSession,
  orgId: string,
  callId: string,
): Promise<ForEvents<StoredCall>> {
  const [rows, [found]] = await db.batch([selectSubscriptions(db, orgId), selectCall(db, orgId, callId)]);
  return {
    call: found === undefined ? null : toStoredCall(found),
    subscriptions: subscriptionsOf(rows),
    bookmark: bookmark(),
  };
}

/** One that can't be read is no hindrance to the others. */
function subscriptionsOf(rows: readonly { webhookId: string; webhookEvents: string }[]): Subscription[] {
  return rows.flatMap((row) => {
    try {
      return { webhookId: row.webhookId, events: eventsOf(row.webhookId, row.webhookEvents) };
    } catch (error) {
      logError("webhook_unreadable", error, { webhook_id: row.webhookId });
      return [];
    }
  });
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
