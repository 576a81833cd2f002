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

/** Sends again what was fired within a span, and answers how many that are: without a status what was not taken. */
export async function replayDeliveries(
  { env }: OrgContext,
  webhook: WebhookRow,
  input: ReplayDeliveriesInput,
): Promise<Result<{ replayed: number }, Refusal<"webhook_paused">>> {
  if (webhook.status === "paused") return err(PAUSED);
  return ok({ replayed: await webhookEndpointOf(env, webhook.id).replayAll(filterOf(input)) });
}

const PAUSED = {
  code: "webhook_paused",
  detail: "The webhook is paused, so nothing would be sent: make it active first.",
} as const;
