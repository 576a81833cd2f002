// TypeIDs: a prefix and a base32 UUIDv7, so ids tell their kind and sort by time of creation.
// https://github.com/jetify-com/typeid/tree/main/spec

import { TypeID, typeid } from "typeid-js";

export const ID_PREFIXES = {
  agent: "agt",
  call: "cal",
  campaign: "flw",
  carrier: "car",
  contact: "cst",
  delivery: "wbl",
  event: "evt",
  human: "hum",
  key: "key",
  organisation: "org",
  queue: "que",
  transfer: "trf",
  webhook: "wbh",
} as const;

export type IdKind = keyof typeof ID_PREFIXES;

/** At the beginning of each id stands when it was made. */
const TIME_BYTES = 6;

export function newId(kind: IdKind): string {
  return typeid(ID_PREFIXES[kind]).toString();
}

/** Always the same id for the same part of the same thing, of that thing's time, and no other's. */
export async function derivedId(kind: IdKind, ofId: string, part: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${ofId} ${part}`));
  const bytes = new Uint8Array(digest).slice(0, 16);
  bytes.set(TypeID.fromString(ofId).toUUIDBytes().subarray(0, TIME_BYTES));
  // Version and variant of a UUIDv7.
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return TypeID.fromUUIDBytes(ID_PREFIXES[kind], bytes).toString();
}

/** 128 bits in base32: of the first letter three bits count. */
const SUFFIX = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/;

/** True only for a well-formed id of this kind, in its one canonical spelling. */
export function isId(kind: IdKind, text: string): boolean {
  const prefix = `${ID_PREFIXES[kind]}_`;
  return text.startsWith(prefix) && SUFFIX.test(text.slice(prefix.length));
}
