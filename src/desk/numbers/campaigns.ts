import { useEffect, useState } from "preact/hooks";
import type { Campaign } from "../../contract/campaigns.ts";
import { ask, pathOf } from "../api.ts";
import { useMay } from "../session.tsx";

const PAGE = 100;
/** More than somebody would look through in a list. */
const MOST = 1_000;

export type CampaignName = { uuid: string; name: string };

/** The campaigns to choose from, by name; none for a key that may not read them. */
export function useCampaignNames(): readonly CampaignName[] {
  const may = useMay()("voice:campaigns:read");
  const [names, setNames] = useState<readonly CampaignName[]>([]);
  useEffect(() => {
    let isGone = false;
    const read = async (): Promise<void> => {
      const all: CampaignName[] = [];
      for (let offset = 0; offset < MOST; offset += PAGE) {
        const path = pathOf("/v1/campaigns", { limit: PAGE, offset });
        // Each page says whether there is a next one.
        // oxlint-disable-next-line no-await-in-loop
        const page = await ask<{ campaigns: Campaign[]; total: number }>("GET", path);
        if (!page.ok || isGone) break;
        all.push(...page.value.campaigns);
        if (all.length >= page.value.total) break;
      }
      if (!isGone) setNames(all.toSorted((a, b) => a.name.localeCompare(b.name)));
    };
    if (may) void read();
    return () => {
      isGone = true;
    };
  }, [may]);
  return names;
}
