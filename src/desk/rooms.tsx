// Which page an address shows. `:id` stands for one part of it.

import type { ComponentType } from "preact";
import { CallPage } from "./pages/call.tsx";
import { CallsPage } from "./pages/calls.tsx";
import { CampaignsPage } from "./pages/campaigns.tsx";
import { ContactsPage } from "./pages/contacts.tsx";
import { KeysPage } from "./pages/keys.tsx";
import { LivePage } from "./pages/live.tsx";
import { NumbersPage } from "./pages/numbers.tsx";
import { QueuesPage } from "./pages/queues.tsx";
import { VoiceAgentsPage } from "./pages/voice-agents.tsx";
import { WebhookPage } from "./pages/webhook.tsx";
import { WebhooksPage } from "./pages/webhooks.tsx";
import { usePlace } from "./router.tsx";
import { Empty, Page } from "./ui/parts.tsx";

const PAGES: Record<string, ComponentType> = {
  "/desk": LivePage,
  "/desk/calls": CallsPage,
  "/desk/numbers": NumbersPage,
  "/desk/campaigns": CampaignsPage,
  "/desk/voice-agents": VoiceAgentsPage,
  "/desk/contacts": ContactsPage,
  "/desk/queues": QueuesPage,
  "/desk/webhooks": WebhooksPage,
  "/desk/keys": KeysPage,
};

const PAGES_OF_ONE: Record<string, ComponentType<{ id: string }>> = {
  "/desk/calls": CallPage,
  "/desk/webhooks": WebhookPage,
};

export function Rooms() {
  const { path } = usePlace();
  const All = PAGES[path];
  if (All !== undefined) return <All key={path} />;
  const [, room = "", id = ""] = /^(\/desk\/[\w-]+)\/([\w-]+)$/.exec(path) ?? [];
  const One = PAGES_OF_ONE[room];
  if (One !== undefined) return <One key={path} id={id} />;
  return (
    <Page title="Not found">
      <Empty>
        There is no such page. <a href="/desk">Go to the live calls</a>
      </Empty>
    </Page>
  );
}
