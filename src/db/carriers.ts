import { and, eq, isNull } from "drizzle-orm";
import { TtlCache } from "../lib/ttl-cache.ts";
import type { Db } from "./client.ts";
import { carriers } from "./schema.ts";

const columns = {
  id: carriers.id,
  orgId: carriers.orgId,
  kind: carriers.kind,
  accountSid: carriers.accountSid,
  authTokenEncrypted: carriers.authTokenEncrypted,
  apiBaseUrl: carriers.apiBaseUrl,
};

/** A carrier account with its token still encrypted. */
export type CarrierAccount = NonNullable<Awaited<ReturnType<typeof readCarrier>>>;

const cache = new TtlCache<CarrierAccount>(60_000, 200);

/**
 * The carrier account, up to 60 seconds old: each callback of each call asks for it. So for a minute after a change of
 * the token callbacks may be judged by the old one, and after its deletion an account's be heeded still; by then it has
 * no number, no campaign and no live call, so there is nothing that they could tell or be told.
 */
export async function findCarrier(db: Db, carrierId: string, nowMs: number): Promise<CarrierAccount | null> {
  const cached = cache.get(carrierId, nowMs);
  if (cached !== undefined) return cached;
  try {
    const account = await readCarrier(db, carrierId);
    if (account === undefined) {
      forgetCarrier(carrierId);
      return null;
    }
    cache.set(carrierId, account, nowMs);
    return account;
  } catch (error) {
    // Calls live that this account serves; an old token is better than none while the database is away.
    const stale = cache.getStale(carrierId);
    if (stale === undefined) throw error;
    return stale;
  }
}

/** After a change: this isolate at least knows it at once. */
export function forgetCarrier(carrierId: string): void {
  cache.delete(carrierId);
}

function readCarrier(db: Db, carrierId: string) {
  const isThere = and(eq(carriers.id, carrierId), isNull(carriers.deletedAt));
  return db.select(columns).from(carriers).where(isThere).get();
}
