import { Empty, Page } from "../ui/parts.tsx";

export function LivePage() {
  return (
    <Page title="Live calls">
      <Empty>Nothing here yet.</Empty>
    </Page>
  );
}
