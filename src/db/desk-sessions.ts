// Who is signed in at the desk. Each request asks, so an isolate remembers a session for a while, as it does keys
// (keys.ts): what is signed out of elsewhere is refused here once that has passed.
//
// How many rows there are is bounded by how often a key may ask (signing in draws on its limit) times the hours that a
// session lasts; signing in again takes the place of the session before it, and cron deletes those that have ended.

import { and, eq, gt, lte } from "drizzle-orm";
import { TtlCache } from "../lib/ttl-cache.ts";
import type { Db } from "./client.ts";
import { keyOf, type ApiKey } from "./keys.ts";
import { apiKeys, deskSessions } from "./schema.ts";

const CACHE_MS = 60_000;
const byHash = new TtlCache<ApiKey>(CACHE_MS, 1_000);

/** @param formerHash of the session that this one takes the place of: both, or neither. */
export async function beginDeskSession(
  db: Db,
  session: typeof deskSessions.$inferInsert,
  formerHash: string | null,
): Promise<void> {
  const insertion = db.insert(deskSessions).values(session);
  if (formerHash === null) await insertion;
  else {
    await db.batch([insertion, deletionOf(db, formerHash)]);
    byHash.delete(formerHash);
  }
}

/** The key that was signed in with, which ends when the session does; null if either has ended. */
export async function findSessionKey(db: Db, hash: string, nowMs: number): Promise<ApiKey | null> {
  const known = byHash.get(hash, nowMs);
  if (known !== undefined) return known;
  const row = await db
    .select({ key: apiKeys, endsAt: deskSessions.expiresAt })
    .from(deskSessions)
    .innerJoin(apiKeys, eq(apiKeys.id, deskSessions.keyId))
    .where(and(eq(deskSessions.hash, hash), gt(deskSessions.expiresAt, Math.floor(nowMs / 1000))))
    .get();
  const key = row === undefined ? null : keyOf(row.key);
  if (row === undefined || key === null) return null;
  const session = { ...key, expiresAt: Math.min(key.expiresAt ?? row.endsAt, row.endsAt) };
  byHash.set(hash, session, nowMs);
  return session;
}

export async function deleteDeskSession(db: Db, hash: string): Promise<void> {
  byHash.delete(hash);
  await deletionOf(db, hash);
}

function deletionOf(db: Db, hash: string) {
  return db.delete(deskSessions).where(eq(deskSessions.hash, hash));
}

export async function deleteEndedSessions(db: Db, nowSeconds: number): Promise<void> {
  await db.delete(deskSessions).where(lte(deskSessions.expiresAt, nowSeconds));
}
