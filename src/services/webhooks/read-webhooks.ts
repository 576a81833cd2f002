import type { Config } from "../../config.ts";
import type { Page } from "../../contract/pages.ts";
import type { Webhook } from "../../contract/webhooks.ts";
import { eventsOf } from "../../db/webhook-endpoints.ts";
import { findWebhook, listWebhooks as listStored, type WebhookRow } from "../../db/webhooks.ts";
import { isId } from "../../lib/ids.ts";
import { logError } from "../../lib/log.ts";
import { isoSeconds, toEpochSeconds } from "../../lib/time.ts";
import type { OrgContext } from "../context.ts";
import { openHeaders } from "./sealed-headers.ts";

/** The webhook that a path names; null if the organisation has none such, whatever is wrong with the name. */
export async function findNamedWebhook(
  { db, orgId }: OrgContext,
  webhookId: string,
): Promise<WebhookRow | null> {
  return isId("webhook", webhookId) ? findWebhook(db, orgId, webhookId) : null;
}

export async function listWebhooks({ db, orgId, config }: OrgContext, page: Page) {
  const { rows, total } = await listStored(db, orgId, page);
  return { webhooks: await Promise.all(rows.map((row) => toWebhook(config, row))), total };
}

/** Without its secrets; of its headers the names alone. */
export async function toWebhook(config: Config, row: WebhookRow): Promise<Webhook> {
  const { previousSecretUntil: until } = row;
  const hasPrevious = until !== null && until > toEpochSeconds(Date.now());
  return {
    uuid: row.id,
    name: row.name,
    url: row.url,
    events: eventsOf(row.id, row.events),
    header_names: await headerNamesOf(config, row),
    status: row.status,
    paused_reason: row.pausedReason,
    paused_at: row.pausedAt === null ? null : isoSeconds(row.pausedAt),
    previous_secret_expires_at: hasPrevious ? isoSeconds(until) : null,
    created_at: isoSeconds(row.createdAt),
  };
}

/** None if they don't open, which is no hindrance to reading the rest, or to taking them back. */
async function headerNamesOf(config: Config, row: WebhookRow): Promise<string[]> {
  try {
    return Object.keys(await openHeaders(config, row)).toSorted();
  } catch (error) {
    logError("webhook_headers_unreadable", error, { webhook_id: row.id });
    return [];
  }
}
