import { Empty, Page } from "../ui/parts.tsx";

export function KeysPage() {
  return (
    <Page title="Keys">
      <Empty>Nothing here yet.</Empty>
    </Page>
  );
}
