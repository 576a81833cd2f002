// Who is signed in at the desk. Each request asks, so an isolate remembers a session for a while, as it does keys
// (keys.ts): what is signed out of elsewhere is refused here once that has passed.
//
// How many rows there are is bounded by how often a key may ask (signing in draws on its limit) times the hours that a
// session lasts; signing in again takes the place of the session before it, and cron deletes those that have ended.

import { and, eq, gt, lte } from "drizzle-orm";
import { TtlCache } from "../lib/ttl-cache.ts";
import type { Db } from "./client.ts";
import { findKeyById, type ApiKey } from "./keys.ts";
import { deskSessions } from "./schema.ts";

const CACHE_MS = 60_000;
const byHash = new TtlCache<Session>(CACHE_MS, 1_000);
/** What was read before one may be there no more: it is not remembered. */
let deletions = 0;

/** `endsAt`: epoch seconds. Of the key only its id: keys.ts knows what becomes of it. */
type Session = { keyId: string; endsAt: number };

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
    forget(formerHash);
  }
}

/** The key that was signed in with, which ends when the session does; null if either has ended. */
export async function findSessionKey(db: Db, hash: string, nowMs: number): Promise<ApiKey | null> {
  const session = byHash.get(hash, nowMs) ?? (await readSession(db, hash, nowMs));
  if (session === null) return null;
  const { keyId, endsAt } = session;
  const key = await findKeyById(db, keyId, nowMs);
  return key === null ? null : { ...key, expiresAt: Math.min(key.expiresAt ?? endsAt, endsAt) };
}

async function readSession(db: Db, hash: string, nowMs: number): Promise<Session | null> {
  const deletionsBefore = deletions;
  const session = await db
    .select({ keyId: deskSessions.keyId, endsAt: deskSessions.expiresAt })
    .from(deskSessions)
    .where(and(eq(deskSessions.hash, hash), gt(deskSessions.expiresAt, Math.floor(nowMs / 1000))))
    .get();
  if (session === undefined) return null;
  if (deletions === deletionsBefore) byHash.set(hash, session, nowMs);
  return session;
}

export async function deleteDeskSession(db: Db, hash: string): Promise<void> {
  await deletionOf(db, hash);
  forget(hash);
}

/** Once it is deleted: a request in between would remember it again. */
function forget(hash: string): void {
  deletions += 1;
  byHash.delete(hash);
}

function deletionOf(db: Db, hash: string) {
  return db.delete(deskSessions).where(eq(deskSessions.hash, hash));
}

export async function deleteEndedSessions(db: Db, nowSeconds: number): Promise<void> {
  await db.delete(deskSessions).where(lte(deskSessions.expiresAt, nowSeconds));
}
