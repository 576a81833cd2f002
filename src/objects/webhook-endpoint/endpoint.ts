// A webhook as it stands in D1, opened to be sent to.

import { z } from "zod";
import type { Config } from "../../config.ts";
import type { Db } from "../../db/client.ts";
import { findEndpoint } from "../../db/webhook-endpoints.ts";
import type { WebhookStatus } from "../../domain/webhook.ts";
import { unseal } from "../../lib/sealing.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import { openPreviousSecrets, webhookSecretSchema } from "../../webhooks/previous-secrets.ts";
import type { Receiver } from "../../webhooks/send.ts";

export type Endpoint = Receiver & { status: WebhookStatus };

const headersSchema = z.record(z.string(), z.string());

/** Null if it was deleted. Throws if D1 is away, or if the newest secret or the headers don't open. */
export async function openEndpoint(
  { db, config }: { db: Db; config: Config },
  webhookId: string,
): Promise<Endpoint | null> {
  const row = await findEndpoint(db, webhookId);
  if (row === null) return null;
  const { credentialsKeys } = config;
  const open = (sealed: string) => unseal(credentialsKeys, sealed, webhookId);
  const previous = await openPreviousSecrets(credentialsKeys, row, toEpochSeconds(Date.now()));
  const newest = webhookSecretSchema.parse(await open(row.secretEncrypted));
  const { headersEncrypted } = row;
  return {
    url: row.url,
    status: row.status,
    secrets: [newest, ...previous.map(({ secret }) => secret)],
    headers: headersEncrypted === null ? {} : headersSchema.parse(JSON.parse(await open(headersEncrypted))),
  };
}
