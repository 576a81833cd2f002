import { useEffect, useState } from "preact/hooks";
import type { CallList } from "../../contract/call-lists.ts";
import { pathOf } from "../api.ts";
import { CallFilters, filtersOf } from "../calls/filters.tsx";
import { CallRows } from "../calls/rows.tsx";
import { useCampaigns } from "../calls/use-campaigns.ts";
import { useResource } from "../resource.ts";
import { go, usePlace } from "../router.tsx";
import { Empty, Loading, Page, Pager, ProblemNote } from "../ui/parts.tsx";
import { useOffset } from "../ui/use-offset.ts";

const LIMIT = 25;

type Shown = { list: CallList; offset: number };

export function CallsPage() {
  const { query } = usePlace();
  const filters = filtersOf(query);
  const [offset] = useOffset();
  const { value, problem, isLoading, reload } = useResource<CallList>(
    pathOf("/v1/calls", { ...filters, limit: LIMIT, offset }),
  );
  const campaigns = useCampaigns();
  // What was shown last stays, dimmed, until what is asked for now is there.
  const [last, setLast] = useState<Shown | null>(null);
  useEffect(() => {
    if (value !== null) setLast({ list: value, offset });
  }, [value, offset]);
  const shown = value === null ? last : { list: value, offset };
  const isFiltered = Object.keys(filters).length > 0;
  return (
    <Page
      title="Calls"
      actions={
        <button type="button" disabled={isLoading} onClick={() => void reload()}>
          Refresh
        </button>
      }
    >
      <CallFilters campaigns={campaigns} />
      {problem === null ? null : <ProblemNote problem={problem} again={reload} />}
      {shown === null ? (
        problem === null ? (
          <Loading what="Loading calls" />
        ) : null
      ) : (
        <div class={isLoading || problem !== null ? "dimmed" : ""} aria-busy={isLoading}>
          {shown.list.calls.length === 0 ? (
            <NoCalls isFiltered={isFiltered} isBeyond={shown.list.total > 0} />
          ) : (
            <CallRows calls={shown.list.calls} campaigns={campaigns} />
          )}
          <Pager
            total={shown.list.total}
            limit={LIMIT}
            offset={shown.offset}
            onMove={(next, how) => go(pathOf("/desk/calls", { ...filters, offset: next || undefined }), how)}
          />
        </div>
      )}
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
