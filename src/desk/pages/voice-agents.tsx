import { useState } from "preact/hooks";
import type { VoiceAgent } from "../../contract/voice-agents.ts";
import { pathOf } from "../api.ts";
import { useResource } from "../resource.ts";
import { useMay } from "../session.tsx";
import { Empty, Page, Pager, Shown } from "../ui/parts.tsx";
import { useOffset } from "../ui/use-offset.ts";
import { ActiveDialog, AgentDialog, DeleteAgent } from "../voice-agents/agent-dialog.tsx";
import { AgentTable, type AgentWish } from "../voice-agents/agent-table.tsx";
import { TryDialog } from "../voice-agents/try-dialog.tsx";

const LIMIT = 50;

type List = { voice_agents: VoiceAgent[]; total: number };

export function VoiceAgentsPage() {
  const mayWrite = useMay()("voice:campaigns:write");
  const [offset, move] = useOffset();
  const list = useResource<List>(pathOf("/v1/voice-agents", { limit: LIMIT, offset }));
  const [wish, setWish] = useState<AgentWish | null>(null);
  const close = (hasChanged: boolean): void => {
    setWish(null);
    if (hasChanged) void list.reload();
  };
  const create = mayWrite ? (
    <button type="button" class="primary" onClick={() => setWish({ kind: "create" })}>
      New voice agent
    </button>
  ) : undefined;
  return (
    <Page title="Voice agents" actions={create}>
      <Shown resource={list}>
        {({ voice_agents: agents, total }) => (
          <>
            {total === 0 ? (
              <Empty>There is no voice agent yet. An agent is who speaks in a campaign's calls.</Empty>
            ) : (
              <AgentTable agents={agents} onWish={setWish} />
            )}
            {total > LIMIT || offset > 0 ? (
              <Pager total={total} limit={LIMIT} offset={offset} onMove={move} />
            ) : null}
          </>
        )}
      </Shown>
      {wish === null ? null : <Wish wish={wish} onClose={close} />}
    </Page>
  );
}

function Wish({ wish, onClose }: { wish: AgentWish; onClose: (hasChanged: boolean) => void }) {
  switch (wish.kind) {
    case "create":
      return <AgentDialog agent={null} onClose={(saved) => onClose(saved !== null)} />;
    case "edit":
      return <AgentDialog agent={wish.agent} onClose={(saved) => onClose(saved !== null)} />;
    case "active":
      return <ActiveDialog agent={wish.agent} onClose={(changed) => onClose(changed !== null)} />;
    case "delete":
      return <DeleteAgent agent={wish.agent} onClose={onClose} />;
    case "try":
      return <TryDialog agent={wish.agent} onClose={() => onClose(false)} />;
  }
}
