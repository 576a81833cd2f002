import type { Refusal } from "../../contract/problems.ts";
import type { ReplayDeliveriesInput, WebhookDelivery } from "../../contract/webhook-logs.ts";
import type { WebhookRow } from "../../db/webhooks.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { webhookEndpointOf } from "../../stubs/stubs.ts";
import type { OrgContext } from "../context.ts";
import { filterOf, toDelivery } from "./read-deliveries.ts";

/** Sends one again, whatever came of it before. */
export async function replayDelivery(
  { env }: OrgContext,
  webhook: WebhookRow,
  deliveryId: string,
): Promise<Result<WebhookDelivery, Refusal<"webhook_paused" | "not_found">>> {
  if (webhook.status === "paused") return err(PAUSED);
  const replayed = await webhookEndpointOf(env, webhook.id).replay(deliveryId);
  return replayed === null
    ? err({ code: "not_found", detail: "There is no such delivery." })
    : ok(toDelivery(replayed));
}

const LOST = ["failed", "skipped"] as const;

/** Sends again what was fired within a span, and answers how many that are. What came of none of them is found once. */
export async function replayDeliveries(
  { env }: OrgContext,
  webhook: WebhookRow,
  { status, ...range }: ReplayDeliveriesInput,
): Promise<Result<{ replayed: number }, Refusal<"webhook_paused">>> {
  if (webhook.status === "paused") return err(PAUSED);
  const endpoint = webhookEndpointOf(env, webhook.id);
  let replayed = 0;
  for (const each of status === undefined ? LOST : [status]) {
    replayed += await endpoint.replayAll(filterOf({ ...range, status: each }));
  }
  return ok({ replayed });
}

const PAUSED = {
  code: "webhook_paused",
  detail: "The webhook is paused, so nothing would be sent: make it active first.",
} as const;
