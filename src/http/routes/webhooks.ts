import { z } from "zod";
import { deliverySchema } from "../../contract/webhook-logs.ts";
import {
  changeWebhookSchema,
  createWebhookSchema,
  listWebhooksSchema,
  rotateSecretSchema,
  testWebhookSchema,
  webhookListSchema,
  webhookSchema,
  webhookWithSecretSchema,
} from "../../contract/webhooks.ts";
import { listWebhooks, toWebhook } from "../../services/webhooks/read-webhooks.ts";
import { rotateSecret } from "../../services/webhooks/rotate-secret.ts";
import { testWebhook } from "../../services/webhooks/test-webhook.ts";
import { changeWebhook, createWebhook, deleteWebhook } from "../../services/webhooks/write-webhooks.ts";
import { apiRoute, apiRouter, json } from "../api-route.ts";
import { problem } from "../problem.ts";
import { requireWebhook } from "../require-webhook.ts";

const PATH = "/v1/webhooks";
const ONE = `${PATH}/{webhook_id}` as const;

const params = z.object({ webhook_id: z.string().meta({ example: "wbh_01k4v4n5r7f0a9d8c3b2e1h6jm" }) });
const tags: [string] = ["Webhooks"];

const create = apiRoute({
  method: "post",
  path: PATH,
  operationId: "createWebhook",
  summary: "Create a webhook",
  description:
    "The answer has the `secret` that its events are signed with, this once. An organisation may have 20 " +
    "(409 `limit_reached`).",
  tags,
  access: { scope: "voice:webhooks:write", bucket: "create_webhook" },
  request: { body: { required: true, content: json(createWebhookSchema) } },
  responses: {
    201: { description: "The new webhook, with its secret.", content: json(webhookWithSecretSchema) },
  },
  refuses: ["limit_reached"],
  secretFields: ["secret"],
});

const list = apiRoute({
  method: "get",
  path: PATH,
  operationId: "listWebhooks",
  summary: "List webhooks",
  tags,
  access: { scope: "voice:webhooks:read" },
  request: { query: listWebhooksSchema },
  responses: { 200: { description: "A page, newest first.", content: json(webhookListSchema) } },
});

const read = apiRoute({
  method: "get",
  path: ONE,
  operationId: "readWebhook",
  summary: "Read a webhook",
  tags,
  access: { scope: "voice:webhooks:read" },
  finds: requireWebhook,
  request: { params },
  responses: { 200: { description: "The webhook, without its secret.", content: json(webhookSchema) } },
});

const change = apiRoute({
  method: "patch",
  path: ONE,
  operationId: "changeWebhook",
  summary: "Change a webhook, pause it or make it active again",
  description:
    "A merge patch (RFC 7396); `events` replaces the list. In force at once, or in the worst case within ten seconds, for " +
    "whatever is sent, tries again included. A `url` at another host needs each header anew, or null, so that what is stored is never sent where it " +
    "does not belong. Made active again it is given time anew before it is paused as `failing`; what it missed is " +
    "sent by a replay.",
  tags,
  access: { scope: "voice:webhooks:write" },
  finds: requireWebhook,
  request: { params, body: { required: true, content: json(changeWebhookSchema) } },
  responses: { 200: { description: "The webhook as it is now.", content: json(webhookSchema) } },
  refuses: ["not_found"],
});

const remove = apiRoute({
  method: "delete",
  path: ONE,
  operationId: "deleteWebhook",
  summary: "Delete a webhook",
  description: "With its log. Nothing more is sent.",
  tags,
  access: { scope: "voice:webhooks:write" },
  finds: requireWebhook,
  request: { params },
  responses: { 204: { description: "It is gone." } },
});

const rotate = apiRoute({
  method: "post",
  path: `${ONE}/rotate-secret`,
  operationId: "rotateWebhookSecret",
  summary: "Give a webhook a new secret",
  description:
    "For `expires_in` seconds events carry a signature by the secret before it as well, so that a receiver can change over without " +
    "refusing any. Rotated again meanwhile, all of them sign, each until its own time is up: so ask again if the answer was " +
    "lost. Up to five sign beside the newest; one more is refused until the next of them ends (409 `limit_reached`). With " +
    "`expires_in: 0` the new one alone signs, at once.",
  tags,
  access: { scope: "voice:webhooks:write" },
  finds: requireWebhook,
  request: { params, body: { required: false, content: json(rotateSecretSchema) } },
  responses: {
    200: { description: "The webhook, with its new secret.", content: json(webhookWithSecretSchema) },
  },
  refuses: ["not_found", "limit_reached"],
  secretFields: ["secret"],
});

const test = apiRoute({
  method: "post",
  path: `${ONE}/test`,
  operationId: "testWebhook",
  summary: "Send a sample event",
  description:
    'Signed and sent as any other, with `"test": true` and the data of a call that never was, also while the webhook is ' +
    "paused. The answer waits for what comes of the first try.",
  tags,
  access: { scope: "voice:webhooks:write", bucket: "test_webhook" },
  finds: requireWebhook,
  request: { params, body: { required: false, content: json(testWebhookSchema) } },
  responses: { 200: { description: "What came of it.", content: json(deliverySchema) } },
  refuses: ["not_found"],
});

export const webhookRoutes = apiRouter()
  .openapi(create, async (c) => {
    const created = await createWebhook(c.get("org"), c.req.valid("json"));
    if (!created.ok) return problem(c, created.error);
    return c.json(created.value, 201, { location: `${PATH}/${created.value.uuid}` });
  })
  .openapi(list, async (c) => c.json(await listWebhooks(c.get("org"), c.req.valid("query")), 200))
  .openapi(read, async (c) => c.json(await toWebhook(c.get("org").config, c.get("webhook")), 200))
  .openapi(change, async (c) => {
    const changed = await changeWebhook(c.get("org"), c.get("webhook"), c.req.valid("json"));
    return changed.ok ? c.json(changed.value, 200) : problem(c, changed.error);
  })
  .openapi(remove, async (c) => {
    await deleteWebhook(c.get("org"), c.get("webhook"));
    return c.body(null, 204);
  })
  .openapi(rotate, async (c) => {
    const rotated = await rotateSecret(c.get("org"), c.get("webhook"), c.req.valid("json"));
    return rotated.ok ? c.json(rotated.value, 200) : problem(c, rotated.error);
  })
  .openapi(test, async (c) => {
    const sent = await testWebhook(c.get("org"), c.get("webhook"), c.req.valid("json"));
    if (sent.ok) return c.json(sent.value, 200);
    return problem(c, sent.error, sent.error.code === "unavailable" ? { "retry-after": "5" } : {});
  });
