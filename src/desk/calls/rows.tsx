import type { CallSummary } from "../../contract/calls.ts";
import type { Campaign } from "../../contract/campaigns.ts";
import { showDuration, showTime, showWord } from "../format.ts";
import { go } from "../router.tsx";
import { Badge, Table } from "../ui/parts.tsx";
import { customerOf, shortId } from "./names.ts";

const COLUMNS = ["When", "Contact", "Direction", "Campaign", "Outcome", "Sentiment", "Duration", "Summary"];

export function CallRows({
  calls,
  campaigns,
}: {
  calls: readonly CallSummary[];
  campaigns: readonly Campaign[];
}) {
  const nameOf = (id: string): string => campaigns.find(({ uuid }) => uuid === id)?.name ?? shortId(id);
  return (
    <Table label="Calls" columns={COLUMNS}>
      {calls.map((call) => (
        <CallRow key={call.uuid} call={call} campaign={nameOf(call.campaign_uuid)} />
      ))}
    </Table>
  );
}

function CallRow({ call, campaign }: { call: CallSummary; campaign: string }) {
  const address = `/desk/calls/${call.uuid}`;
  const { outcome, sentiment } = call;
  return (
    <tr
      class="opens"
      onClick={(event) => {
        const isOnLink = event.target instanceof Element && event.target.closest("a") !== null;
        const isSelecting = getSelection()?.type === "Range";
        if (!isOnLink && !isSelecting) go(address);
      }}
    >
      <td class="nowrap">
        <a href={address}>{showTime(call.started_at)}</a>
      </td>
      <td class="nowrap">{customerOf(call)}</td>
      <td>{call.call_type}</td>
      <td class="name">{campaign}</td>
      <td>
        {outcome === null ? (
          <Badge kind="warn">{showWord(call.status)}</Badge>
        ) : (
          <Badge kind={outcome}>{showWord(outcome)}</Badge>
        )}
      </td>
      <td>{sentiment === null ? "–" : <Badge kind={sentiment}>{sentiment}</Badge>}</td>
      <td class="number">{showDuration(call.duration)}</td>
      <td class="summary">
        <span class="cut" title={call.summary ?? undefined}>
          {call.summary ?? "–"}
        </span>
      </td>
    </tr>
  );
}
