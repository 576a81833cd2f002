import type { PlaceCallInput, PlacedCall } from "../../contract/calls.ts";
import { MAX_METADATA_BYTES } from "../../contract/contacts.ts";
import type { Refusal } from "../../contract/problems.ts";
import { findPlacement, insertOutboundCall, type Placement } from "../../db/placements.ts";
import { mayBeRung } from "../../domain/phone.ts";
import { newId } from "../../lib/ids.ts";
import { logError } from "../../lib/log.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import { sendDial } from "../../queues/queues.ts";
import type { OrgContext } from "../context.ts";

/**
 * Accepts one outbound call (contract A1). Once this answers, the call is in D1 and will be dialled or end
 * with a reason; the carrier has not been asked yet. A refusal changes nothing.
 */
export async function placeCall(
  { env, db, orgId, receipt }: OrgContext,
  input: PlaceCallInput,
): Promise<Result<PlacedCall, PlaceCallRefusal>> {
  const metadataPatch = JSON.stringify(input.metadata ?? {});
  const query = { orgId, campaignId: input.campaign_id, to: input.to, metadataPatch };
  const placement = await findPlacement(db, query);
  const source = findSource(placement, input);
  if (!source.ok) return source;

  const callId = newId("call");
  const answer: PlacedCall = {
    call_uuid: callId,
    status: "dialing",
    to: input.to,
    campaign_id: input.campaign_id,
  };
  const call = {
    id: callId,
    orgId,
    campaignId: input.campaign_id,
    ...source.value,
    to: input.to,
    startedAt: toEpochSeconds(Date.now()),
    contactName: input.contact_name,
    metadataPatch,
  };
  const placed = await insertOutboundCall(db, call, receipt && { claim: receipt.claim, answer });
  if (placed !== "placed") return err(refuse(placed));
  if (receipt !== undefined) receipt.isKept = true;
  try {
    await sendDial(env, { call_id: callId });
  } catch (error) {
    // The row stands, so the call is accepted: the sweep sends what the queue did not take.
    logError("dial_not_queued", error, { call_id: callId });
  }
  return ok(answer);
}

/** The account and number to call from, or why there is to be no call. */
function findSource(
  placement: Placement | null,
  input: PlaceCallInput,
): Result<{ carrierId: string; from: string }, PlaceCallRefusal> {
  if (placement === null) return err(refuse("campaign_not_found"));
  if (!mayBeRung(input.to, placement.allowedCountries)) return err(refuse("destination_not_allowed"));
  if (placement.mergedMetadataBytes > MAX_METADATA_BYTES) return err(refuse("metadata_too_large"));
  const { campaign } = placement;
  if (campaign.kind === "inbound") return err(refuse("campaign_inbound"));
  if (campaign.status !== "active") return err(refuse("campaign_not_active"));
  if (!placement.agentIsActive) return err(refuse("agent_inactive"));
  if (campaign.carrierId === null || campaign.phoneNumber === null || !campaign.ownsNumber) {
    return err(refuse("campaign_without_number"));
  }
  if (placement.optedOut) return err(refuse("contact_opted_out"));
  if (placement.liveCallId !== null) return err(refuse("number_in_call"));
  return ok({ carrierId: campaign.carrierId, from: campaign.phoneNumber });
}

const DETAILS = {
  campaign_not_found: "There is no campaign with this campaign_id.",
  destination_not_allowed: "The organisation does not allow calls to the country of this number.",
  metadata_too_large: "The contact's metadata would exceed 256 KiB after the merge.",
  campaign_inbound: "This campaign only takes calls; choose an outbound one.",
  campaign_not_active: "The campaign must be active to place calls.",
  agent_inactive: "The campaign's voice agent is missing or inactive.",
  campaign_without_number: "The campaign has no phone number of a carrier account to call from.",
  contact_opted_out: "This number has opted out of calls from the organisation.",
  idempotency_in_progress: "Another request with this Idempotency-Key has taken this one over.",
  number_in_call: "An outbound call to this number has not ended yet.",
} as const;

type PlaceCallRefusal = Refusal<keyof typeof DETAILS>;

function refuse(code: keyof typeof DETAILS): PlaceCallRefusal {
  return { code, detail: DETAILS[code] };
}
