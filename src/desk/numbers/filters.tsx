import type { Campaign } from "../../contract/campaigns.ts";
import { useCampaigns } from "../campaigns/use-campaigns.ts";
import { Field } from "../ui/parts.tsx";
import { PRESETS, show, type Range } from "./range.ts";

type CampaignName = Pick<Campaign, "uuid" | "name">;

/** Which days, and whose. What is chosen stands in the address. */
export function Filters({ range, today }: { range: Range; today: string }) {
  const campaigns = useCampaigns();
  const { from, to, preset, campaignId } = range;
  const days = preset ?? { from, to };
  const choose = (part: { from?: string; to?: string }): void => {
    const chosen = { from, to, ...part };
    // An emptied field is one that is being written.
    if (chosen.from !== "" && chosen.to !== "") show(chosen, campaignId);
  };
  return (
    <div class="filters numbers-filters">
      <div class="presets" role="group" aria-label="Range">
        {PRESETS.map((count) => (
          <button
            key={count}
            type="button"
            aria-pressed={preset === count}
            onClick={() => show(count, campaignId)}
          >
            {count} days
          </button>
        ))}
      </div>
      <Field label="From">
        <input
          type="date"
          value={from}
          max={today}
          onChange={({ currentTarget }) => choose({ from: currentTarget.value })}
        />
      </Field>
      <Field label="To">
        <input
          type="date"
          value={to}
          max={today}
          onChange={({ currentTarget }) => choose({ to: currentTarget.value })}
        />
      </Field>
      {campaigns.length === 0 && campaignId === undefined ? null : (
        <Field label="Campaign">
          <select
            value={campaignId ?? ""}
            onChange={({ currentTarget: { value } }) => show(days, value === "" ? undefined : value)}
          >
            <option value="">All campaigns</option>
            {withChosen(campaigns, campaignId).map(({ uuid, name }) => (
              <option key={uuid} value={uuid}>
                {name}
              </option>
            ))}
          </select>
        </Field>
      )}
    </div>
  );
}

/** An address may name a campaign that is gone, or that the key may not read. */
function withChosen(campaigns: readonly CampaignName[], chosen: string | undefined): readonly CampaignName[] {
  if (chosen === undefined || campaigns.some(({ uuid }) => uuid === chosen)) return campaigns;
  return [...campaigns, { uuid: chosen, name: chosen }];
}
