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

export function newId(kind: IdKind): string {
  return typeid(ID_PREFIXES[kind]).toString();
}

/** True only for a well-formed id of this kind, in its one canonical spelling. */
export function isId(kind: IdKind, text: string): boolean {
  const prefix = ID_PREFIXES[kind];
  if (!text.startsWith(`${prefix}_`) || text.length !== prefix.length + 27) return false;
  try {
    return TypeID.fromString(text, prefix).toString() === text;
  } catch {
    return false;
  }
}
