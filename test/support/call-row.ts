// A call as it stands when it comes to its object: accepted, its row written, nothing else known of it.

import { env } from "cloudflare:workers";
import type { CallPlan } from "../../src/contract/call-plan.ts";
import { openDb } from "../../src/db/client.ts";
import { findCallPlan } from "../../src/db/plans.ts";
import { calls } from "../../src/db/schema.ts";
import type { CallLimits } from "../../src/domain/call/state.ts";
import { newId } from "../../src/lib/ids.ts";
import { FROM, type Organisation } from "./organisation.ts";

export const CUSTOMER = "+14155550192";
/** Short, so that a call that is left alone needs few alarms to its end. */
export const LIMITS: CallLimits = {
  dialDeadlineMs: 60_000,
  ringTimeoutMs: 10_000,
  maxDurationMs: 30_000,
  bridgeMaxDurationMs: 90_000,
};

/** @param arrivedAs the carrier's id of a call that comes in; null for one that we place. */
export async function acceptRow(
  org: Organisation,
  arrivedAs: string | null,
  limits: Partial<CallLimits> = {},
): Promise<CallPlan> {
  const callId = newId("call");
  const db = openDb(env.DB);
  const { orgId, campaignId, carrierId } = org;
  await db.insert(calls).values({
    id: callId,
    orgId,
    campaignId,
    carrierId,
    carrierCallId: arrivedAs,
    ...(arrivedAs === null
      ? { callType: "outbound", fromNumber: FROM, toNumber: CUSTOMER, status: "dialing" }
      : { callType: "inbound", fromNumber: CUSTOMER, toNumber: FROM, status: "ringing" }),
    startedAt: Math.floor(Date.now() / 1000),
  });
  const plan = await findCallPlan(db, callId);
  if (plan === null) throw new Error("The row of the call is not there");
  return { ...plan, limits: { ...LIMITS, ...limits } };
}
