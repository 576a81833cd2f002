import { findSealedOtherwise, replaceSealed, type SealedValue } from "../../db/sealed-values.ts";
import { logError, logInfo } from "../../lib/log.ts";
import { seal, sealPrefix, unseal } from "../../lib/sealing.ts";
import type { ServiceContext } from "../context.ts";

const AT_ONCE = 50;

/** While there is a previous key: seals with the new one what was sealed with it, a part each minute. */
export async function resealCredentials(context: ServiceContext): Promise<void> {
  const { config, db } = context;
  if (config.CREDENTIALS_KEY_PREVIOUS === undefined) return;
  const values = await findSealedOtherwise(db, await sealPrefix(config.CREDENTIALS_KEY), AT_ONCE);
  const resealed = await Promise.all(values.map((value) => reseal(context, value)));
  const done = resealed.filter(Boolean).length;
  logInfo("credentials_resealed", { resealed: done, left_of_these: values.length - done });
}

/** False if it was changed meanwhile, or neither key opens it. */
async function reseal({ config, db }: ServiceContext, value: SealedValue): Promise<boolean> {
  try {
    const plaintext = await unseal(config.credentialsKeys, value.sealed, value.id);
    return await replaceSealed(db, value, await seal(config.CREDENTIALS_KEY, plaintext, value.id));
  } catch (error) {
    logError("credential_unreadable", error, { of: value.id });
    return false;
  }
}
