import type { Campaign } from "../../contract/campaigns.ts";
import { ask } from "../api.ts";
import { ActionDialog } from "../ui/dialog.tsx";

export function StatusDialog({
  campaign,
  status,
  onClose,
}: {
  campaign: Campaign;
  status: "active" | "paused";
  onClose: (changed: Campaign | null) => void;
}) {
  const verb = status === "active" ? "Activate" : "Pause";
  return (
    <ActionDialog<Campaign>
      title={`${verb} ${campaign.name}?`}
      confirm={verb}
      act={() => ask("PATCH", `/v1/campaigns/${campaign.uuid}`, { status })}
      done={({ name }) => `${name} is ${status}.`}
      onClose={onClose}
    >
      <p>
        {status === "active"
          ? "It takes or makes calls from now on."
          : "No new call comes in or goes out. Calls that live go on."}
      </p>
    </ActionDialog>
  );
}

export function DeleteCampaign({
  campaign,
  onClose,
}: {
  campaign: Campaign;
  onClose: (isDeleted: boolean) => void;
}) {
  const remove = async () => {
    const answer = await ask<null>("DELETE", `/v1/campaigns/${campaign.uuid}`);
    return answer.ok ? ({ ok: true, value: true } as const) : answer;
  };
  return (
    <ActionDialog<boolean>
      title={`Delete ${campaign.name}?`}
      confirm="Delete"
      danger
      act={remove}
      done={() => `${campaign.name} is deleted.`}
      onClose={(isDeleted) => onClose(isDeleted === true)}
    >
      <p>Calls that live go on, and its past calls stay. This can't be undone.</p>
    </ActionDialog>
  );
}
