// What was sent to a webhook lives in its WebhookEndpoint object; D1 only knows the webhook.

import { spanOf } from "../../contract/date-range.ts";
import {
  sentEventSchema,
  type DeliveryWithPayload,
  type ListDeliveriesQuery,
  type WebhookDelivery,
} from "../../contract/webhook-logs.ts";
import type { WebhookRow } from "../../db/webhooks.ts";
import type { Delivery, DeliveryFilter } from "../../domain/webhook.ts";
import { isId } from "../../lib/ids.ts";
import { isoSeconds, toEpochSeconds } from "../../lib/time.ts";
import { askTwice } from "../../stubs/ask-twice.ts";
import { webhookEndpointOf } from "../../stubs/stubs.ts";
import type { OrgContext } from "../context.ts";

export type FoundDelivery = Delivery & { body: string };

/** The delivery that a path names; null if the webhook has none such, whatever is wrong with the name. */
export async function findNamedDelivery(
  { env }: OrgContext,
  webhook: WebhookRow,
  deliveryId: string,
): Promise<FoundDelivery | null> {
  if (!isId("delivery", deliveryId)) return null;
  return askTwice(async () => webhookEndpointOf(env, webhook.id).find(deliveryId));
}

/** Newest first. */
export async function listDeliveries({ env }: OrgContext, webhook: WebhookRow, query: ListDeliveriesQuery) {
  const { limit, offset, call_uuid: callId, ...rest } = query;
  const filter = { ...filterOf(rest), callId };
  const list = await askTwice(async () => webhookEndpointOf(env, webhook.id).list(filter, { limit, offset }));
  return { logs: list.deliveries.map(toDelivery), total: list.total };
}

type Asked = Pick<DeliveryFilter, "status" | "event"> & {
  date_from?: number | undefined;
  date_to?: number | undefined;
};

export function filterOf({ status, event, ...range }: Asked): DeliveryFilter {
  const { from, to } = spanOf(range);
  return {
    status,
    event,
    fromMs: from === null ? undefined : from * 1000,
    beforeMs: to === null ? undefined : to * 1000,
  };
}

export function toDelivery(delivery: Delivery): WebhookDelivery {
  const { nextAttemptAtMs } = delivery;
  return {
    uuid: delivery.id,
    event: delivery.event,
    event_uuid: delivery.eventId,
    call_uuid: delivery.callId,
    status: delivery.status,
    attempts: delivery.attempts.map((attempt) => ({
      at: isoMs(attempt.atMs),
      status_code: attempt.statusCode,
      error: attempt.error,
      duration_ms: attempt.durationMs,
      response: attempt.response,
    })),
    attempt_count: delivery.attempts.length,
    next_attempt_at: nextAttemptAtMs === null ? null : isoMs(nextAttemptAtMs),
    created_at: isoMs(delivery.createdAtMs),
  };
}

export function toDeliveryWithPayload({ body, ...delivery }: FoundDelivery): DeliveryWithPayload {
  return { ...toDelivery(delivery), payload: sentEventSchema.parse(JSON.parse(body)) };
}

function isoMs(epochMs: number): string {
  return isoSeconds(toEpochSeconds(epochMs));
}
