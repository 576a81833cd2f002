import type { Refusal } from "../../contract/problems.ts";
import type {
  ChangeWebhookInput,
  CreateWebhookInput,
  Webhook,
  WebhookWithSecret,
} from "../../contract/webhooks.ts";
import {
  deleteWebhook as deleteStored,
  insertWebhook,
  updateWebhook,
  type WebhookRow,
} from "../../db/webhooks.ts";
import { newId } from "../../lib/ids.ts";
import { logError } from "../../lib/log.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { seal } from "../../lib/sealing.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import { newWebhookSecret } from "../../webhooks/signature.ts";
import { askTwice } from "../../stubs/ask-twice.ts";
import { webhookEndpointOf } from "../../stubs/stubs.ts";
import type { OrgContext } from "../context.ts";
import { acceptOutboundUrl } from "../outbound-url.ts";
import { mergeHeaders } from "./merge-headers.ts";
import { toWebhook } from "./read-webhooks.ts";
import { sealHeaders } from "./sealed-headers.ts";
import { tellOfChange } from "./tell-of-change.ts";

/** Each of them costs every call of the organisation a request. */
const MAX_WEBHOOKS = 20;

export async function createWebhook(
  { db, orgId, config }: OrgContext,
  input: CreateWebhookInput,
): Promise<Result<WebhookWithSecret, Refusal<"validation_failed" | "limit_reached">>> {
  const url = acceptOutboundUrl("url", input.url, config);
  if (!url.ok) return url;
  const id = newId("webhook");
  const secret = newWebhookSecret();
  const nowSeconds = toEpochSeconds(Date.now());
  const isPaused = input.status === "paused";
  const webhook = {
    id,
    orgId,
    name: input.name,
    url: url.value,
    events: JSON.stringify(input.events),
    headersEncrypted: await sealHeaders(config, id, input.headers),
    secretEncrypted: await seal(config.CREDENTIALS_KEY, secret, id),
    status: input.status,
    pausedReason: isPaused ? ("requested" as const) : null,
    pausedAt: isPaused ? nowSeconds : null,
    createdAt: nowSeconds,
  };
  const row = await insertWebhook(db, webhook, MAX_WEBHOOKS);
  if (row !== null) return ok({ ...(await toWebhook(config, row)), secret });
  return err({ code: "limit_reached", detail: `An organisation may have ${MAX_WEBHOOKS} webhooks.` });
}

/** In force at once for whatever is sent, what waits for another try included. */
export async function changeWebhook(
  context: OrgContext,
  webhook: WebhookRow,
  input: ChangeWebhookInput,
): Promise<Result<Webhook, Refusal<"validation_failed" | "not_found">>> {
  const { db, env, config } = context;
  const url = input.url === undefined ? ok(undefined) : acceptOutboundUrl("url", input.url, config);
  if (!url.ok) return url;
  const headers = await mergeHeaders(config, webhook, { url: url.value, headers: input.headers });
  if (!headers.ok) return headers;
  const { name, events, status } = input;
  const changed = await updateWebhook(db, webhook, {
    set: {
      ...(name === undefined ? {} : { name }),
      ...(url.value === undefined ? {} : { url: url.value }),
      ...(events === undefined ? {} : { events: JSON.stringify(events) }),
      ...(headers.value === undefined ? {} : { headersEncrypted: headers.value }),
    },
    status,
    ifAsRead: url.value !== undefined || headers.value !== undefined,
    nowSeconds: toEpochSeconds(Date.now()),
  });
  if (changed.kind === "gone") return err(GONE);
  // Somebody else changed it meanwhile: the change is merged into what it is now.
  if (changed.kind === "not_as_read") return changeWebhook(context, changed.webhook, input);
  const isOfSending = url.value !== undefined || headers.value !== undefined || status !== undefined;
  // Whatever it was before: should the object not hear of it, who asks again has it told again.
  if (status === "active") await askTwice(async () => webhookEndpointOf(env, webhook.id).readAnew(true));
  else if (isOfSending) await tellOfChange(env, webhook.id);
  return ok(await toWebhook(config, changed.webhook));
}

export async function deleteWebhook({ db, env, orgId }: OrgContext, webhook: WebhookRow): Promise<void> {
  await deleteStored(db, orgId, webhook.id);
  try {
    await askTwice(async () => webhookEndpointOf(env, webhook.id).forget());
  } catch (error) {
    // Within seconds nothing is sent all the same, and within a day nothing is kept: the object looks for the row.
    logError("webhook_not_forgotten", error, { webhook_id: webhook.id });
  }
}

export const GONE = { code: "not_found", detail: "There is no such webhook." } as const;
