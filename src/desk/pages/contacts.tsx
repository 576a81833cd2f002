import { Empty, Page } from "../ui/parts.tsx";

export function ContactsPage() {
  return (
    <Page title="Contacts">
      <Empty>Nothing here yet.</Empty>
    </Page>
  );
}
