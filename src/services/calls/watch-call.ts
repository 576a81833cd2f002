import { findCallToWatch } from "../../db/calls.ts";
import type { ApiKey } from "../../db/keys.ts";
import { callSessionOf } from "../../stubs/stubs.ts";
import { nearestPlaceOf } from "../../telephony/registry.ts";
import type { OrgContext } from "../context.ts";
import { watchingBy } from "./watching-by.ts";

/**
 * Where a call can be watched, at its object, and by whom it is: the key's end is the watching's end. Null if the
 * organisation has no such call.
 */
export async function watchCall({ env, db, orgId }: OrgContext, key: ApiKey, callId: string) {
  const found = await findCallToWatch(db, orgId, callId);
  if (found === null) return null;
  const query = { ...watchingBy(key), ended: String(found.status === "ended") };
  return {
    session: callSessionOf(env, callId, nearestPlaceOf(found.carrier)),
    targetAt: (cursor: number) =>
      `/watch?${new URLSearchParams({ ...query, cursor: String(cursor) }).toString()}`,
  };
}
