import { campaignConfigSchema } from "../../contract/campaign-config.ts";
import { timeWindowSchema, writtenConfigSchema, type ChangeCampaignInput } from "../../contract/campaigns.ts";
import type { Refusal } from "../../contract/problems.ts";
import type { CampaignRow } from "../../db/campaigns.ts";
import { applyMergePatch } from "../../domain/merge-patch.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { refusedPart } from "../refused-part.ts";

type Merged<T> = Result<T, Refusal<"validation_failed">>;

/** The campaign with the change merged into it; what is not named stays as it is. */
export function mergeCampaign(before: CampaignRow, input: ChangeCampaignInput): Merged<CampaignRow> {
  const config = mergeConfig(before.config, input.config);
  if (!config.ok) return config;
  const timeWindow = mergeTimeWindow(before.timeWindow, input.time_window);
  if (!timeWindow.ok) return timeWindow;
  return ok({
    ...before,
    ...columnsOf(input),
    config: config.value,
    timeWindow: timeWindow.value,
  });
}

/** @param stored its JSON. */
function mergeConfig(stored: string, patch: ChangeCampaignInput["config"]): Merged<string> {
  if (patch === undefined) return ok(stored);
  // Read first: what an older version stored and nobody knows any more must not refuse the change.
  const current = campaignConfigSchema.parse(JSON.parse(stored));
  const merged = writtenConfigSchema.safeParse(applyMergePatch(current, patch));
  return merged.success ? ok(JSON.stringify(merged.data)) : err(refusedPart("config", merged.error));
}

function mergeTimeWindow(
  stored: string | null,
  patch: ChangeCampaignInput["time_window"],
): Merged<string | null> {
  if (patch === undefined) return ok(stored);
  if (patch === null) return ok(null);
  const merged = timeWindowSchema.safeParse(applyMergePatch(JSON.parse(stored ?? "{}"), patch));
  return merged.success ? ok(JSON.stringify(merged.data)) : err(refusedPart("time_window", merged.error));
}

/** Those of the columns that the input names. */
function columnsOf(input: ChangeCampaignInput) {
  return {
    ...(input.name === undefined ? {} : { name: input.name }),
    ...(input.status === undefined ? {} : { status: input.status }),
    ...(input.voice_agent_id === undefined ? {} : { voiceAgentId: input.voice_agent_id }),
    ...(input.carrier_id === undefined ? {} : { carrierId: input.carrier_id }),
    ...(input.phone_number === undefined ? {} : { phoneNumber: input.phone_number }),
    ...(input.branches === undefined ? {} : { branches: toBranches(input.branches) }),
    ...(input.start_date === undefined ? {} : { startDate: input.start_date }),
    ...(input.end_date === undefined ? {} : { endDate: input.end_date }),
  };
}

/** A tag says no more for being named twice. */
export function toBranches(tags: readonly string[]): string {
  return JSON.stringify([...new Set(tags)]);
}
