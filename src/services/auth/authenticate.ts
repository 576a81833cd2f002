import { findSessionKey } from "../../db/desk-sessions.ts";
import { findKey, type ApiKey } from "../../db/keys.ts";
import { sha256Hex } from "../../lib/crypto.ts";
import type { ServiceContext } from "../context.ts";
import { findTokenKey, isToken, type TokenUse } from "./tokens.ts";

const KEY_FORM = /^tl_k_[0-9A-Za-z]{43}$/;
const SESSION_FORM = /^tl_s_[0-9A-Za-z]{43}$/;

/**
 * The key that this secret is, or that a token stands for; null if neither: malformed, unknown, expired and revoked are
 * all the same to a caller. @param use what a token would have to be for; null where none is taken.
 */
export async function authenticate(
  services: ServiceContext,
  secret: string,
  use: TokenUse | null = null,
): Promise<ApiKey | null> {
  const nowMs = Date.now();
  const key = await find(services, secret, use, nowMs);
  return isValid(key, nowMs) ? key : null;
}

/** The key that somebody signed in at the desk with; null if their session has ended, or is none. */
export async function authenticateSession({ db }: ServiceContext, secret: string): Promise<ApiKey | null> {
  if (!SESSION_FORM.test(secret)) return null;
  const nowMs = Date.now();
  const key = await findSessionKey(db, await sha256Hex(secret), nowMs);
  return isValid(key, nowMs) ? key : null;
}

function isValid(key: ApiKey | null, nowMs: number): boolean {
  return key !== null && (key.expiresAt === null || nowMs < key.expiresAt * 1000);
}

async function find(
  services: ServiceContext,
  secret: string,
  use: TokenUse | null,
  nowMs: number,
): Promise<ApiKey | null> {
  if (isToken(secret)) return use === null ? null : findTokenKey(services, secret, use, nowMs);
  return KEY_FORM.test(secret) ? findKey(services.db, await sha256Hex(secret), nowMs) : null;
}
