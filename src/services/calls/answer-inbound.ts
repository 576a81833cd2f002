import { findInboundCampaign, insertInboundCall } from "../../db/inbound-calls.ts";
import { parsePhone } from "../../domain/phone.ts";
import { INBOUND_CALLS_PER_MINUTE } from "../../domain/rate-limits.ts";
import { withDeadline } from "../../lib/deadline.ts";
import { logError, logInfo } from "../../lib/log.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import { askTwice } from "../../stubs/ask-twice.ts";
import { callSessionOf, rateLimiterOf } from "../../stubs/stubs.ts";
import type { InboundCall, LineInstruction } from "../../telephony/provider.ts";
import { nearestPlaceOf } from "../../telephony/registry.ts";
import type { ServiceContext } from "../context.ts";
import { withLimits } from "./plan-limits.ts";

/** The caller hears it ring for so much longer, if the limiter is silent. */
const LIMITER_MS = 1_000;

const HANG_UP: LineInstruction = { kind: "hang_up" };

/**
 * Somebody calls a number of the carrier account. Who opted out of our calls may still call us. The carrier may ask
 * twice about one call and is answered the same, also when no more new ones are taken.
 */
export async function answerInbound(
  context: ServiceContext,
  carrierId: string,
  call: InboundCall,
): Promise<LineInstruction> {
  const { env, db, config } = context;
  const { carrierCallId, from, to } = call;
  const [campaign, isOverLimit] = await Promise.all([
    findInboundCampaign(db, carrierId, call),
    exceedsLimit(context, carrierId),
  ]);
  const refuse = (reason: string, words: string): LineInstruction => {
    logInfo("inbound_refused", { carrier_id: carrierId, carrier_call_id: carrierCallId, reason });
    return { kind: "say", text: words, language: "en-US" };
  };
  if (campaign === null) return refuse("no campaign", NOT_IN_SERVICE);
  if (!campaign.isOpen) return refuse("not open", NOT_NOW);
  if (isOverLimit && !campaign.callIsKnown) return refuse("too many", NOT_NOW);
  const plan = await insertInboundCall(db, {
    orgId: campaign.orgId,
    campaignId: campaign.id,
    carrierId,
    carrierCallId,
    from,
    to,
    startedAt: toEpochSeconds(Date.now()),
    callerIsKnown: parsePhone(from) !== null,
  });
  if (plan === null) return HANG_UP;
  const session = callSessionOf(env, plan.callId, nearestPlaceOf(plan.carrier));
  const result = await session.answerInbound(withLimits(plan, config), carrierCallId);
  return result.ok ? result.value : HANG_UP;
}

const NOT_IN_SERVICE = "The number you have called is not in service. Goodbye.";
const NOT_NOW =
  "Thank you for calling. We are sorry, we can't take your call at the moment. Please try again later. Goodbye.";

/** A limiter that can't be asked limits nobody: a phone that rings must not depend on it. */
async function exceedsLimit({ env }: ServiceContext, carrierId: string): Promise<boolean> {
  const draw = async () => rateLimiterOf(env, carrierId).take("inbound_call", INBOUND_CALLS_PER_MINUTE);
  try {
    return !(await withDeadline(LIMITER_MS, () => askTwice(draw))).allowed;
  } catch (error) {
    logError("rate_limiter_unreachable", error, { carrier_id: carrierId });
    return false;
  }
}
