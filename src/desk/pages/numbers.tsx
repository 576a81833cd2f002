import type { CallStats, DailyCallStats } from "../../contract/call-lists.ts";
import { pathOf } from "../api.ts";
import { Chart } from "../numbers/chart.tsx";
import { Figures } from "../numbers/figures.tsx";
import { Filters } from "../numbers/filters.tsx";
import { PLANS } from "../numbers/plans.ts";
import { dateOf, rangeOf, type Range } from "../numbers/range.ts";
import { useResource, type Resource } from "../resource.ts";
import { usePlace } from "../router.tsx";
import { Empty, Page, Shown } from "../ui/parts.tsx";

export function NumbersPage() {
  const { query } = usePlace();
  const now = Date.now();
  const range = rangeOf(query, now);
  const { from, to, campaignId } = range;
  const wanted = { date_from: from, date_to: to, campaign_id: campaignId };
  const stats = useResource<CallStats>(pathOf("/v1/calls/stats", wanted));
  const daily = useResource<DailyCallStats>(pathOf("/v1/calls/stats/daily", wanted));
  const refresh = () => Promise.all([stats.reload(), daily.reload()]);
  return (
    <Page
      title="Numbers"
      actions={
        <button type="button" onClick={() => void refresh()}>
          Refresh
        </button>
      }
    >
      <Filters range={range} today={dateOf(now)} />
      <Numbers range={range} stats={stats} daily={daily} />
    </Page>
  );
}

function Numbers({
  range: { from, to },
  stats,
  daily,
}: {
  range: Range;
  stats: Resource<CallStats>;
  daily: Resource<DailyCallStats>;
}) {
  return (
    <div class="numbers">
      <Shown resource={daily}>
        {({ days }) =>
          days.every((day) => day.total_calls === 0) ? (
            <Empty>
              {from > to
                ? "The range begins after its end. Choose other days."
                : "No calls ended in this range. Choose more days, or another campaign."}
            </Empty>
          ) : (
            <>
              <Shown resource={stats}>
                {(whole) => (
                  <Figures stats={whole} talkSeconds={days.reduce((sum, day) => sum + day.talk_seconds, 0)} />
                )}
              </Shown>
              <div class="charts">
                {PLANS.map((plan) => (
                  <Chart key={plan.title} plan={plan} days={days} />
                ))}
              </div>
              <p class="hint">
                Each call counts on the day it was accepted or came in. Days are those of UTC.
              </p>
            </>
          )
        }
      </Shown>
    </div>
  );
}
