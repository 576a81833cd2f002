// Facts that the agent records while it talks: plain JSON, kept with the call's state until the analysis takes them up.

import { applyMergePatch } from "../merge-patch.ts";

export type Details = Record<string, unknown>;

/** What all that is recorded of a call may amount to, in characters of JSON. */
const MAX_DETAILS_LENGTH = 16_384;

/** The details with the patch merged in (RFC 7396); null if they would grow too large. */
export function mergeDetails(details: Details, patch: Details): Details | null {
  const merged = applyMergePatch(details, patch);
  const isObject = typeof merged === "object" && merged !== null && !Array.isArray(merged);
  if (!isObject || JSON.stringify(merged).length > MAX_DETAILS_LENGTH) return null;
  return { ...merged };
}
