import type { MiddlewareHandler } from "hono";
import { findNamedDelivery } from "../services/webhooks/read-deliveries.ts";
import { findNamedWebhook } from "../services/webhooks/read-webhooks.ts";
import type { AppEnv } from "./env.ts";
import { findObject } from "./find-object.ts";
import { findSurely } from "./open-database.ts";
import { notFound } from "./problem.ts";

export const requireWebhook = findObject("webhook", "webhook_id", "webhook", findNamedWebhook);

/** The webhook that the path names, and what was sent to it. */
export const requireDelivery: MiddlewareHandler<AppEnv> = async (c, next) => {
  const webhook = await findSurely(c, (org) => findNamedWebhook(org, c.req.param("webhook_id") ?? ""));
  if (webhook === null) return notFound(c, "webhook");
  const delivery = await findNamedDelivery(c.get("org"), webhook, c.req.param("delivery_id") ?? "");
  if (delivery === null) return notFound(c, "delivery");
  c.set("webhook", webhook);
  c.set("delivery", delivery);
  return next();
};
