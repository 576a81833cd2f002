// API keys. Each request asks for one, so an isolate remembers them for a while: what is changed or revoked elsewhere
// is noticed here once that has passed. Only keys that are valid are remembered, so that a new one works at once.

import { and, count, desc, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Page } from "../contract/pages.ts";
import { RATE_LIMIT_BUCKETS, type KeyLimits } from "../domain/rate-limits.ts";
import { SCOPES, type Scope } from "../domain/scopes.ts";
import { TtlCache } from "../lib/ttl-cache.ts";
import type { Db } from "./client.ts";
import { apiKeys } from "./schema.ts";

export type KeyRow = typeof apiKeys.$inferSelect;
export type NewKey = typeof apiKeys.$inferInsert;

/** What a request is judged by. */
export type ApiKey = {
  id: string;
  orgId: string;
  scopes: Scope[];
  /** Requests per minute where they differ from what everybody has. */
  limits: KeyLimits;
  expiresAt: number | null;
};

/** A revoked key is refused everywhere once this has passed (contract: 60 seconds). */
const CACHE_MS = 60_000;
const byHash = new TtlCache<ApiKey>(CACHE_MS, 1_000);
const byId = new TtlCache<ApiKey>(CACHE_MS, 1_000);

/** The key with this hash, unless it was revoked; null if there is none. Up to 60 seconds old. */
export async function findKey(db: Db, keyHash: string, nowMs: number): Promise<ApiKey | null> {
  const known = byHash.get(keyHash, nowMs);
  if (known !== undefined) return known;
  return remember(await db.select().from(apiKeys).where(eq(apiKeys.keyHash, keyHash)).get(), nowMs);
}

/** … and the key with this id. */
export async function findKeyById(db: Db, keyId: string, nowMs: number): Promise<ApiKey | null> {
  const known = byId.get(keyId, nowMs);
  if (known !== undefined) return known;
  return remember(await db.select().from(apiKeys).where(eq(apiKeys.id, keyId)).get(), nowMs);
}

/** … and not from what is remembered: for who uses it longer than a request takes. */
export async function readKeyAnew(db: Db, keyId: string, nowMs: number): Promise<ApiKey | null> {
  const row = await db.select().from(apiKeys).where(eq(apiKeys.id, keyId)).get();
  forget(row);
  return remember(row, nowMs);
}

export async function insertKey(db: Db, key: NewKey): Promise<KeyRow> {
  return db.insert(apiKeys).values(key).returning().get();
}

/** Null if the organisation has none such. Revoked ones are there. */
export async function findOwnKey(db: Db, orgId: string, keyId: string): Promise<KeyRow | null> {
  return (await db.select().from(apiKeys).where(isOwn(orgId, keyId)).get()) ?? null;
}

/** Newest first. */
export async function listKeys(db: Db, orgId: string, { limit, offset }: Page) {
  const all = eq(apiKeys.orgId, orgId);
  const [rows, [counted]] = await db.batch([
    db.select().from(apiKeys).where(all).orderBy(desc(apiKeys.id)).limit(limit).offset(offset),
    db.select({ total: count() }).from(apiKeys).where(all),
  ]);
  return { rows, total: counted?.total ?? 0 };
}

/** `limits` is a merge patch (RFC 7396); null takes all of them back. */
export type KeyChanges = {
  name?: string;
  expiresAt?: number | null;
  limits?: Partial<Record<keyof KeyLimits, number | null>> | null;
};

/** Merged in the database, so that changes at the same time lose nothing. Null if there is no such key. */
export async function updateKey(
  db: Db,
  orgId: string,
  keyId: string,
  { limits, ...plain }: KeyChanges,
): Promise<KeyRow | null> {
  const merged = sql`json_patch(coalesce(${apiKeys.limits}, '{}'), ${JSON.stringify(limits)})`;
  const changes = { ...plain, ...(limits === undefined ? {} : { limits: limits === null ? null : merged }) };
  return forget(await db.update(apiKeys).set(changes).where(isOwn(orgId, keyId)).returning().get());
}

/** The first time counts. */
export async function revokeKey(db: Db, orgId: string, keyId: string, nowSeconds: number): Promise<void> {
  const revokedAt = sql`coalesce(${apiKeys.revokedAt}, ${nowSeconds})`;
  forget(await db.update(apiKeys).set({ revokedAt }).where(isOwn(orgId, keyId)).returning().get());
}

/** A scope that this version does not know allows nothing. */
export function scopesOf(row: KeyRow): Scope[] {
  const stored = z.array(z.string()).parse(JSON.parse(row.scopes));
  return SCOPES.filter((scope) => stored.includes(scope));
}

export function limitsOf(row: KeyRow): KeyLimits {
  const stored = z.record(z.string(), z.number()).parse(JSON.parse(row.limits ?? "{}"));
  return Object.fromEntries(
    RATE_LIMIT_BUCKETS.flatMap((bucket) => {
      const perMinute = stored[bucket];
      return perMinute === undefined ? [] : [[bucket, perMinute]];
    }),
  );
}

/** What requests are judged by; null for a key that was revoked. */
function keyOf(row: KeyRow): ApiKey | null {
  if (row.revokedAt !== null) return null;
  const { id, orgId, expiresAt } = row;
  return { id, orgId, scopes: scopesOf(row), limits: limitsOf(row), expiresAt };
}

/** @param nowMs from before the row was read: it is no older than that. */
function remember(row: KeyRow | undefined, nowMs: number): ApiKey | null {
  const key = row === undefined ? null : keyOf(row);
  if (row === undefined || key === null) return null;
  byHash.set(row.keyHash, key, nowMs);
  byId.set(row.id, key, nowMs);
  return key;
}

function forget(row: KeyRow | undefined): KeyRow | null {
  if (row === undefined) return null;
  byHash.delete(row.keyHash);
  byId.delete(row.id);
  return row;
}

function isOwn(orgId: string, keyId: string) {
  return and(eq(apiKeys.orgId, orgId), eq(apiKeys.id, keyId));
}
