// The rows of `/v1/webhooks` in the table of operations.

import { aDelivery, aWebhook } from "../support/path-objects.ts";
import type { Operation } from "./operations.ts";

const reads = { scope: "voice:webhooks:read", method: "GET", success: 200 } as const;
const writes = { scope: "voice:webhooks:write" } as const;
const acting = { ...writes, method: "POST" } as const;

export const WEBHOOKS: Operation[] = [
  {
    ...acting,
    success: 201,
    path: "/v1/webhooks",
    bucket: "create_webhook",
    body: () => ({
      name: "CRM",
      url: "https://crm.example/hooks?token=t",
      events: ["call.ended", "call.analyzed"],
      headers: { authorization: "Bearer b", "x-tenant": "t" },
      status: "paused",
    }),
  },
  { ...reads, path: "/v1/webhooks" },
  { ...reads, path: "/v1/webhooks/{webhook_id}", names: aWebhook },
  {
    ...writes,
    method: "PATCH",
    success: 200,
    path: "/v1/webhooks/{webhook_id}",
    names: aWebhook,
    body: () => ({
      name: "ERP",
      url: "https://erp.example/",
      events: ["call.started"],
      headers: { authorization: null, "x-tenant": "t" },
      status: "active",
    }),
  },
  { ...writes, method: "DELETE", success: 204, path: "/v1/webhooks/{webhook_id}", names: aWebhook },
  {
    ...acting,
    path: "/v1/webhooks/{webhook_id}/rotate-secret",
    names: aWebhook,
    body: () => ({ expires_in: 60 }),
    bodyIsOptional: true,
    success: 200,
  },
  {
    ...acting,
    path: "/v1/webhooks/{webhook_id}/test",
    bucket: "test_webhook",
    names: aWebhook,
    body: () => ({ event: "call.voicemail" }),
    bodyIsOptional: true,
    success: 200,
  },
  { ...reads, path: "/v1/webhooks/{webhook_id}/logs", names: aDelivery },
  { ...reads, path: "/v1/webhooks/{webhook_id}/logs/{delivery_id}", names: aDelivery },
  {
    ...acting,
    path: "/v1/webhooks/{webhook_id}/logs/{delivery_id}/replay",
    names: aDelivery,
    success: 202,
  },
  {
    ...acting,
    path: "/v1/webhooks/{webhook_id}/replay",
    names: aDelivery,
    body: () => ({
      date_from: "2026-05-12",
      date_to: "2026-05-12T14:32:01Z",
      event: "call.ended",
      status: "failed",
    }),
    success: 202,
  },
];
