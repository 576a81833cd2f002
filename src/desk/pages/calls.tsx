import { Empty, Page } from "../ui/parts.tsx";

export function CallsPage() {
  return (
    <Page title="Calls">
      <Empty>Nothing here yet.</Empty>
    </Page>
  );
}
