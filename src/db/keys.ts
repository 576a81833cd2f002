import { eq } from "drizzle-orm";
import { z } from "zod";
import { RATE_LIMIT_BUCKETS, type KeyLimits } from "../domain/rate-limits.ts";
import { TtlCache } from "../lib/ttl-cache.ts";
import type { Db } from "./client.ts";
import { apiKeys } from "./schema.ts";

export type ApiKey = {
  id: string;
  orgId: string;
  scopes: string[];
  /** Requests per minute where they differ from what everybody has. */
  limits: KeyLimits;
  expiresAt: number | null;
};

const scopesSchema = z.array(z.string());
const limitsSchema = z.partialRecord(z.enum(RATE_LIMIT_BUCKETS), z.number());

/** A revoked key is refused everywhere once this has passed (contract: 60 seconds). */
const CACHE_MS = 60_000;
const cache = new TtlCache<ApiKey>(CACHE_MS, 1_000);

/** The key with this hash, unless it was revoked; null if there is none. Up to 60 seconds old. */
export async function findKey(db: Db, keyHash: string, nowMs: number): Promise<ApiKey | null> {
  const cached = cache.get(keyHash, nowMs);
  if (cached !== undefined) return cached;
  const row = await db
    .select({
      id: apiKeys.id,
      orgId: apiKeys.orgId,
      scopes: apiKeys.scopes,
      limits: apiKeys.limits,
      expiresAt: apiKeys.expiresAt,
      revokedAt: apiKeys.revokedAt,
    })
    .from(apiKeys)
    .where(eq(apiKeys.keyHash, keyHash))
    .get();
  if (row === undefined || row.revokedAt !== null) return null;
  const key: ApiKey = {
    id: row.id,
    orgId: row.orgId,
    scopes: scopesSchema.parse(JSON.parse(row.scopes)),
    limits: limitsSchema.parse(JSON.parse(row.limits ?? "{}")),
    expiresAt: row.expiresAt,
  };
  cache.set(keyHash, key, nowMs);
  return key;
}
