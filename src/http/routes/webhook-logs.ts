import { z } from "zod";
import {
  deliveryListSchema,
  deliverySchema,
  deliveryWithPayloadSchema,
  listDeliveriesSchema,
  replayDeliveriesSchema,
  replayedSchema,
} from "../../contract/webhook-logs.ts";
import { listDeliveries, toDeliveryWithPayload } from "../../services/webhooks/read-deliveries.ts";
import { replayDeliveries, replayDelivery } from "../../services/webhooks/replay-deliveries.ts";
import { apiRoute, apiRouter, json } from "../api-route.ts";
import { problem } from "../problem.ts";
import { requireDelivery, requireWebhook } from "../require-webhook.ts";

const WEBHOOK = "/v1/webhooks/{webhook_id}";
const LOGS = `${WEBHOOK}/logs` as const;
const ONE = `${LOGS}/{delivery_id}` as const;

const webhookParams = z.object({
  webhook_id: z.string().meta({ example: "wbh_01k4v4n5r7f0a9d8c3b2e1h6jm" }),
});
const params = webhookParams.extend({
  delivery_id: z.string().meta({ example: "wbl_01k4v4n5r7f0a9d8c3b2e1h6jm" }),
});
const tags: [string] = ["Webhooks"];
const WHILE_PAUSED = "Refused while the webhook is paused (409 `webhook_paused`): nothing would be sent.";

const list = apiRoute({
  method: "get",
  path: LOGS,
  operationId: "listWebhookLogs",
  summary: "List what was sent to a webhook",
  description:
    "One entry for each event, with its last 50 tries; `date_from` and `date_to` go by when it was fired. What was missed " +
    "(`failed`, `skipped`) is kept for 30 days, up to 1 GB of bodies: beyond that the oldest is dropped. What was " +
    "`delivered`, and tests: as long, but the newest 10,000 and 1 GB at most. No more than 1 GB waits (`pending`): " +
    "beyond that the oldest is `failed`, and its last attempt says `too_much_waiting`.",
  tags,
  access: { scope: "voice:webhooks:read" },
  finds: requireWebhook,
  request: { params: webhookParams, query: listDeliveriesSchema },
  responses: { 200: { description: "A page, newest first.", content: json(deliveryListSchema) } },
});

const read = apiRoute({
  method: "get",
  path: ONE,
  operationId: "readWebhookLog",
  summary: "Read what was sent to a webhook, and what came of it",
  tags,
  access: { scope: "voice:webhooks:read" },
  finds: requireDelivery,
  request: { params },
  responses: { 200: { description: "With what is sent.", content: json(deliveryWithPayloadSchema) } },
});

const replayOne = apiRoute({
  method: "post",
  path: `${ONE}/replay`,
  operationId: "replayWebhookLog",
  summary: "Send an event again",
  description: `Whatever came of it before, with the same \`webhook-id\`. ${WHILE_PAUSED}`,
  tags,
  access: { scope: "voice:webhooks:write" },
  finds: requireDelivery,
  request: { params },
  responses: { 202: { description: "It is on its way.", content: json(deliverySchema) } },
  refuses: ["not_found", "webhook_paused"],
});

const replayAll = apiRoute({
  method: "post",
  path: `${WEBHOOK}/replay`,
  operationId: "replayWebhookLogs",
  summary: "Send again what was fired within a span of time",
  description: `For when a receiver was down. Those that wait for another try are left to it. ${WHILE_PAUSED}`,
  tags,
  access: { scope: "voice:webhooks:write" },
  finds: requireWebhook,
  request: { params: webhookParams, body: { required: true, content: json(replayDeliveriesSchema) } },
  responses: { 202: { description: "They are on their way.", content: json(replayedSchema) } },
  refuses: ["webhook_paused"],
});

export const webhookLogRoutes = apiRouter()
  .openapi(list, async (c) =>
    c.json(await listDeliveries(c.get("org"), c.get("webhook"), c.req.valid("query")), 200),
  )
  .openapi(read, (c) => c.json(toDeliveryWithPayload(c.get("delivery")), 200))
  .openapi(replayOne, async (c) => {
    const replayed = await replayDelivery(c.get("org"), c.get("webhook"), c.get("delivery").id);
    return replayed.ok ? c.json(replayed.value, 202) : problem(c, replayed.error);
  })
  .openapi(replayAll, async (c) => {
    const replayed = await replayDeliveries(c.get("org"), c.get("webhook"), c.req.valid("json"));
    return replayed.ok ? c.json(replayed.value, 202) : problem(c, replayed.error);
  });
