import { z } from "zod";
import type { Contact, ListContactsQuery } from "../../contract/contacts.ts";
import { findContact, listContacts as listStored, type ContactRow } from "../../db/contacts.ts";
import { isId } from "../../lib/ids.ts";
import { isoSeconds } from "../../lib/time.ts";
import type { OrgContext } from "../context.ts";

const metadataSchema = z.record(z.string(), z.unknown());
const tagsSchema = z.array(z.string());

/** The contact that a path names; null if the organisation has none such, whatever is wrong with the name. */
export async function findNamedContact(
  { db, orgId }: OrgContext,
  contactId: string,
): Promise<ContactRow | null> {
  return isId("contact", contactId) ? findContact(db, orgId, contactId) : null;
}

export async function listContacts({ db, orgId }: OrgContext, query: ListContactsQuery) {
  const { search, tags, ...page } = query;
  const { rows, total } = await listStored(db, { orgId, search, tags }, page);
  return { contacts: rows.map(toContact), total };
}

export function toContact(row: ContactRow): Contact {
  return {
    uuid: row.id,
    phone: row.phone,
    name: row.name,
    email: row.email,
    tags: tagsSchema.parse(JSON.parse(row.tags ?? "[]")),
    preferred_language: row.preferredLanguage,
    metadata: metadataSchema.parse(JSON.parse(row.metadata ?? "{}")),
    total_calls: row.totalCalls,
    last_contact: row.lastContact === null ? null : isoSeconds(row.lastContact),
    opted_out_at: row.optedOutAt === null ? null : isoSeconds(row.optedOutAt),
    created_at: isoSeconds(row.createdAt),
  };
}
