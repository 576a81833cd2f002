import { findKey, type ApiKey } from "../../db/keys.ts";
import { sha256Hex } from "../../lib/crypto.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import type { ServiceContext } from "../context.ts";

const KEY_FORM = /^tl_k_[0-9A-Za-z]{43}$/;

/** The key that this secret is, or null: malformed, unknown, expired and revoked are all the same to a caller. */
export async function authenticate({ db }: ServiceContext, secret: string): Promise<ApiKey | null> {
  if (!KEY_FORM.test(secret)) return null;
  const nowMs = Date.now();
  const key = await findKey(db, await sha256Hex(secret), nowMs);
  if (key === null || (key.expiresAt !== null && key.expiresAt <= toEpochSeconds(nowMs))) return null;
  return key;
}
