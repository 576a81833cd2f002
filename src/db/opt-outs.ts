import { and, count, desc, eq, sql, type SQL } from "drizzle-orm";
import type { Page } from "../contract/pages.ts";
import { parsePhone } from "../domain/phone.ts";
import type { Db } from "./client.ts";
import { optOutRemovals, optOuts } from "./schema.ts";
import { valuesWhere } from "./values-where.ts";

export type OptOutRow = typeof optOuts.$inferSelect;
export type NewOptOut = typeof optOuts.$inferInsert;

export async function isOptedOut(db: Db, orgId: string, phone: string): Promise<boolean> {
  const row = await db.select({ phone: optOuts.phone }).from(optOuts).where(isOf(orgId, phone)).get();
  return row !== undefined;
}

/** The opt-out that is there now: this one, or the one that was made before, whose reason is kept. */
export async function insertOptOut(db: Db, optOut: NewOptOut): Promise<{ isNew: boolean; row: OptOutRow }> {
  const [[inserted], [there]] = await db.batch([
    db.insert(optOuts).values(optOut).onConflictDoNothing().returning(),
    db.select().from(optOuts).where(isOf(optOut.orgId, optOut.phone)),
  ]);
  if (there === undefined) throw new Error("An opt-out was written and is not there");
  return { isNew: inserted !== undefined, row: there };
}

/** Null if the number may be called. */
export async function findOptOut(db: Db, orgId: string, phone: string): Promise<OptOutRow | null> {
  return (await db.select().from(optOuts).where(isOf(orgId, phone)).get()) ?? null;
}

/** Newest first. */
export async function listOptOuts(
  db: Db,
  orgId: string,
  { phone, limit, offset }: Page & { phone?: string | undefined },
) {
  const which = phone === undefined ? eq(optOuts.orgId, orgId) : isOf(orgId, phone);
  const newestFirst = [desc(optOuts.createdAt), desc(optOuts.phone)];
  const [rows, [counted]] = await db.batch([
    db
      .select()
      .from(optOuts)
      .where(which)
      .orderBy(...newestFirst)
      .limit(limit)
      .offset(offset),
    db.select({ total: count() }).from(optOuts).where(which),
  ]);
  return { rows, total: counted?.total ?? 0 };
}

/** Removes the opt-out and keeps why. False if it is gone, or another has taken its place. @param optOut as it was read. */
export async function deleteOptOut(
  db: Db,
  optOut: OptOutRow,
  reason: string,
  nowSeconds: number,
): Promise<boolean> {
  const asRead = and(isOf(optOut.orgId, optOut.phone), eq(optOuts.createdAt, optOut.createdAt));
  const removal = db
    .select({
      id: sql<number>`NULL`.as("id"),
      orgId: optOuts.orgId,
      phone: optOuts.phone,
      reason: sql<string>`${reason}`.as("reason"),
      optOutReason: sql<string | null>`${optOuts.reason}`.as("opt_out_reason"),
      optedOutAt: sql<number>`${optOuts.createdAt}`.as("opted_out_at"),
      createdAt: sql<number>`${nowSeconds}`.as("created_at"),
    })
    .from(optOuts)
    .where(asRead);
  const [, deleted] = await db.batch([
    db.insert(optOutRemovals).select(removal),
    db.delete(optOuts).where(asRead).returning({ phone: optOuts.phone }),
  ]);
  return deleted.length > 0;
}

function isOf(orgId: string, phone: string) {
  return and(eq(optOuts.orgId, orgId), eq(optOuts.phone, phone));
}

/** The customer asked for it in a call. Who withholds the number can't be called, and so not opted out either. */
export async function optOutByCall(
  db: Db,
  {
    orgId,
    callId,
    customer,
    atSeconds,
  }: { orgId: string; callId: string; customer: string; atSeconds: number },
): Promise<void> {
  if (parsePhone(customer) === null) return;
  await insertOptOut(db, {
    orgId,
    phone: customer,
    reason: reasonOf(callId),
    createdAt: atSeconds,
  });
}

/**
 * The same, for a wish that was found in the call afterwards; a statement for a batch. A removal that has come since
 * the call's end is the organisation's word, and newer than the customer's.
 */
export function optOutByWish(
  db: Db,
  call: { orgId: string; callId: string; customer: string; endedAt: number | null; atSeconds: number },
  condition: SQL,
) {
  const { orgId, callId, customer, endedAt, atSeconds } = call;
  const notRemovedSince = sql`NOT EXISTS (SELECT 1 FROM opt_out_removals
    WHERE org_id = ${orgId} AND phone = ${customer} AND created_at >= ${endedAt ?? atSeconds})`;
  const row = { orgId, phone: customer, reason: reasonOf(callId), createdAt: atSeconds };
  return db
    .insert(optOuts)
    .select(valuesWhere(optOuts, row, sql`${condition} AND ${notRemovedSince}`))
    .onConflictDoNothing();
}

function reasonOf(callId: string): string {
  return `Asked for in call ${callId}`;
}
