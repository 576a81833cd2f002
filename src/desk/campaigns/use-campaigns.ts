import { useMemo } from "preact/hooks";
import type { Campaign } from "../../contract/campaigns.ts";
import { useMay } from "../session.tsx";
import { useAll } from "../use-all.ts";

/** The campaigns by name; none for a key that may not read them. */
export function useCampaigns(): readonly Campaign[] {
  const may = useMay();
  const { value } = useAll<Campaign>(may("voice:campaigns:read") ? "/v1/campaigns" : null, "campaigns");
  return useMemo(() => (value ?? []).toSorted((a, b) => a.name.localeCompare(b.name)), [value]);
}
