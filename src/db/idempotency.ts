// Requests that came with an Idempotency-Key. Whoever holds the lease may act; the answer is kept for a day and
// given to every later request with the same key and body. A lease that ran out without an answer is anybody's.

import { and, eq, inArray, isNull, lt, sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "./client.ts";
import { keep, placesOf, type Given } from "./kept.ts";
import { idempotencyKeys } from "./schema.ts";

/** Which request is meant: an organisation's, to a concrete path, under the client's own key. */
export type RequestName = { orgId: string; method: string; path: string; key: string };

/** The right to act on a request, until the lease ends. */
export type IdempotencyClaim = RequestName & { fingerprint: string; holder: string };

/** … in a kept statement. */
const CLAIM = placesOf(["orgId", "method", "path", "key", "holder"]);

/** How a request is answered that has acted. */
const keptStatusSchema = z.union([z.literal(200), z.literal(201), z.literal(202)]);
const headersSchema = z.record(z.string(), z.string());

export type KeptAnswer = {
  status: z.infer<typeof keptStatusSchema>;
  headers: Record<string, string>;
  body: string;
};

export type ClaimResult =
  | { kind: "claimed"; claim: IdempotencyClaim }
  | { kind: "answered"; answer: KeptAnswer }
  | { kind: "running"; leaseUntilMs: number }
  /** The key stands for a request with another body. */
  | { kind: "other_request" };

/** Longer than any request acts. */
const LEASE_MS = 60_000;
const KEPT_SECONDS = 86_400;

/** One statement that takes the lease where it is free and tells what is there where it is not. */
export async function claimRequest(
  db: Db,
  name: RequestName,
  fingerprint: string,
  nowMs: number,
): Promise<ClaimResult> {
  const holder = crypto.randomUUID();
  const nowSeconds = Math.floor(nowMs / 1000);
  const isFree = sql`(${idempotencyKeys.createdAt} <= ${nowSeconds - KEPT_SECONDS}
    OR (${idempotencyKeys.status} IS NULL AND ${idempotencyKeys.leaseUntilMs} <= ${nowMs}))`;
  const taken = <T>(column: T, value: unknown) => sql`CASE WHEN ${isFree} THEN ${value} ELSE ${column} END`;
  const row = await db
    .insert(idempotencyKeys)
    .values({ ...name, fingerprint, holder, leaseUntilMs: nowMs + LEASE_MS, createdAt: nowSeconds })
    .onConflictDoUpdate({
      target: [idempotencyKeys.orgId, idempotencyKeys.method, idempotencyKeys.path, idempotencyKeys.key],
      // Each expression reads the row as it was.
      set: {
        fingerprint: taken(idempotencyKeys.fingerprint, fingerprint),
        holder: taken(idempotencyKeys.holder, holder),
        leaseUntilMs: taken(idempotencyKeys.leaseUntilMs, nowMs + LEASE_MS),
        status: taken(idempotencyKeys.status, null),
        headers: taken(idempotencyKeys.headers, null),
        body: taken(idempotencyKeys.body, null),
        createdAt: taken(idempotencyKeys.createdAt, nowSeconds),
      },
    })
    .returning()
    .get();
  if (row.holder === holder) return { kind: "claimed", claim: { ...name, fingerprint, holder } };
  if (row.fingerprint !== fingerprint) return { kind: "other_request" };
  if (row.status === null) return { kind: "running", leaseUntilMs: row.leaseUntilMs };
  const headers = headersSchema.parse(JSON.parse(row.headers ?? "{}"));
  const status = keptStatusSchema.parse(row.status);
  return { kind: "answered", answer: { status, headers, body: row.body ?? "" } };
}

/** By this a call's object knows a request again whose answer was lost: the client's key, and what was asked with it. */
export function requestKeyOf({ key, fingerprint }: IdempotencyClaim): string {
  return `${fingerprint} ${key}`;
}

/** Null for an answer that is none of a request that has acted. */
export function toKeptAnswer(
  status: number,
  headers: Record<string, string>,
  body: string,
): KeptAnswer | null {
  const kept = keptStatusSchema.safeParse(status);
  return kept.success ? { status: kept.data, headers, body } : null;
}

/** The statement that keeps the answer to what has acted already. */
export function keepAnswer(claim: IdempotencyClaim, answer: KeptAnswer): Given<unknown> {
  return keptAnswer().given({ ...claim, ...valuesOfAnswer(answer) });
}

const keptAnswer = keep((db) => updateAnswer(db));

/**
 * … for a kept statement of a batch that acts; the claim and `valuesOfAnswer` are its values.
 * @param hasActed whether what the answer says has come about.
 */
export function updateAnswer(db: Db, hasActed?: SQL) {
  const { status, headers, body } = placesOf(["status", "headers", "body"]);
  return db
    .update(idempotencyKeys)
    .set({ status: sql`${status}`, headers: sql`${headers}`, body: sql`${body}` })
    .where(and(isHeldBy(CLAIM), hasActed));
}

export function valuesOfAnswer({ status, headers, body }: KeptAnswer) {
  return { status, headers: JSON.stringify(headers), body };
}

/**
 * A condition for kept statements that act: nobody else has taken the request over, and nobody has answered it. The claim
 * is among their values.
 */
export const holdsUnanswered = sql`EXISTS (SELECT 1 FROM idempotency_keys k
  WHERE k.org_id = ${CLAIM.orgId} AND k.method = ${CLAIM.method} AND k.path = ${CLAIM.path} AND k.key = ${CLAIM.key}
    AND k.holder = ${CLAIM.holder} AND k.status IS NULL)`;

/** Nothing was done: the key is unused again. */
export async function dropClaim(db: Db, claim: IdempotencyClaim): Promise<void> {
  await db.delete(idempotencyKeys).where(and(isHeldBy(claim), isNull(idempotencyKeys.status)));
}

/**
 * The statement that forgets what was answered to a POST about this object, which is to be gone with all that is known
 * of it. Read in the bodies: an answer with 200 has no location.
 */
export function forgetAnswers(db: Db, { orgId, path, uuid }: { orgId: string; path: string; uuid: string }) {
  return db
    .delete(idempotencyKeys)
    .where(
      and(
        eq(idempotencyKeys.orgId, orgId),
        eq(idempotencyKeys.method, "POST"),
        eq(idempotencyKeys.path, path),
        sql`body ->> '$.uuid' = ${uuid}`,
      ),
    );
}

/** Removes keys that are older than a day, at most `limit` of them. */
export async function pruneRequests(db: Db, nowSeconds: number, limit: number): Promise<number> {
  const old = db
    .select({ rowid: sql`rowid` })
    .from(idempotencyKeys)
    .where(lt(idempotencyKeys.createdAt, nowSeconds - KEPT_SECONDS))
    .limit(limit);
  const pruned = await db
    .delete(idempotencyKeys)
    .where(inArray(sql`rowid`, old))
    .returning({ key: idempotencyKeys.key });
  return pruned.length;
}

function isHeldBy(claim: typeof CLAIM | IdempotencyClaim) {
  return and(
    eq(idempotencyKeys.orgId, claim.orgId),
    eq(idempotencyKeys.method, claim.method),
    eq(idempotencyKeys.path, claim.path),
    eq(idempotencyKeys.key, claim.key),
    eq(idempotencyKeys.holder, claim.holder),
  );
}
