import { Empty, Page } from "../ui/parts.tsx";

export function CampaignsPage() {
  return (
    <Page title="Campaigns">
      <Empty>Nothing here yet.</Empty>
    </Page>
  );
}
