import type { ComponentChildren } from "preact";
import type { CallStats } from "../../contract/call-lists.ts";
import { showDuration, showNumber } from "../format.ts";
import { showRate } from "./plans.ts";

/** What the whole range amounts to. */
export function Figures({ stats, talkSeconds }: { stats: CallStats; talkSeconds: number }) {
  const { positive, neutral, negative } = stats.sentiment_breakdown;
  return (
    <dl class="figures" aria-label="The whole range">
      <Figure name="Calls">{showNumber(stats.total_calls)}</Figure>
      <Figure name="Connected">{showNumber(stats.connected)}</Figure>
      <Figure name="Connect rate">{showRate(stats.connect_rate)}</Figure>
      <Figure name="Talk time">{showDuration(talkSeconds)}</Figure>
      <Figure name="Average duration">{showDuration(stats.avg_duration_seconds)}</Figure>
      <Figure name="Sentiment">
        <span class="feelings">
          <span>{showNumber(positive)} positive</span>
          <span>{showNumber(neutral)} neutral</span>
          <span>{showNumber(negative)} negative</span>
        </span>
      </Figure>
    </dl>
  );
}

function Figure({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="sheet figure">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
