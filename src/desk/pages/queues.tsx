import { Empty, Page } from "../ui/parts.tsx";

export function QueuesPage() {
  return (
    <Page title="Queues">
      <Empty>Nothing here yet.</Empty>
    </Page>
  );
}
