import { Empty, Page } from "../ui/parts.tsx";

export function WebhooksPage() {
  return (
    <Page title="Webhooks">
      <Empty>Nothing here yet.</Empty>
    </Page>
  );
}
