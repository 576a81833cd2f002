import { findInboundCampaign, insertInboundCall } from "../../db/inbound-calls.ts";
import { parsePhone } from "../../domain/phone.ts";
import { logInfo } from "../../lib/log.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import { callSessionOf } from "../../stubs/stubs.ts";
import type { InboundCall, LineInstruction } from "../../telephony/provider.ts";
import type { ServiceContext } from "../context.ts";
import { withLimits } from "./plan-limits.ts";

const HANG_UP: LineInstruction = { kind: "hang_up" };

/**
 * Somebody calls a number of the carrier account. Who opted out of our calls may still call us. The carrier may ask
 * twice about one call and is answered the same.
 */
export async function answerInbound(
  { env, db, config }: ServiceContext,
  carrierId: string,
  { carrierCallId, from, to }: InboundCall,
): Promise<LineInstruction> {
  const campaign = await findInboundCampaign(db, carrierId, to);
  if (campaign === null || !campaign.isOpen) {
    const reason = campaign === null ? "no campaign" : "not open";
    logInfo("inbound_refused", { carrier_id: carrierId, carrier_call_id: carrierCallId, reason });
    return say(campaign === null ? NOT_IN_SERVICE : NOT_NOW);
  }
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
  const session = callSessionOf(env, plan.callId);
  const result = await session.answerInbound(withLimits(plan, config), carrierCallId);
  return result.ok ? result.value : HANG_UP;
}

const NOT_IN_SERVICE = "The number you have called is not in service. Goodbye.";
const NOT_NOW =
  "Thank you for calling. We are sorry, we can't take your call at the moment. Please try again later. Goodbye.";

function say(text: string): LineInstruction {
  return { kind: "say", text, language: "en-US" };
}
