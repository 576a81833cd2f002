import type { CallList } from "../../contract/call-lists.ts";
import { pathOf } from "../api.ts";
import { CallFilters, filtersOf } from "../calls/filters.tsx";
import { CallRows } from "../calls/rows.tsx";
import { useCampaigns } from "../campaigns/use-campaigns.ts";
import { useResource } from "../resource.ts";
import { go, usePlace } from "../router.tsx";
import { Empty, Page, Pager, Shown } from "../ui/parts.tsx";
import { useOffset } from "../ui/use-offset.ts";

const LIMIT = 25;

export function CallsPage() {
  const { query } = usePlace();
  const filters = filtersOf(query);
  const [offset] = useOffset();
  const list = useResource<CallList>(pathOf("/v1/calls", { ...filters, limit: LIMIT, offset }));
  const campaigns = useCampaigns();
  const isFiltered = Object.keys(filters).length > 0;
  return (
    <Page
      title="Calls"
      actions={
        <button type="button" onClick={() => void list.reload()}>
          Refresh
        </button>
      }
    >
      <CallFilters campaigns={campaigns} />
      <Shown resource={list}>
        {({ calls, total }) => (
          <>
            {calls.length === 0 ? (
              <NoCalls isFiltered={isFiltered} isBeyond={total > 0} />
            ) : (
              <CallRows calls={calls} campaigns={campaigns} />
            )}
            <Pager
              total={total}
              limit={LIMIT}
              offset={offset}
              onMove={(next, how) =>
                go(pathOf("/desk/calls", { ...filters, offset: next || undefined }), how)
              }
            />
          </>
        )}
      </Shown>
    </Page>
  );
}

function NoCalls({ isFiltered, isBeyond }: { isFiltered: boolean; isBeyond: boolean }) {
  if (isBeyond) {
    return (
      <Empty>
        The list ends before this page. <a href="/desk/calls">Go to its beginning</a>
      </Empty>
    );
  }
  if (isFiltered) {
    return (
      <Empty>
        No call matches these filters. <a href="/desk/calls">Clear the filters</a>
      </Empty>
    );
  }
  return <Empty>No calls yet. They appear here as soon as one is placed or comes in.</Empty>;
}
