// A webhook as it stands in D1, opened to be sent to.

import { z } from "zod";
import type { Config } from "../../config.ts";
import type { Db } from "../../db/client.ts";
import { findEndpoint } from "../../db/webhook-endpoints.ts";
import type { WebhookStatus } from "../../domain/webhook.ts";
import { unseal } from "../../lib/sealing.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import type { Receiver } from "../../webhooks/send.ts";

export type Endpoint = Receiver & { status: WebhookStatus };

const secretSchema = z.string().regex(/^whsec_[A-Za-z0-9+/]+={0,2}$/);
const headersSchema = z.record(z.string(), z.string());

/** Null if it was deleted. Throws if D1 is away or a secret does not open. */
export async function openEndpoint(
  { db, config }: { db: Db; config: Config },
  webhookId: string,
): Promise<Endpoint | null> {
  const row = await findEndpoint(db, webhookId);
  if (row === null) return null;
  const open = (sealed: string) => unseal(config.credentialsKeys, sealed, webhookId);
  const isPreviousLive =
    row.previousSecretUntil !== null && toEpochSeconds(Date.now()) < row.previousSecretUntil;
  const previous = isPreviousLive ? row.previousSecretEncrypted : null;
  const sealedSecrets = [row.secretEncrypted, ...(previous === null ? [] : [previous])];
  const { headersEncrypted } = row;
  return {
    url: row.url,
    status: row.status,
    secrets: z.array(secretSchema).parse(await Promise.all(sealedSecrets.map(open))),
    headers: headersEncrypted === null ? {} : headersSchema.parse(JSON.parse(await open(headersEncrypted))),
  };
}
