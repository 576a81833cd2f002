import { Empty, Page } from "../ui/parts.tsx";

export function NumbersPage() {
  return (
    <Page title="Numbers">
      <Empty>Nothing here yet.</Empty>
    </Page>
  );
}
