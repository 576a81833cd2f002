import { Empty, Page } from "../ui/parts.tsx";

export function CallPage({ id }: { id: string }) {
  return (
    <Page title="Call">
      <Empty>{id}</Empty>
    </Page>
  );
}
