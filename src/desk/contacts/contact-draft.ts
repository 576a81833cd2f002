import type { Contact } from "../../contract/contacts.ts";
import { orNull, partsOf, type Draft } from "../ui/draft.ts";

type ContactField = "phone" | "name" | "email" | "tags" | "preferred_language" | "metadata";

export function draftOf(contact: Contact | null): Draft<ContactField> {
  return {
    phone: contact?.phone ?? "",
    name: contact?.name ?? "",
    email: contact?.email ?? "",
    tags: contact?.tags.join(", ") ?? "",
    preferred_language: contact?.preferred_language ?? "",
    metadata: JSON.stringify(contact?.metadata ?? {}, null, 2),
  };
}

/** The body that creates it. @param metadata as it was read from the draft. */
export function bodyOf(
  draft: Draft<ContactField>,
  metadata: Record<string, unknown>,
): Record<string, unknown> {
  return {
    phone: draft.phone.trim(),
    name: orNull(draft.name),
    email: orNull(draft.email),
    tags: partsOf(draft.tags, ","),
    preferred_language: orNull(draft.preferred_language),
    metadata,
  };
}

/** Null for what is no JSON object. Nothing is an empty one. */
export function readMetadata(text: string): Record<string, unknown> | null {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? { ...value } : null;
  } catch {
    return null;
  }
}
