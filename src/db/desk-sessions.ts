// Who is signed in at the desk. Each request asks, so an isolate remembers a session for a while, as it does keys
// (keys.ts): what is signed out of elsewhere is refused here once that has passed.

import { and, eq, gt, lte } from "drizzle-orm";
import { TtlCache } from "../lib/ttl-cache.ts";
import type { Db } from "./client.ts";
import { keyOf, type ApiKey } from "./keys.ts";
import { apiKeys, deskSessions } from "./schema.ts";

const CACHE_MS = 60_000;
const byHash = new TtlCache<ApiKey>(CACHE_MS, 1_000);

export async function insertDeskSession(db: Db, session: typeof deskSessions.$inferInsert): Promise<void> {
  await db.insert(deskSessions).values(session);
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
  await db.delete(deskSessions).where(eq(deskSessions.hash, hash));
}

export async function deleteEndedSessions(db: Db, nowSeconds: number): Promise<void> {
  await db.delete(deskSessions).where(lte(deskSessions.expiresAt, nowSeconds));
}
