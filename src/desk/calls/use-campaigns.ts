import type { Campaign } from "../../contract/campaigns.ts";
import { useResource } from "../resource.ts";
import { useMay } from "../session.tsx";

/** As many as a list gives at a time; of more the others are shown by their ids. */
const MOST = 100;

/** The campaigns whose names are known: none for a key that may not read them. */
export function useCampaigns(): readonly Campaign[] {
  const may = useMay();
  const path = may("voice:campaigns:read") ? `/v1/campaigns?limit=${MOST}` : null;
  return useResource<{ campaigns: Campaign[] }>(path).value?.campaigns ?? [];
}
