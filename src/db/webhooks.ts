// Webhooks as clients see them; what is needed to send to one reads webhook-endpoints.ts. Secrets leave as they are sealed.

import { and, count, desc, eq, sql } from "drizzle-orm";
import type { Page } from "../contract/pages.ts";
import type { WebhookStatus } from "../domain/webhook.ts";
import type { Db } from "./client.ts";
import { webhooks } from "./schema.ts";

export type WebhookRow = typeof webhooks.$inferSelect;

export type NewWebhook = Omit<WebhookRow, "previousSecretEncrypted" | "previousSecretUntil">;

/** Null if the organisation has `max` of them. Judged by the insert itself, so that none slips in beside another. */
export async function insertWebhook(db: Db, webhook: NewWebhook, max: number): Promise<WebhookRow | null> {
  const { id, orgId, name, url, events, headersEncrypted, secretEncrypted } = webhook;
  const { status, pausedReason, pausedAt, createdAt } = webhook;
  const inserted = await db
    .insert(webhooks)
    .select(
      sql`SELECT ${id}, ${orgId}, ${name}, ${url}, ${events}, ${headersEncrypted}, ${secretEncrypted}, NULL, NULL,
          ${status}, ${pausedReason}, ${pausedAt}, ${createdAt}
        WHERE (SELECT count(*) FROM webhooks WHERE org_id = ${orgId}) < ${max}`,
    )
    .returning()
    .get();
  return inserted ?? null;
}

/** Null if the organisation has none such. */
export async function findWebhook(db: Db, orgId: string, webhookId: string): Promise<WebhookRow | null> {
  return (await db.select().from(webhooks).where(isOwn(orgId, webhookId)).get()) ?? null;
}

/** Newest first. */
export async function listWebhooks(db: Db, orgId: string, { limit, offset }: Page) {
  const all = eq(webhooks.orgId, orgId);
  const [rows, [counted]] = await db.batch([
    db.select().from(webhooks).where(all).orderBy(desc(webhooks.id)).limit(limit).offset(offset),
    db.select({ total: count() }).from(webhooks).where(all),
  ]);
  return { rows, total: counted?.total ?? 0 };
}

export type WebhookChange = {
  set: Partial<Omit<WebhookRow, "id" | "orgId" | "status" | "pausedReason" | "pausedAt" | "createdAt">>;
  /** One that is paused already keeps its reason. */
  status: WebhookStatus | undefined;
  /** Change only a webhook whose address, headers and secrets still are as they were read. */
  ifAsRead: boolean;
  nowSeconds: number;
};

export type WebhookChanged = { kind: "changed" | "not_as_read"; webhook: WebhookRow } | { kind: "gone" };

/** @param before as it was read. @returns it as it is now. */
export async function updateWebhook(
  db: Db,
  before: WebhookRow,
  { set, status, ifAsRead, nowSeconds }: WebhookChange,
): Promise<WebhookChanged> {
  const isOne = isOwn(before.orgId, before.id);
  const asRead = sql`url = ${before.url} AND headers_encrypted IS ${before.headersEncrypted}
    AND secret_encrypted = ${before.secretEncrypted}
    AND previous_secret_encrypted IS ${before.previousSecretEncrypted}`;
  const [updated, [webhook]] = await db.batch([
    db
      .update(webhooks)
      // A change of nothing needs a column too.
      .set({ name: sql`name`, ...set, ...(status === undefined ? {} : statusColumns(status, nowSeconds)) })
      .where(and(isOne, ifAsRead ? asRead : undefined))
      .returning({ id: webhooks.id }),
    db.select().from(webhooks).where(isOne),
  ]);
  if (webhook === undefined) return { kind: "gone" };
  return { kind: updated.length > 0 ? "changed" : "not_as_read", webhook };
}

export async function deleteWebhook(db: Db, orgId: string, webhookId: string): Promise<void> {
  await db.delete(webhooks).where(isOwn(orgId, webhookId));
}

function statusColumns(status: WebhookStatus, nowSeconds: number) {
  if (status === "active") return { status, pausedReason: null, pausedAt: null };
  return {
    status,
    pausedReason: sql`CASE status WHEN 'paused' THEN paused_reason ELSE 'requested' END`,
    pausedAt: sql`CASE status WHEN 'paused' THEN paused_at ELSE ${nowSeconds} END`,
  };
}

function isOwn(orgId: string, webhookId: string) {
  return and(eq(webhooks.orgId, orgId), eq(webhooks.id, webhookId));
}
