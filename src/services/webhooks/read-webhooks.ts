import type { Config } from "../../config.ts";
import type { Page } from "../../contract/pages.ts";
import type { Webhook } from "../../contract/webhooks.ts";
import { eventsOf } from "../../db/webhook-endpoints.ts";
import { findWebhook, listWebhooks as listStored, type WebhookRow } from "../../db/webhooks.ts";
import { isId } from "../../lib/ids.ts";
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
    events: eventsOf({ webhookEvents: row.events }),
    header_names: Object.keys(await openHeaders(config, row)).toSorted(),
    status: row.status,
    paused_reason: row.pausedReason,
    paused_at: row.pausedAt === null ? null : isoSeconds(row.pausedAt),
    previous_secret_expires_at: hasPrevious ? isoSeconds(until) : null,
    created_at: isoSeconds(row.createdAt),
  };
}
