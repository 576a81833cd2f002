import { Empty, Page } from "../ui/parts.tsx";

export function WebhookPage({ id }: { id: string }) {
  return (
    <Page title="Webhook">
      <Empty>{id}</Empty>
    </Page>
  );
}
