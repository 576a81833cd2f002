import { useEffect, useRef, useState } from "preact/hooks";
import type { DayStats } from "../../contract/call-lists.ts";
import { Table } from "../ui/parts.tsx";
import { describe, type ChartPlan } from "./plans.ts";
import { showDay } from "./range.ts";

/** One chart with its legend, and the same numbers as a table. */
export function Chart({ plan, days }: { plan: ChartPlan; days: readonly DayStats[] }) {
  const host = useRef<HTMLDivElement>(null);
  const [index, setIndex] = useState<number | null>(null);
  const [isMissing, setMissing] = useState(false);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    const place = host.current;
    if (place === null) return;
    let isGone = false;
    let takeAway = (): void => {};
    const draw = async (): Promise<void> => {
      try {
        const { drawChart } = await import("./draw.ts");
        if (isGone) return;
        setMissing(false);
        takeAway = drawChart(place, plan, days, { label: describe(plan, days), onDay: setIndex });
      } catch {
        setMissing(true);
      }
    };
    void draw();
    return () => {
      isGone = true;
      takeAway();
    };
  }, [plan, days, tries]);
  const day = index === null ? undefined : days[index];
  return (
    <section class="sheet chart" aria-label={plan.title}>
      <div class="chart-head">
        <h2>{plan.title}</h2>
        <span class="hint">{day === undefined ? "All days" : showDay.weekday(day.date)}</span>
      </div>
      <Legend plan={plan} days={days} day={day} />
      <div class="chart-place" ref={host} />
      {isMissing ? (
        <p role="alert">
          The chart could not be loaded. Its numbers are in the table.{" "}
          <button type="button" onClick={() => setTries(tries + 1)}>
            Try again
          </button>
        </p>
      ) : null}
      <AsTable plan={plan} days={days} />
    </section>
  );
}

/** What each colour means, and how much it is: of the day that the pointer is at, or else of all days. */
function Legend({
  plan,
  days,
  day,
}: {
  plan: ChartPlan;
  days: readonly DayStats[];
  day: DayStats | undefined;
}) {
  return (
    <ul class="legend">
      {plan.series.map((series) => (
        <li key={series.name}>
          <span class={`tone tone-${series.tone}`} aria-hidden="true" /> {series.name}{" "}
          <b>{plan.show(day === undefined ? plan.whole(series, days) : series.of(day))}</b>
        </li>
      ))}
    </ul>
  );
}

function AsTable({ plan, days }: { plan: ChartPlan; days: readonly DayStats[] }) {
  // Up to 366 rows in each of four charts: made when somebody looks.
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Show as table</summary>
      {isOpen ? (
        <Table
          label={`${plan.title}, as a table`}
          columns={["Day (UTC)", ...plan.series.map(({ name }) => name)]}
        >
          {days.toReversed().map((day) => (
            <tr key={day.date}>
              <th scope="row">
                <time dateTime={day.date}>{showDay.full(day.date)}</time>
              </th>
              {plan.series.map((series) => (
                <td key={series.name}>{plan.show(series.of(day))}</td>
              ))}
            </tr>
          ))}
        </Table>
      ) : null}
    </details>
  );
}
