import { eq } from "drizzle-orm";
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

/** The carrier account, up to 60 seconds old: each callback of each call asks for it. */
export async function findCarrier(db: Db, carrierId: string, nowMs: number): Promise<CarrierAccount | null> {
  const cached = cache.get(carrierId, nowMs);
  if (cached !== undefined) return cached;
  try {
    const account = await readCarrier(db, carrierId);
    if (account === undefined) return null;
    cache.set(carrierId, account, nowMs);
    return account;
  } catch (error) {
    // Calls live that this account serves; an old token is better than none while the database is away.
    const stale = cache.getStale(carrierId);
    if (stale === undefined) throw error;
    return stale;
  }
}

function readCarrier(db: Db, carrierId: string) {
  return db.select(columns).from(carriers).where(eq(carriers.id, carrierId)).get();
}
