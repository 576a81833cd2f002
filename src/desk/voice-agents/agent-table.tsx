import type { VoiceAgent } from "../../contract/voice-agents.ts";
import { useMay } from "../session.tsx";
import { Badge, Table } from "../ui/parts.tsx";
import { Avatar } from "./avatar.tsx";

export type AgentWish =
  | { kind: "create" }
  | { kind: "edit" | "delete" | "active" | "try"; agent: VoiceAgent };

const COLUMNS = ["Agent", "Role", "Language", "Voice", "Status"];

export function AgentTable({
  agents,
  onWish,
}: {
  agents: readonly VoiceAgent[];
  onWish: (wish: AgentWish) => void;
}) {
  const may = useMay();
  const mayAct = may("voice:campaigns:write") || mayTry(may);
  return (
    <Table label="Voice agents" columns={mayAct ? [...COLUMNS, ""] : COLUMNS}>
      {agents.map((agent) => {
        const { uuid, name, role, description, voice_config: voice, is_active: isActive } = agent;
        return (
          <tr key={uuid}>
            <td>
              <div class="agent">
                <Avatar name={name} initials={agent.avatar_initials} color={agent.avatar_color} />
                <div>
                  <strong>{name}</strong>
                  {description === null ? null : <div class="hint">{description}</div>}
                </div>
              </div>
            </td>
            <td>{role ?? "–"}</td>
            <td>{voice.language_code}</td>
            <td>{[voice.provider, voice.model, voice.speaker].filter(Boolean).join(" · ") || "–"}</td>
            <td>
              <Badge kind={isActive ? "active" : "paused"}>{isActive ? "active" : "inactive"}</Badge>
            </td>
            {mayAct ? (
              <td>
                <Actions agent={agent} onWish={onWish} />
              </td>
            ) : null}
          </tr>
        );
      })}
    </Table>
  );
}

/** To talk with an agent takes a call. */
function mayTry(may: ReturnType<typeof useMay>): boolean {
  return may("voice:calls:write") && may("voice:calls:read");
}

function Actions({ agent, onWish }: { agent: VoiceAgent; onWish: (wish: AgentWish) => void }) {
  const may = useMay();
  const { name, is_active: isActive } = agent;
  return (
    <div class="row-actions">
      {mayTry(may) ? (
        <button
          type="button"
          class="primary"
          aria-label={`Try it: ${name}`}
          onClick={() => onWish({ kind: "try", agent })}
        >
          Try it
        </button>
      ) : null}
      {may("voice:campaigns:write") ? (
        <>
          <button type="button" aria-label={`Edit ${name}`} onClick={() => onWish({ kind: "edit", agent })}>
            Edit
          </button>
          <button
            type="button"
            aria-label={`${isActive ? "Deactivate" : "Activate"} ${name}`}
            onClick={() => onWish({ kind: "active", agent })}
          >
            {isActive ? "Deactivate" : "Activate"}
          </button>
          <button
            type="button"
            aria-label={`Delete ${name}`}
            onClick={() => onWish({ kind: "delete", agent })}
          >
            Delete
          </button>
        </>
      ) : null}
    </div>
  );
}
