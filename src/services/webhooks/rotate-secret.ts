import type { Refusal } from "../../contract/problems.ts";
import type { RotateSecretInput, WebhookWithSecret } from "../../contract/webhooks.ts";
import { rotateSecret as rotateStored, type WebhookRow } from "../../db/webhooks.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { seal } from "../../lib/sealing.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import { newWebhookSecret } from "../../webhooks/signature.ts";
import type { OrgContext } from "../context.ts";
import { toWebhook } from "./read-webhooks.ts";
import { tellOfChange } from "./tell-of-change.ts";
import { GONE } from "./write-webhooks.ts";

/**
 * For a while both sign. Of two that lived already the newer is replaced: it may be one that nobody got to know, and the
 * older is the one that receivers check by.
 */
export async function rotateSecret(
  { db, env, config }: OrgContext,
  webhook: WebhookRow,
  { expires_in: expiresIn }: RotateSecretInput,
): Promise<Result<WebhookWithSecret, Refusal<"not_found">>> {
  const secret = newWebhookSecret();
  const nowSeconds = toEpochSeconds(Date.now());
  const rotated = await rotateStored(db, webhook, {
    secretEncrypted: await seal(config.CREDENTIALS_KEY, secret, webhook.id),
    previousUntil: expiresIn === 0 ? null : nowSeconds + expiresIn,
    nowSeconds,
  });
  if (rotated === null) return err(GONE);
  await tellOfChange(env, webhook.id);
  return ok({ ...(await toWebhook(config, rotated)), secret });
}
