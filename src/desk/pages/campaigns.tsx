import { useState } from "preact/hooks";
import { CAMPAIGN_KINDS, CAMPAIGN_STATUSES } from "../../domain/campaign.ts";
import type { Campaign } from "../../contract/campaigns.ts";
import { pathOf } from "../api.ts";
import { CampaignDetails } from "../campaigns/campaign-details.tsx";
import { CampaignDialog } from "../campaigns/campaign-dialog.tsx";
import { CampaignTable, type CampaignWish } from "../campaigns/campaign-table.tsx";
import { useChoices } from "../campaigns/choices.ts";
import { DeleteCampaign, StatusDialog } from "../campaigns/small-dialogs.tsx";
import { TestCallDialog } from "../campaigns/test-call-dialog.tsx";
import { useResource } from "../resource.ts";
import { usePlace } from "../router.tsx";
import { useMay } from "../session.tsx";
import { Empty, Page, Pager, Shown } from "../ui/parts.tsx";
import { see } from "../ui/see.ts";
import { Select } from "../ui/select.tsx";
import { useOffset } from "../ui/use-offset.ts";

const LIMIT = 50;

type List = { campaigns: Campaign[]; total: number };

export function CampaignsPage() {
  const { query } = usePlace();
  const may = useMay();
  const filter = { status: query.get("status") ?? "", kind: query.get("kind") ?? "" };
  const [offset, move] = useOffset();
  const list = useResource<List>(pathOf("/v1/campaigns", { ...filter, limit: LIMIT, offset }));
  const choices = useChoices(list.value?.campaigns ?? []);
  const [wish, setWish] = useState<CampaignWish | null>(null);
  const shown = list.value?.campaigns.find(({ uuid }) => uuid === query.get("show"));
  const close = (hasChanged: boolean): void => {
    setWish(null);
    if (hasChanged) void list.reload();
  };
  const create = may("voice:campaigns:write") ? (
    <button type="button" class="primary" onClick={() => setWish({ kind: "create" })}>
      New campaign
    </button>
  ) : undefined;
  return (
    <Page title="Campaigns" actions={create}>
      <div class="filters">
        <Select
          label="Status"
          value={filter.status}
          all="Any status"
          options={CAMPAIGN_STATUSES}
          onPick={(status) => see({ status })}
        />
        <Select
          label="Kind"
          value={filter.kind}
          all="Any kind"
          options={CAMPAIGN_KINDS}
          onPick={(kind) => see({ kind })}
        />
      </div>
      <Shown resource={list}>
        {({ campaigns, total }) => (
          <>
            {total === 0 ? (
              <NoCampaigns isFiltered={filter.status !== "" || filter.kind !== ""} />
            ) : (
              <CampaignTable
                campaigns={campaigns}
                choices={choices}
                shown={shown?.uuid}
                onShow={(show) => see({ show, offset })}
                onWish={setWish}
              />
            )}
            {total > LIMIT || offset > 0 ? (
              <Pager total={total} limit={LIMIT} offset={offset} onMove={move} />
            ) : null}
          </>
        )}
      </Shown>
      {shown === undefined ? null : (
        <CampaignDetails campaign={shown} choices={choices} onClose={() => see({ show: "", offset })} />
      )}
      {wish === null ? null : <Wish wish={wish} choices={choices} onClose={close} />}
    </Page>
  );
}

function Wish({
  wish,
  choices,
  onClose,
}: {
  wish: CampaignWish;
  choices: ReturnType<typeof useChoices>;
  onClose: (hasChanged: boolean) => void;
}) {
  const closed = (value: unknown): void => onClose(value !== null);
  switch (wish.kind) {
    case "create":
      return <CampaignDialog campaign={null} choices={choices} onClose={closed} />;
    case "edit":
      return <CampaignDialog campaign={wish.campaign} choices={choices} onClose={closed} />;
    case "status":
      return <StatusDialog campaign={wish.campaign} status={wish.status} onClose={closed} />;
    case "delete":
      return <DeleteCampaign campaign={wish.campaign} onClose={onClose} />;
    case "call":
      return (
        <TestCallDialog
          campaign={wish.campaign}
          carrierKind={choices.carrierKindOf(wish.campaign.carrier_id)}
          onClose={() => onClose(false)}
        />
      );
  }
}

function NoCampaigns({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) return <Empty>No campaign matches. Choose another status or kind.</Empty>;
  return (
    <Empty>
      There is no campaign yet. A campaign says whose agent speaks in which calls, and from which number.
    </Empty>
  );
}
