// Tokens are stored nowhere: each is what it says, signed with a key derived from CREDENTIALS_KEY. It stands for the
// API key that made it, and so is worth nothing once that is revoked or expired.

import { z } from "zod";
import { TOKEN_PURPOSES, type TokenPurpose } from "../../contract/tokens.ts";
import { findKeyById, type ApiKey } from "../../db/keys.ts";
import { readSignedText, signText } from "../../lib/signed-text.ts";
import type { ServiceContext } from "../context.ts";

const PREFIX = "tl_t_";
/** A socket is opened at once; who listens to a recording goes back and forth in it for a while. */
export const LIFE_SECONDS: Record<TokenPurpose, number> = { live: 300, board: 300, recording: 3_600 };
/** So far the clocks of two machines may be apart. */
const CLOCKS_APART_SECONDS = 60;
/** As long as any that is made here, and room to spare. */
const FORM = /^tl_t_[\w-]{1,600}\.[\w-]{43}$/;
const LABEL = "trunkline token v1";

/** In short names: a token stands in addresses. */
const claimsSchema = z.object({
  /** The API key's id. */
  k: z.string(),
  /** The organisation's. */
  o: z.string(),
  p: z.enum(TOKEN_PURPOSES),
  /** The object's: a call's, or for a board the organisation's. */
  i: z.string(),
  /** Epoch seconds from which on it is refused. */
  x: z.number().int(),
  /** … and from which on who made it is: what the token opened does not outlive them. None where they have no end. */
  e: z.number().int().optional(),
});

/** What a route takes tokens for. `objectId` null: the organisation itself. */
export type TokenUse = { purpose: TokenPurpose; objectId: string | null };

export function isToken(secret: string): boolean {
  return secret.startsWith(PREFIX);
}

export async function signToken(
  { config }: ServiceContext,
  key: ApiKey,
  purpose: TokenPurpose,
  objectId: string,
  expiresAt: number,
): Promise<string> {
  const claims: z.infer<typeof claimsSchema> = {
    k: key.id,
    o: key.orgId,
    p: purpose,
    i: objectId,
    x: expiresAt,
    ...(key.expiresAt === null ? {} : { e: key.expiresAt }),
  };
  return PREFIX + (await signText(config.CREDENTIALS_KEY, LABEL, JSON.stringify(claims)));
}

/**
 * The key that a token stands for, revoked or not found being the same; null if it is no token for this use now.
 * Never by the previous key: who learned that, the reason why it was changed, would go on making tokens. Clients ask anew.
 */
export async function findTokenKey(
  { config, db }: ServiceContext,
  token: string,
  use: TokenUse,
  nowMs: number,
): Promise<ApiKey | null> {
  if (!FORM.test(token)) return null;
  const text = await readSignedText(config.CREDENTIALS_KEY, LABEL, token.slice(PREFIX.length));
  if (text === null) return null;
  // Signed by us, but perhaps by another version of us.
  const claims = claimsSchema.safeParse(JSON.parse(text));
  if (!claims.success) return null;
  const { k: keyId, o: orgId, p: purpose, i: objectId, x: expiresAt, e: end } = claims.data;
  const isForThis = purpose === use.purpose && objectId === (use.objectId ?? orgId);
  const leftMs = expiresAt * 1000 - nowMs;
  // None that was made here lives longer.
  const isAlive = leftMs > 0 && leftMs <= (LIFE_SECONDS[purpose] + CLOCKS_APART_SECONDS) * 1000;
  if (!isForThis || !isAlive) return null;
  const key = await findKeyById(db, keyId, nowMs);
  if (key?.orgId !== orgId) return null;
  return end === undefined ? key : { ...key, expiresAt: Math.min(key.expiresAt ?? end, end) };
}
