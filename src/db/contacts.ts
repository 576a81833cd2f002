// Contacts. A deleted one keeps its row, emptied, for the calls that refer to it; to its organisation it is not there.

import {
  and,
  count,
  desc,
  eq,
  exists,
  getTableColumns,
  isNotNull,
  isNull,
  or,
  sql,
  type SQL,
} from "drizzle-orm";
import { MAX_METADATA_BYTES } from "../contract/contacts.ts";
import type { Page } from "../contract/pages.ts";
import { isUniqueViolation, type Db } from "./client.ts";
import { forgetAnswers } from "./idempotency.ts";
import { contacts } from "./schema.ts";

export type ContactRow = typeof contacts.$inferSelect & { optedOutAt: number | null };
export type NewContact = typeof contacts.$inferInsert;
/** What a client may write of a contact; its metadata is merged apart. */
export type ContactFields = Partial<
  Pick<NewContact, "phone" | "name" | "email" | "tags" | "preferredLanguage">
>;
export type ContactFilter = { orgId: string; search?: string | undefined; tags?: string[] | undefined };

const columns = {
  ...getTableColumns(contacts),
  optedOutAt: sql<number | null>`(SELECT o.created_at FROM opt_outs o
    WHERE o.org_id = contacts.org_id AND o.phone = contacts.phone)`.as("opted_out_at"),
};

/**
 * Writes a contact that is not there, which brings back a deleted one with nothing of what it was but its calls.
 * Null if there is one.
 */
export async function insertContact(db: Db, contact: NewContact): Promise<ContactRow | null> {
  const [row] = await insertion(db, contact);
  return row ?? null;
}

/** @param fields what is replaced in the contact that is there, if there is one. */
export async function insertOrReplaceContact(
  db: Db,
  contact: NewContact,
  fields: ContactFields & Pick<NewContact, "metadata">,
): Promise<{ isNew: boolean; row: ContactRow }> {
  const replacement = db
    .update(contacts)
    .set({ ...fields, phone: contact.phone })
    .where(
      and(eq(contacts.orgId, contact.orgId), eq(contacts.phone, contact.phone), isNull(contacts.deletedAt)),
    )
    .returning(columns);
  const [[inserted], [replaced]] = await db.batch([insertion(db, contact), replacement]);
  const row = inserted ?? replaced;
  if (row === undefined) throw new Error("A contact was written and is not there");
  return { isNew: inserted !== undefined, row };
}

function insertion(db: Db, contact: NewContact) {
  return db
    .insert(contacts)
    .values(contact)
    .onConflictDoUpdate({
      target: [contacts.orgId, contacts.phone],
      set: {
        deletedAt: null,
        name: sql`excluded.name`,
        email: sql`excluded.email`,
        tags: sql`excluded.tags`,
        preferredLanguage: sql`excluded.preferred_language`,
        metadata: sql`excluded.metadata`,
      },
      setWhere: isNotNull(contacts.deletedAt),
    })
    .returning(columns);
}

/** Null if the organisation has none such. */
export async function findContact(db: Db, orgId: string, contactId: string): Promise<ContactRow | null> {
  return (await db.select(columns).from(contacts).where(isThere(orgId, contactId)).get()) ?? null;
}

/** Newest first. */
export async function listContacts(db: Db, filter: ContactFilter, { limit, offset }: Page) {
  const which = conditionsOf(filter);
  const [rows, [counted]] = await db.batch([
    db.select(columns).from(contacts).where(which).orderBy(desc(contacts.id)).limit(limit).offset(offset),
    db.select({ total: count() }).from(contacts).where(which),
  ]);
  return { rows, total: counted?.total ?? 0 };
}

export type ContactChange = {
  fields: ContactFields;
  /** JSON text that is merged into the metadata; null empties it. */
  metadataPatch: string | null;
};

export async function updateContact(
  db: Db,
  orgId: string,
  contactId: string,
  { fields, metadataPatch }: ContactChange,
): Promise<ContactRow | "not_found" | "metadata_too_large" | "already_exists"> {
  // The database merges what it has, so changes at the same time are all in it.
  const merged =
    metadataPatch === null
      ? sql<string>`'{}'`
      : sql<string>`json_patch(coalesce(metadata, '{}'), ${metadataPatch})`;
  const mayChange = and(isThere(orgId, contactId), sql`octet_length(${merged}) <= ${MAX_METADATA_BYTES}`);
  const changed = db
    .update(contacts)
    .set({ ...fields, metadata: merged })
    .where(mayChange)
    .returning(columns);
  const present = db.select({ id: contacts.id }).from(contacts).where(isThere(orgId, contactId));
  try {
    const [, [row], [there]] = await db.batch([
      freeNumber(db, orgId, fields.phone, mayChange),
      changed,
      present,
    ]);
    if (row !== undefined) return row;
    return there === undefined ? "not_found" : "metadata_too_large";
  } catch (error) {
    if (isUniqueViolation(error, "contacts.org_id, contacts.phone")) return "already_exists";
    throw error;
  }
}

/** A deleted contact gives its number to the one that takes it; its row, with its calls, stands under its id instead. */
function freeNumber(db: Db, orgId: string, phone: string | undefined, mayChange: SQL | undefined) {
  const taker = db.select({ id: contacts.id }).from(contacts).where(mayChange);
  return db
    .update(contacts)
    .set({ phone: sql`id` })
    .where(
      and(
        eq(contacts.orgId, orgId),
        phone === undefined ? sql`false` : eq(contacts.phone, phone),
        isNotNull(contacts.deletedAt),
        exists(taker),
      ),
    );
}

/**
 * False if it was not there. What is personal goes, also out of the answers that are kept; the number stays in the row,
 * for the calls to it.
 */
export async function deleteContact(
  db: Db,
  orgId: string,
  contactId: string,
  nowSeconds: number,
): Promise<boolean> {
  const deletion = db
    .update(contacts)
    .set({
      deletedAt: nowSeconds,
      name: null,
      email: null,
      tags: null,
      preferredLanguage: null,
      metadata: null,
    })
    .where(isThere(orgId, contactId))
    .returning({ id: contacts.id });
  const forgetting = forgetAnswers(db, { orgId, path: "/v1/contacts", uuid: contactId });
  const [deleted] = await db.batch([deletion, forgetting]);
  return deleted.length > 0;
}

function conditionsOf({ orgId, search, tags }: ContactFilter): SQL | undefined {
  return and(
    eq(contacts.orgId, orgId),
    isNull(contacts.deletedAt),
    search === undefined ? undefined : isLike(search),
    // Written out: drizzle would leave `contacts` away, and json_each has columns of its own.
    tags === undefined
      ? undefined
      : sql`NOT EXISTS (SELECT 1 FROM json_each(${JSON.stringify(tags)}) AS wanted
          WHERE wanted.value NOT IN (SELECT had.value FROM json_each(contacts.tags) AS had))`,
  );
}

/** By `instr`, which knows no wildcards; D1 refuses a LIKE of more than 50 bytes. */
function isLike(search: string): SQL | undefined {
  const [plain = search, ...others] = spellingsOf(search);
  return or(
    sql`instr(${contacts.phone}, ${plain})`,
    sql`instr(lower(${contacts.email}), ${plain})`,
    ...[plain, ...others].map((spelling) => sql`instr(lower(${contacts.name}), ${spelling})`),
  );
}

/**
 * SQLite's `lower` knows ASCII alone. Of a name with other letters, the usual spellings are looked for: in lower case,
 * in capitals, and with each word's first letter a capital.
 */
function spellingsOf(search: string): string[] {
  const lower = search.toLowerCase();
  const titled = lower.replaceAll(/(?<!\p{L})\p{L}/gu, (letter) => letter.toUpperCase());
  const all = [lower, search, titled, search.toUpperCase()];
  return [...new Set(all.map((text) => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())))];
}

function isThere(orgId: string, contactId: string) {
  return and(eq(contacts.id, contactId), eq(contacts.orgId, orgId), isNull(contacts.deletedAt));
}
