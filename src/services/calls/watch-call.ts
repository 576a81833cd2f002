import { findCallStatus } from "../../db/calls.ts";
import { callSessionOf } from "../../stubs/stubs.ts";
import type { OrgContext } from "../context.ts";

/** Where a call can be watched: at its object. Null if the organisation has no such call. */
export async function watchCall({ env, db, orgId }: OrgContext, callId: string) {
  const status = await findCallStatus(db, orgId, callId);
  return status === null ? null : { session: callSessionOf(env, callId), ended: status === "ended" };
}
