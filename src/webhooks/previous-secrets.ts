// The secrets that a webhook had before its newest, and with which everything is signed as well until the end of each.
// They are stored as one sealed list: more rotations than one may fall into the time in which receivers change over.

import { z } from "zod";
import { logError } from "../lib/log.ts";
import { seal, unseal } from "../lib/sealing.ts";

export const webhookSecretSchema = z.string().regex(/^whsec_[A-Za-z0-9+/]+={0,2}$/);
/** `until`: epoch seconds from which on it signs nothing any more. */
const previousSecretsSchema = z.array(z.object({ secret: webhookSecretSchema, until: z.int() }));
export type PreviousSecret = z.infer<typeof previousSecretsSchema>[number];

/** Each signs everything, so there is an end to it. */
export const MOST_PREVIOUS = 5;

/** With these before it, the last to end first; null for none. */
export async function sealPreviousSecrets(
  keyBase64: string,
  secrets: readonly PreviousSecret[],
  webhookId: string,
): Promise<{ previousSecretEncrypted: string | null; previousSecretUntil: number | null }> {
  const sorted = secrets.toSorted((one, other) => other.until - one.until);
  const [last] = sorted;
  if (last === undefined) return { previousSecretEncrypted: null, previousSecretUntil: null };
  const previousSecretEncrypted = await seal(keyBase64, JSON.stringify(sorted), webhookId);
  return { previousSecretEncrypted, previousSecretUntil: last.until };
}

/** Those that sign now. If they don't open there are none: the newest signs all the same. */
export async function openPreviousSecrets(
  keysBase64: readonly string[],
  { id, previousSecretEncrypted: sealed }: { id: string; previousSecretEncrypted: string | null },
  nowSeconds: number,
): Promise<PreviousSecret[]> {
  if (sealed === null) return [];
  try {
    const secrets = previousSecretsSchema.parse(JSON.parse(await unseal(keysBase64, sealed, id)));
    return secrets.filter(({ until }) => nowSeconds < until);
  } catch {
    // The error might say how they begin.
    logError("webhook_previous_secrets_unreadable", "they don't open", { webhook_id: id });
    return [];
  }
}
