// Signing in at the desk: an API key is exchanged for a session, so that the key itself stays out of the browser.

import type { DeskSession } from "../../contract/desk.ts";
import { readOrganisation } from "../../db/organisations.ts";
import { beginDeskSession, deleteDeskSession, deleteEndedSessions } from "../../db/desk-sessions.ts";
import type { ApiKey } from "../../db/keys.ts";
import { newSessionSecret } from "../../lib/api-key.ts";
import { sha256Hex } from "../../lib/crypto.ts";
import { isoSeconds, toEpochSeconds } from "../../lib/time.ts";
import type { ServiceContext } from "../context.ts";

/** A shift and its overtime. */
export const SESSION_SECONDS = 12 * 3_600;

/** A session's secret, for its cookie, and its end. @param former the secret of the one that it takes the place of. */
export async function signIn(
  { db }: ServiceContext,
  key: ApiKey,
  former: string | null,
): Promise<{ secret: string; endsAt: number }> {
  const secret = newSessionSecret();
  const createdAt = toEpochSeconds(Date.now());
  const endsAt = Math.min(key.expiresAt ?? Number.POSITIVE_INFINITY, createdAt + SESSION_SECONDS);
  const session = { hash: await sha256Hex(secret), keyId: key.id, createdAt, expiresAt: endsAt };
  await beginDeskSession(db, session, former === null ? null : await sha256Hex(former));
  return { secret, endsAt };
}

/** What a page is told of who is signed in. */
export async function describeSession({ db }: ServiceContext, key: ApiKey): Promise<DeskSession> {
  const { id: uuid, name } = await readOrganisation(db, key.orgId);
  return {
    organisation: { uuid, name },
    key_id: key.id,
    scopes: key.scopes,
    expires_at: isoSeconds(key.expiresAt ?? toEpochSeconds(Date.now()) + SESSION_SECONDS),
  };
}

export async function signOut({ db }: ServiceContext, secret: string): Promise<void> {
  await deleteDeskSession(db, await sha256Hex(secret));
}

export async function pruneSessions({ db }: Pick<ServiceContext, "db">): Promise<void> {
  await deleteEndedSessions(db, toEpochSeconds(Date.now()));
}
