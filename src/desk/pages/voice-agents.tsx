import { Empty, Page } from "../ui/parts.tsx";

export function VoiceAgentsPage() {
  return (
    <Page title="Voice agents">
      <Empty>Nothing here yet.</Empty>
    </Page>
  );
}
