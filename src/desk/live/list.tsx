// The calls that live, as rows that change one by one.

import { useCallback, useRef } from "preact/hooks";
import { showWord } from "../format.ts";
import { Badge, Table } from "../ui/parts.tsx";
import type { Board } from "./board.ts";
import { useEntry } from "./book.ts";
import { Elapsed } from "./clock.tsx";
import { numberOf, type People } from "./people.ts";
import { useWhenSeen } from "./seen.ts";
import { still } from "./still.ts";
import { useTold } from "./subscribers.ts";
import { DIRECTIONS, STATUS_KINDS } from "./words.ts";

const COLUMNS = ["Contact", "Direction", "Campaign", "Status", "Time"] as const;

type Shared = Pick<People, "contacts" | "campaigns"> & {
  board: Board;
  /** Gets the same function each time, or all rows are drawn anew. */
  onChoose: (id: string) => void;
};

export function LiveList({
  ids,
  chosen,
  ...shared
}: Shared & { ids: readonly string[]; chosen: string | null }) {
  return (
    <div class="live-list">
      <Table label="Live calls" columns={COLUMNS}>
        {ids.map((id) => (
          <Row key={id} id={id} isChosen={id === chosen} {...shared} />
        ))}
      </Table>
    </div>
  );
}

const Row = still(DrawnRow);

function DrawnRow({
  id,
  isChosen,
  board,
  contacts,
  campaigns,
  onChoose,
}: Shared & { id: string; isChosen: boolean }) {
  const row = useRef<HTMLTableRowElement>(null);
  useTold((act) => board.onCall(id, act), [board, id]);
  const call = board.get(id);
  const contactId = call?.contact_uuid ?? null;
  const contact = useEntry(contacts, contactId);
  const campaign = useEntry(campaigns, call?.campaign_uuid ?? null);
  const lacksNames =
    (contactId !== null && contacts?.lacks(contactId, id)) ||
    (call !== undefined && campaigns?.lacks(call.campaign_uuid));
  const wantNames = (): void => {
    if (contacts !== null && contactId !== null) contacts.want(contactId, id);
    if (campaigns !== null && call !== undefined) campaigns.want(call.campaign_uuid);
  };
  useWhenSeen(row, lacksNames ? wantNames : null, [contactId]);
  const choose = useCallback(() => onChoose(id), [onChoose, id]);
  if (call === undefined) return null;
  const number = numberOf(call);
  const name = contact?.name ?? null;
  return (
    <tr ref={row} class={isChosen ? "live-row live-chosen" : "live-row"} onClick={choose}>
      <td>
        <button type="button" class="live-name" data-call={id} aria-current={isChosen}>
          {name ?? number}
        </button>
        {name === null ? null : <span class="live-number">{number}</span>}
      </td>
      <td>
        <span class={`live-direction live-${call.call_type}`}>{DIRECTIONS[call.call_type]}</span>
      </td>
      <td class="live-cut">{campaign?.name ?? "–"}</td>
      <td>
        <span class="live-status">
          <Badge kind={STATUS_KINDS[call.status]}>{showWord(call.status)}</Badge>
        </span>
      </td>
      <td>
        <Elapsed board={board} since={call.answered_at ?? call.started_at} />
      </td>
    </tr>
  );
}
