import type { Config } from "../../config.ts";
import type { Refusal } from "../../contract/problems.ts";
import type { RotateSecretInput, WebhookWithSecret } from "../../contract/webhooks.ts";
import { updateWebhook, type WebhookRow } from "../../db/webhooks.ts";
import { logError } from "../../lib/log.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { seal, unseal } from "../../lib/sealing.ts";
import { isoSeconds, toEpochSeconds } from "../../lib/time.ts";
import {
  MOST_PREVIOUS,
  openPreviousSecrets,
  sealPreviousSecrets,
  type PreviousSecret,
} from "../../webhooks/previous-secrets.ts";
import { newWebhookSecret } from "../../webhooks/signature.ts";
import type { OrgContext } from "../context.ts";
import { toWebhook } from "./read-webhooks.ts";
import { tellOfChange } from "./tell-of-change.ts";
import { GONE } from "./write-webhooks.ts";

/**
 * The secret that is replaced signs on for a while, and so do those before it that still sign: which of them receivers
 * check by, nobody here knows. None goes before the time that was promised for it, so with as many as there may be it is
 * refused. For no while at all, the new one alone signs.
 */
export async function rotateSecret(
  context: OrgContext,
  webhook: WebhookRow,
  input: RotateSecretInput,
): Promise<Result<WebhookWithSecret, Refusal<"not_found" | "limit_reached">>> {
  const { db, env, config } = context;
  const secret = newWebhookSecret();
  const nowSeconds = toEpochSeconds(Date.now());
  const previous = input.expires_in === 0 ? [] : await secretsOf(config, webhook, input, nowSeconds);
  if (previous.length > MOST_PREVIOUS) return err(tooMany(previous));
  const changed = await updateWebhook(db, webhook, {
    set: {
      secretEncrypted: await seal(config.CREDENTIALS_KEY, secret, webhook.id),
      ...(await sealPreviousSecrets(config.CREDENTIALS_KEY, previous, webhook.id)),
    },
    status: undefined,
    ifAsRead: true,
    nowSeconds,
  });
  if (changed.kind === "gone") return err(GONE);
  // Somebody else changed it meanwhile, its secret perhaps, which then is one of those before.
  if (changed.kind === "not_as_read") return rotateSecret(context, changed.webhook, input);
  await tellOfChange(env, webhook.id);
  return ok({ ...(await toWebhook(config, changed.webhook)), secret });
}

/** @param previous first the one that would have been replaced. */
function tooMany([, ...signing]: readonly PreviousSecret[]): Refusal<"limit_reached"> {
  const next = isoSeconds(Math.min(...signing.map(({ until }) => until)));
  const detail =
    `${MOST_PREVIOUS} secrets before the newest still sign, as many as there may be. The next of them ends at ${next}; ` +
    "expires_in 0 ends all of them at once.";
  return { code: "limit_reached", detail };
}

/** What signs now, the newest first, each with its end. What does not open signs nothing; a new one takes its place all the same. */
async function secretsOf(
  { credentialsKeys }: Config,
  webhook: WebhookRow,
  { expires_in: expiresIn }: RotateSecretInput,
  nowSeconds: number,
): Promise<PreviousSecret[]> {
  const previous = await openPreviousSecrets(credentialsKeys, webhook, nowSeconds);
  try {
    const secret = await unseal(credentialsKeys, webhook.secretEncrypted, webhook.id);
    return [{ secret, until: nowSeconds + expiresIn }, ...previous];
  } catch (error) {
    logError("webhook_secret_unreadable", error, { webhook_id: webhook.id });
    return previous;
  }
}
