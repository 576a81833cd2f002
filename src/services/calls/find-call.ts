import { findParties, type CallParties } from "../../db/calls.ts";
import { isId } from "../../lib/ids.ts";
import type { OrgContext } from "../context.ts";

/** The call that a path names; null if the organisation has none such, whatever is wrong with the name. */
export async function findNamedCall({ db, orgId }: OrgContext, callId: string): Promise<CallParties | null> {
  return isId("call", callId) ? findParties(db, orgId, callId) : null;
}
