import { findCallStatus } from "../../db/calls.ts";
import { callSessionOf } from "../../stubs/stubs.ts";
import type { OrgContext } from "../context.ts";

/**
 * The way to a call's live feed: its object, and the address there; null if the organisation has no such call.
 *
 * @param cursor the last message that the watcher has seen; 0 for none.
 */
export async function watchCall({ env, db, orgId }: OrgContext, callId: string, cursor: number) {
  const status = await findCallStatus(db, orgId, callId);
  if (status === null) return null;
  const target = `/watch?cursor=${cursor}&ended=${status === "ended"}`;
  return { session: callSessionOf(env, callId), target };
}
