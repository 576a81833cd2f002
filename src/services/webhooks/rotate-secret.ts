import type { Refusal } from "../../contract/problems.ts";
import type { RotateSecretInput, WebhookWithSecret } from "../../contract/webhooks.ts";
import { rotateSecret as rotateStored, type WebhookRow } from "../../db/webhooks.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { seal } from "../../lib/sealing.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import { newWebhookSecret } from "../../webhooks/signature.ts";
import type { OrgContext } from "../context.ts";
import { toWebhook } from "./read-webhooks.ts";
import { GONE } from "./write-webhooks.ts";

/** For a while both sign; of two that lived already the older is dropped at once. */
export async function rotateSecret(
  { db, config }: OrgContext,
  webhook: WebhookRow,
  { expires_in: expiresIn }: RotateSecretInput,
): Promise<Result<WebhookWithSecret, Refusal<"not_found">>> {
  const secret = newWebhookSecret();
  const rotated = await rotateStored(db, webhook, {
    secretEncrypted: await seal(config.CREDENTIALS_KEY, secret, webhook.id),
    previousUntil: expiresIn === 0 ? null : toEpochSeconds(Date.now()) + expiresIn,
  });
  return rotated === null ? err(GONE) : ok({ ...(await toWebhook(config, rotated)), secret });
}
