import { z } from "zod";
import { campaignConfigSchema } from "../../contract/campaign-config.ts";
import { timeWindowSchema, type Campaign, type ListCampaignsQuery } from "../../contract/campaigns.ts";
import { findCampaign, listCampaigns as listStored, type CampaignRow } from "../../db/campaigns.ts";
import { isId } from "../../lib/ids.ts";
import { isoSeconds } from "../../lib/time.ts";
import type { OrgContext } from "../context.ts";

/** The campaign that a path names; null if the organisation has none such, whatever is wrong with the name. */
export async function findNamedCampaign(
  { db, orgId }: OrgContext,
  campaignId: string,
): Promise<CampaignRow | null> {
  return isId("campaign", campaignId) ? findCampaign(db, orgId, campaignId) : null;
}

export async function listCampaigns({ db, orgId }: OrgContext, query: ListCampaignsQuery) {
  const { rows, total } = await listStored(db, orgId, query);
  return { campaigns: rows.map(toCampaign), total };
}

const branchesSchema = z.array(z.string());

export function toCampaign(row: CampaignRow): Campaign {
  return {
    uuid: row.id,
    kind: row.kind,
    name: row.name,
    status: row.status,
    voice_agent_id: row.voiceAgentId,
    carrier_id: row.carrierId,
    phone_number: row.phoneNumber,
    branches: branchesSchema.parse(JSON.parse(row.branches ?? "[]")),
    start_date: row.startDate,
    end_date: row.endDate,
    time_window: row.timeWindow === null ? null : timeWindowSchema.parse(JSON.parse(row.timeWindow)),
    config: campaignConfigSchema.parse(JSON.parse(row.config)),
    created_at: isoSeconds(row.createdAt),
  };
}
