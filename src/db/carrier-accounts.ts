// Carrier accounts as their owners see them. No sealed token leaves this file; db/carriers.ts reads it for callbacks.

import { and, count, desc, eq, isNull, sql, type SQL } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { z } from "zod";
import type { Page } from "../contract/pages.ts";
import { forgetCarrier } from "./carriers.ts";
import type { Db } from "./client.ts";
import { carrierNumbers, carriers } from "./schema.ts";

export type NewCarrier = typeof carriers.$inferInsert;
export type NewNumber = { phone: string; country: string | null };
export type CarrierRow = ReturnType<typeof toCarrierRow>;

const columns = {
  id: carriers.id,
  orgId: carriers.orgId,
  kind: carriers.kind,
  name: carriers.name,
  accountSid: carriers.accountSid,
  apiBaseUrl: carriers.apiBaseUrl,
  callsPerSecond: carriers.callsPerSecond,
  maxConcurrent: carriers.maxConcurrent,
  createdAt: carriers.createdAt,
  numbers:
    sql<string>`(SELECT json_group_array(phone) FROM carrier_numbers WHERE carrier_id = carriers.id)`.as(
      "numbers",
    ),
};

const numbersSchema = z.array(z.string());

export async function insertCarrier(
  db: Db,
  carrier: NewCarrier,
  numbers: readonly NewNumber[],
): Promise<void> {
  const { id, orgId, createdAt } = carrier;
  await db.batch([
    db.insert(carriers).values(carrier),
    insertNumbers(db, { carrierId: id, orgId, createdAt }, numbers, isThere(orgId, id)),
  ]);
}

/** Null if the organisation has none such. */
export async function findCarrierOf(db: Db, orgId: string, carrierId: string): Promise<CarrierRow | null> {
  const row = await selectCarrier(db, orgId, carrierId).get();
  return row === undefined ? null : toCarrierRow(row);
}

/** Newest first. */
export async function listCarriers(db: Db, orgId: string, { limit, offset }: Page) {
  const all = and(eq(carriers.orgId, orgId), isNull(carriers.deletedAt));
  const [rows, [counted]] = await db.batch([
    db.select(columns).from(carriers).where(all).orderBy(desc(carriers.id)).limit(limit).offset(offset),
    db.select({ total: count() }).from(carriers).where(all),
  ]);
  return { rows: rows.map(toCarrierRow), total: counted?.total ?? 0 };
}

export type CarrierChange = {
  set: Partial<
    Pick<NewCarrier, "name" | "authTokenEncrypted" | "apiBaseUrl" | "callsPerSecond" | "maxConcurrent">
  >;
  /** The numbers that it has from now on; null leaves them as they are. */
  numbers: readonly NewNumber[] | null;
  /** Change only an account that still is at the address at which it was read. */
  ifAddressIsAsRead: boolean;
  nowSeconds: number;
};

export type CarrierChanged =
  | { kind: "changed"; carrier: CarrierRow }
  /** Its address is not the one that was read. */
  | { kind: "moved"; carrier: CarrierRow }
  /** A campaign has a number that would be gone. */
  | { kind: "number_in_use" }
  | { kind: "gone" };

/** Account and numbers are changed together or not at all. @param before as it was read. */
export async function updateCarrier(
  db: Db,
  before: CarrierRow,
  { set, numbers, ifAddressIsAsRead, nowSeconds }: CarrierChange,
): Promise<CarrierChanged> {
  const { id: carrierId, orgId } = before;
  const mayChange = and(
    isThere(orgId, carrierId),
    ifAddressIsAsRead ? sql`carriers.api_base_url IS ${before.apiBaseUrl}` : undefined,
    numbers === null ? undefined : losesNoCampaignsNumber(before, numbers),
  );
  const change = db
    .update(carriers)
    // A change of nothing needs a column too.
    .set({ name: sql`name`, ...set })
    .where(mayChange)
    .returning({ id: carriers.id });
  const current = selectCarrier(db, orgId, carrierId);
  const [changed, [row]] =
    numbers === null
      ? await db.batch([change, current])
      : await replaceNumbers(db, before, numbers, { nowSeconds, mayChange, change, current });
  forgetCarrier(carrierId);
  if (row === undefined) return { kind: "gone" };
  const carrier = toCarrierRow(row);
  if (changed.length > 0) return { kind: "changed", carrier };
  const isMoved = ifAddressIsAsRead && carrier.apiBaseUrl !== before.apiBaseUrl;
  return isMoved ? { kind: "moved", carrier } : { kind: "number_in_use" };
}

export type CarrierDeleted = "deleted" | "has_campaign" | "has_call" | "gone";

/** Its row stays, without its token, for the calls that it had. */
export async function deleteCarrier(
  db: Db,
  { id: carrierId, orgId }: CarrierRow,
  nowSeconds: number,
): Promise<CarrierDeleted> {
  const hasCampaign = sql<number>`EXISTS (SELECT 1 FROM campaigns
    WHERE org_id = ${orgId} AND carrier_id = ${carrierId} AND deleted_at IS NULL)`;
  // The index has exactly the live calls.
  const hasCall = sql<number>`EXISTS (SELECT 1 FROM calls INDEXED BY calls_live_by_org
    WHERE org_id = ${orgId} AND ended_at IS NULL AND carrier_id = ${carrierId})`;
  const [usage, deleted] = await db.batch([
    db
      .select({ hasCampaign: hasCampaign.as("has_campaign"), hasCall: hasCall.as("has_call") })
      .from(carriers)
      .where(isThere(orgId, carrierId)),
    db
      .update(carriers)
      .set({ deletedAt: nowSeconds, authTokenEncrypted: "" })
      .where(and(isThere(orgId, carrierId), sql`NOT ${hasCampaign}`, sql`NOT ${hasCall}`))
      .returning({ id: carriers.id }),
    db
      .delete(carrierNumbers)
      .where(
        and(
          eq(carrierNumbers.carrierId, carrierId),
          sql`EXISTS (SELECT 1 FROM carriers WHERE id = ${carrierId} AND org_id = ${orgId} AND deleted_at IS NOT NULL)`,
        ),
      ),
  ]);
  forgetCarrier(carrierId);
  if (deleted.length > 0) return "deleted";
  const [used] = usage;
  if (used === undefined) return "gone";
  return used.hasCampaign === 1 ? "has_campaign" : "has_call";
}

function selectCarrier(db: Db, orgId: string, carrierId: string) {
  return db.select(columns).from(carriers).where(isThere(orgId, carrierId));
}

function isThere(orgId: string, carrierId: string) {
  return and(eq(carriers.id, carrierId), eq(carriers.orgId, orgId), isNull(carriers.deletedAt));
}

/** No campaign has a number of the account that is not among these. */
function losesNoCampaignsNumber({ id, orgId }: CarrierRow, numbers: readonly NewNumber[]): SQL {
  return sql`NOT EXISTS (SELECT 1 FROM campaigns
    JOIN carrier_numbers USING (carrier_id)
    WHERE campaigns.org_id = ${orgId} AND carrier_id = ${id} AND campaigns.deleted_at IS NULL
      AND campaigns.phone_number = carrier_numbers.phone
      AND carrier_numbers.phone NOT IN (SELECT value ->> 'phone' FROM json_each(${JSON.stringify(numbers)})))`;
}

/** The account comes last: each statement asks anew whether it may, and the numbers' change alters no answer. */
async function replaceNumbers<C extends BatchItem<"sqlite">, R extends BatchItem<"sqlite">>(
  db: Db,
  account: CarrierRow,
  numbers: readonly NewNumber[],
  rest: { nowSeconds: number; mayChange: SQL | undefined; change: C; current: R },
) {
  const ofAccount = { carrierId: account.id, orgId: account.orgId, createdAt: rest.nowSeconds };
  const [, , changed, current] = await db.batch([
    deleteNumbers(db, account, numbers, rest.mayChange),
    insertNumbers(db, ofAccount, numbers, rest.mayChange),
    rest.change,
    rest.current,
  ]);
  return [changed, current] as const;
}

function deleteNumbers(
  db: Db,
  { id, orgId }: CarrierRow,
  kept: readonly NewNumber[],
  condition: SQL | undefined,
) {
  return db
    .delete(carrierNumbers)
    .where(
      and(
        eq(carrierNumbers.carrierId, id),
        eq(carrierNumbers.orgId, orgId),
        sql`phone NOT IN (SELECT value ->> 'phone' FROM json_each(${JSON.stringify(kept)}))`,
        sql`EXISTS (SELECT 1 FROM carriers WHERE ${condition})`,
      ),
    );
}

/** As one document: 100 numbers would be more parameters than D1 takes. */
function insertNumbers(
  db: Db,
  { carrierId, orgId, createdAt }: { carrierId: string; orgId: string; createdAt: number },
  numbers: readonly NewNumber[],
  condition: SQL | undefined,
) {
  return db
    .insert(carrierNumbers)
    .select(
      sql`SELECT ${carrierId}, ${orgId}, value ->> 'phone', value ->> 'country', ${createdAt}
        FROM json_each(${JSON.stringify(numbers)})
        WHERE EXISTS (SELECT 1 FROM carriers WHERE ${condition})`,
    )
    .onConflictDoNothing();
}

type StoredCarrier = Awaited<ReturnType<typeof selectCarrier>>[number];

function toCarrierRow({ numbers, ...row }: StoredCarrier) {
  return { ...row, numbers: numbersSchema.parse(JSON.parse(numbers)).toSorted() };
}
