import type { Campaign } from "../../contract/campaigns.ts";
import { useMay } from "../session.tsx";
import { Badge, Table } from "../ui/parts.tsx";
import type { Choices } from "./choices.ts";

export type CampaignWish =
  | { kind: "create" }
  | { kind: "edit" | "delete" | "call"; campaign: Campaign }
  | { kind: "status"; campaign: Campaign; status: "active" | "paused" };

const COLUMNS = ["Campaign", "Kind", "Status", "Voice agent", "Number", "Hours"];

export function CampaignTable({
  campaigns,
  choices,
  shown,
  onShow,
  onWish,
}: {
  campaigns: readonly Campaign[];
  choices: Choices;
  shown: string | undefined;
  onShow: (id: string) => void;
  onWish: (wish: CampaignWish) => void;
}) {
  const may = useMay();
  const mayAct = may("voice:campaigns:write") || may("voice:calls:write");
  return (
    <Table label="Campaigns" columns={mayAct ? [...COLUMNS, ""] : COLUMNS}>
      {campaigns.map((campaign) => {
        const { uuid, name, kind, status, voice_agent_id: agentId, phone_number: phone } = campaign;
        return (
          <tr key={uuid}>
            <td>
              <button
                type="button"
                class="link"
                aria-expanded={uuid === shown}
                onClick={() => onShow(uuid === shown ? "" : uuid)}
              >
                {name}
              </button>
            </td>
            <td>{kind}</td>
            <td>
              <Badge kind={status}>{status}</Badge>
            </td>
            <td>{choices.agentNameOf(agentId)}</td>
            <td class="unbroken">{phone ?? "–"}</td>
            <td class="unbroken">{hoursOf(campaign)}</td>
            {mayAct ? (
              <td>
                <Actions campaign={campaign} onWish={onWish} />
              </td>
            ) : null}
          </tr>
        );
      })}
    </Table>
  );
}

function Actions({ campaign, onWish }: { campaign: Campaign; onWish: (wish: CampaignWish) => void }) {
  const may = useMay();
  const { status, kind, name } = campaign;
  const next = status === "active" ? "paused" : "active";
  return (
    <div class="row-actions">
      {kind === "outbound" && may("voice:calls:write") ? (
        <button
          type="button"
          disabled={status !== "active"}
          aria-label={`Place a test call, ${name}`}
          onClick={() => onWish({ kind: "call", campaign })}
        >
          Place a test call
        </button>
      ) : null}
      {may("voice:campaigns:write") ? (
        <>
          <button
            type="button"
            aria-label={`${next === "active" ? "Activate" : "Pause"} ${name}`}
            onClick={() => onWish({ kind: "status", campaign, status: next })}
          >
            {next === "active" ? "Activate" : "Pause"}
          </button>
          <button
            type="button"
            aria-label={`Edit ${name}`}
            onClick={() => onWish({ kind: "edit", campaign })}
          >
            Edit
          </button>
          <button
            type="button"
            aria-label={`Delete ${name}`}
            onClick={() => onWish({ kind: "delete", campaign })}
          >
            Delete
          </button>
        </>
      ) : null}
    </div>
  );
}

export function hoursOf({ time_window: window }: Campaign): string {
  return window === null ? "any time" : `${window.start}–${window.end} ${window.timezone}`;
}
