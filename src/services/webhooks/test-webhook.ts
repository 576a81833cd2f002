import type { Refusal } from "../../contract/problems.ts";
import type { WebhookDelivery } from "../../contract/webhook-logs.ts";
import type { TestWebhookInput } from "../../contract/webhooks.ts";
import { eventsOf } from "../../db/webhook-endpoints.ts";
import type { WebhookRow } from "../../db/webhooks.ts";
import { newId } from "../../lib/ids.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import { webhookEndpointOf } from "../../stubs/stubs.ts";
import type { OrgContext } from "../context.ts";
import { toDelivery } from "./read-deliveries.ts";
import { sampleEvent } from "./sample-event.ts";
import { GONE } from "./write-webhooks.ts";

/** Sends a sample, be the webhook paused or not, and answers what came of it. */
export async function testWebhook(
  { env, orgId, config }: OrgContext,
  webhook: WebhookRow,
  { event: asked }: TestWebhookInput,
): Promise<Result<WebhookDelivery, Refusal<"not_found" | "unavailable">>> {
  const event = asked ?? eventsOf(webhook.id, webhook.events)[0] ?? "call.ended";
  const nowMs = Date.now();
  const sample = sampleEvent(event, {
    orgId,
    baseUrl: config.PUBLIC_BASE_URL,
    nowSeconds: toEpochSeconds(nowMs),
  });
  const body = JSON.stringify(sample);
  const delivery = { eventId: newId("event"), event, callId: null, firedAtMs: nowMs, body };
  const sent = await webhookEndpointOf(env, webhook.id).sendTest(delivery);
  if (sent.ok) return ok(toDelivery(sent.value));
  return err(
    sent.error === "deleted"
      ? GONE
      : { code: "unavailable", detail: "Nothing can be sent at the moment, so nothing was." },
  );
}
