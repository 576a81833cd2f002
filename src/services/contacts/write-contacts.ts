import type { ChangeContactInput, Contact, CreateContactInput } from "../../contract/contacts.ts";
import type { Refusal } from "../../contract/problems.ts";
import {
  deleteContact as deleteStored,
  insertContact,
  insertOrReplaceContact,
  updateContact,
  type ContactFields,
  type ContactRow,
} from "../../db/contacts.ts";
import { applyMergePatch } from "../../domain/merge-patch.ts";
import { newId } from "../../lib/ids.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import type { OrgContext } from "../context.ts";
import { toContact } from "./read-contacts.ts";

/** Creates the contact, or replaces the given fields of the one that has the number, if that is what is asked for. */
export async function createContact(
  { db, orgId }: OrgContext,
  { overwrite, ...input }: CreateContactInput,
): Promise<Result<{ isNew: boolean; contact: Contact }, Refusal<"already_exists">>> {
  // As if merged into an empty object: null is what is not there, at A1 and here.
  const metadata =
    input.metadata === undefined
      ? {}
      : { metadata: JSON.stringify(applyMergePatch({}, input.metadata ?? {})) };
  const fields = { ...columnsOf(input), ...metadata };
  const contact = {
    id: newId("contact"),
    orgId,
    ...fields,
    phone: input.phone,
    createdAt: toEpochSeconds(Date.now()),
  };
  if (overwrite) {
    const { isNew, row } = await insertOrReplaceContact(db, contact, fields);
    return ok({ isNew, contact: toContact(row) });
  }
  const row = await insertContact(db, contact);
  return row === null ? err(refuse("already_exists")) : ok({ isNew: true, contact: toContact(row) });
}

/** Merges the change into the contact, however many do so at once. */
export async function changeContact(
  { db, orgId }: OrgContext,
  contact: ContactRow,
  { metadata, ...input }: ChangeContactInput,
): Promise<Result<Contact, Refusal<keyof typeof DETAILS>>> {
  const changed = await updateContact(db, orgId, contact.id, {
    fields: columnsOf(input),
    metadataPatch: metadata === null ? null : JSON.stringify(metadata ?? {}),
  });
  return typeof changed === "string" ? err(refuse(changed)) : ok(toContact(changed));
}

export async function deleteContact(
  { db, orgId }: OrgContext,
  contact: ContactRow,
): Promise<Result<null, Refusal<"not_found">>> {
  const isDeleted = await deleteStored(db, orgId, contact.id, toEpochSeconds(Date.now()));
  return isDeleted ? ok(null) : err(refuse("not_found"));
}

const DETAILS = {
  already_exists: "There is a contact with this phone.",
  metadata_too_large: "The contact's metadata would exceed 256 KiB after the merge.",
  not_found: "There is no such contact.",
} as const;

function refuse<C extends keyof typeof DETAILS>(code: C): Refusal<C> {
  return { code, detail: DETAILS[code] };
}

/** Those of the columns that the input names. */
function columnsOf(input: Omit<ChangeContactInput, "metadata">): ContactFields {
  const { phone, name, email, tags, preferred_language: preferredLanguage } = input;
  return {
    ...(phone === undefined ? {} : { phone }),
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
    ...(tags === undefined ? {} : { tags: JSON.stringify(tags ?? []) }),
    ...(preferredLanguage === undefined ? {} : { preferredLanguage }),
  };
}
