import { and, eq } from "drizzle-orm";
import { parsePhone } from "../domain/phone.ts";
import type { Db } from "./client.ts";
import { optOuts } from "./schema.ts";

export async function isOptedOut(db: Db, orgId: string, phone: string): Promise<boolean> {
  const row = await db
    .select({ phone: optOuts.phone })
    .from(optOuts)
    .where(and(eq(optOuts.orgId, orgId), eq(optOuts.phone, phone)))
    .get();
  return row !== undefined;
}

/** The first reason is kept: an opt-out is made once and stays. */
export async function addOptOut(
  db: Db,
  optOut: { orgId: string; phone: string; reason: string; atSeconds: number },
): Promise<void> {
  await db
    .insert(optOuts)
    .values({ orgId: optOut.orgId, phone: optOut.phone, reason: optOut.reason, createdAt: optOut.atSeconds })
    .onConflictDoNothing();
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
  await addOptOut(db, { orgId, phone: customer, reason: `Asked for in call ${callId}`, atSeconds });
}
