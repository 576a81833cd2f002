import { campaignConfigSchema } from "../../contract/campaign-config.ts";
import type { Campaign, ChangeCampaignInput, CreateCampaignInput } from "../../contract/campaigns.ts";
import type { Refusal } from "../../contract/problems.ts";
import {
  deleteCampaign as deleteStored,
  findMissingReference,
  insertCampaign,
  updateCampaign,
  type CampaignRow,
  type References,
} from "../../db/campaigns.ts";
import { newId } from "../../lib/ids.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import type { OrgContext } from "../context.ts";
import { refusedReference } from "../refused-part.ts";
import { mergeCampaign, toBranches } from "./merge-campaign.ts";
import { toCampaign } from "./read-campaigns.ts";

type Unfit = Refusal<"validation_failed" | "campaign_incomplete">;

export async function createCampaign(
  context: OrgContext,
  input: CreateCampaignInput,
): Promise<Result<Campaign, Unfit | Refusal<"number_in_use">>> {
  const campaign: CampaignRow = {
    id: newId("campaign"),
    orgId: context.orgId,
    kind: input.kind,
    name: input.name,
    status: input.status,
    voiceAgentId: input.voice_agent_id,
    carrierId: input.carrier_id,
    phoneNumber: input.phone_number,
    branches: toBranches(input.branches),
    startDate: input.start_date,
    endDate: input.end_date,
    timeWindow: input.time_window && JSON.stringify(input.time_window),
    config: JSON.stringify(input.config),
    createdAt: toEpochSeconds(Date.now()),
    deletedAt: null,
  };
  const references = referencesOf(campaign);
  const unfit = await judge(context, campaign, references);
  if (unfit !== null) return err(unfit);
  const written = await insertCampaign(context.db, campaign, references);
  switch (written.kind) {
    case "written":
      return ok(toCampaign(written.campaign));
    case "missing":
      return err(refuseMissing(written.reference));
    case "number_in_use":
      return err(NUMBER_IN_USE);
  }
}

/** Merges the change into the campaign; calls that live go on as they began. */
export async function changeCampaign(
  context: OrgContext,
  before: CampaignRow,
  input: ChangeCampaignInput,
): Promise<Result<Campaign, Unfit | Refusal<"number_in_use" | "not_found">>> {
  const merged = mergeCampaign(before, input);
  if (!merged.ok) return merged;
  const after = merged.value;
  const references = newReferences(before, after);
  const unfit = await judge(context, after, references);
  if (unfit !== null) return err(unfit);
  const written = await updateCampaign(context.db, before, after, references);
  switch (written.kind) {
    case "written":
      return ok(toCampaign(written.campaign));
    case "missing":
      return err(refuseMissing(written.reference));
    case "number_in_use":
      return err(NUMBER_IN_USE);
    case "changed":
      // The change is merged into what it is now.
      if (written.current === null) return err({ code: "not_found", detail: "There is no such campaign." });
      return changeCampaign(context, written.current, input);
  }
}

export async function deleteCampaign({ db, orgId }: OrgContext, campaign: CampaignRow): Promise<void> {
  await deleteStored(db, orgId, campaign.id, toEpochSeconds(Date.now()));
}

function referencesOf({ voiceAgentId, carrierId, phoneNumber, config }: CampaignRow): References {
  const { transfer_queue: transferQueue = null } = campaignConfigSchema.parse(JSON.parse(config));
  return { voiceAgentId, carrierId, phoneNumber, transferQueue };
}

/** What must be looked for before `after` is written: what it newly refers to; all, when it becomes active. */
function newReferences(before: CampaignRow, after: CampaignRow): References {
  const [had, has] = [referencesOf(before), referencesOf(after)];
  if (after.status === "active" && before.status !== "active") return has;
  const isOtherNumber = after.carrierId !== before.carrierId || after.phoneNumber !== before.phoneNumber;
  return {
    voiceAgentId: after.voiceAgentId === before.voiceAgentId ? null : after.voiceAgentId,
    carrierId: isOtherNumber ? after.carrierId : null,
    phoneNumber: isOtherNumber ? after.phoneNumber : null,
    transferQueue: has.transferQueue === had.transferQueue ? null : has.transferQueue,
  };
}

/** Why the campaign can't be what it would become; whether its references are there is asked only to say it first. */
async function judge(
  { db, orgId }: OrgContext,
  campaign: CampaignRow,
  references: References,
): Promise<Unfit | null> {
  const { startDate, endDate, status, carrierId, phoneNumber } = campaign;
  if (startDate !== null && endDate !== null && endDate < startDate) {
    const errors = [{ path: "end_date", message: "must not be before start_date" }];
    return { code: "validation_failed", detail: "Please check end_date.", errors };
  }
  const lacks = status === "active" ? lackingOf(campaign) : [];
  if (lacks.length > 0) {
    const missing = await findMissingReference(db, orgId, references);
    if (missing !== null) return refuseMissing(missing);
    return { code: "campaign_incomplete", detail: `To be active the campaign needs ${lacks.join(", ")}.` };
  }
  if (phoneNumber !== null && carrierId === null) {
    const errors = [{ path: "phone_number", message: "needs the carrier_id whose number it is" }];
    return { code: "validation_failed", detail: "Please check phone_number.", errors };
  }
  return null;
}

function lackingOf({ voiceAgentId, carrierId, phoneNumber }: CampaignRow): string[] {
  const needed = { voice_agent_id: voiceAgentId, carrier_id: carrierId, phone_number: phoneNumber };
  return Object.entries(needed).flatMap(([field, value]) => (value === null ? [field] : []));
}

const REFERENCE_NAMES = {
  voiceAgentId: ["voice_agent_id", "voice agent"],
  carrierId: ["carrier_id", "carrier account"],
  phoneNumber: ["phone_number", "number in the carrier account"],
  transferQueue: ["config.transfer_queue", "queue"],
} as const;

function refuseMissing(reference: keyof References): Refusal<"validation_failed"> {
  const [field, what] = REFERENCE_NAMES[reference];
  return refusedReference(field, what);
}

const NUMBER_IN_USE = {
  code: "number_in_use",
  detail: "Another active inbound campaign takes the calls to this number.",
} as const;
