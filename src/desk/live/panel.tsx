// The call that was chosen: who it is, what can be done, and what is said.

import { useEffect, useRef, useState } from "preact/hooks";
import type { CallRecord } from "../../contract/calls.ts";
import type { LiveCall } from "../../contract/live.ts";
import { showDuration, showWord } from "../format.ts";
import { useResource } from "../resource.ts";
import { Badge, Shown } from "../ui/parts.tsx";
import type { ShownTurn } from "../ui/shown-turn.ts";
import { Transcript } from "../ui/transcript.tsx";
import { Actions } from "./actions.tsx";
import type { Board } from "./board.ts";
import { useEntry } from "./book.ts";
import { Elapsed } from "./clock.tsx";
import { numberOf, type People } from "./people.ts";
import { useTold } from "./subscribers.ts";
import { useWatchedCall } from "./use-watched-call.ts";
import { turnsOf } from "./watched-call.ts";
import { describeTransfer, DIRECTIONS, STATUS_KINDS } from "./words.ts";

type Props = {
  id: string;
  board: Board;
  people: People;
  /** Somebody just chose it, and is taken there. */
  isWanted: boolean;
  onClose: () => void;
};

export function CallPanel(props: Props) {
  const { id, isWanted, onClose } = props;
  const record = useResource<CallRecord>(`/v1/calls/${encodeURIComponent(id)}`);
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    if (isWanted) place.current?.focus();
  }, [isWanted]);
  return (
    <section class="sheet live-panel" aria-label="Chosen call" tabIndex={-1} ref={place}>
      <button type="button" class="live-close" onClick={onClose}>
        Close
      </button>
      <Shown resource={record}>{(value) => <Call {...props} record={value} reload={record.reload} />}</Shown>
    </section>
  );
}

function Call({
  id,
  board,
  people,
  record,
  reload,
}: Props & { record: CallRecord; reload: () => Promise<void> }) {
  useTold((act) => board.onCall(id, act), [board, id]);
  const { watched, state } = useWatchedCall(id, true);
  const call: LiveCall | CallRecord = board.get(id) ?? record;
  const contact = useEntry(people.contacts, call.contact_uuid);
  const campaign = useEntry(people.campaigns, call.campaign_uuid);
  useEffect(() => {
    if (call.contact_uuid !== null) people.contacts?.want(call.contact_uuid, id);
    people.campaigns?.want(call.campaign_uuid);
  }, [call.contact_uuid, call.campaign_uuid]);
  const hasEnded = record.status === "ended" || watched.end !== null;
  useEffect(() => {
    // It is over, and its socket did not say how: nobody speaks of old calls there.
    if (state === "done" && !hasEnded) void reload();
  }, [state]);
  const status = hasEnded ? "ended" : (watched.status ?? call.status);
  const number = numberOf(call);
  const who = contact?.name ?? number;
  const transfer = watched.transfer ?? record.transfer;
  return (
    <>
      <h2 class="live-who">{who}</h2>
      <p class="live-facts">
        {contact?.name === undefined || contact.name === null ? null : <span>{number}</span>}
        <span>{DIRECTIONS[call.call_type]}</span>
        {campaign?.name === undefined ? null : <span>{campaign.name}</span>}
      </p>
      <p class="live-facts">
        <Badge kind={STATUS_KINDS[status]}>{showWord(status)}</Badge>
        {hasEnded ? null : <Elapsed board={board} since={call.answered_at ?? call.started_at} />}
        <a href={`/desk/calls/${id}`}>Open the call's page</a>
      </p>
      <Actions id={id} who={who} status={status} usualQueue={campaign?.transferQueue ?? null} />
      <div role="status" class="live-came">
        {transfer === null ? null : <p>{describeTransfer(transfer)}</p>}
        {hasEnded ? <p>{describeEnd(watched.end ?? record)}</p> : null}
        {state === "lost" ? <p>Connection lost – trying again…</p> : null}
      </div>
      <h3 class="live-said">Transcript</h3>
      <Said turns={turnsOf(watched, record)} isOver={hasEnded} />
    </>
  );
}

type End = Pick<CallRecord, "outcome" | "ended_reason" | "duration">;

function describeEnd({ outcome, ended_reason: reason, duration }: End): string {
  const talked = duration === null || duration === 0 ? "" : ` after ${showDuration(duration)}`;
  return `The call has ended${talked}: ${showWord(outcome)}, ${showWord(reason)}.`;
}

/** Follows what is said, unless somebody reads further up. */
function Said({ turns, isOver }: { turns: readonly ShownTurn[]; isOver: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  const [isFollowed, setFollowed] = useState(true);
  const last = turns.at(-1);
  useEffect(() => {
    const element = place.current;
    if (isFollowed && element !== null) element.scrollTop = element.scrollHeight;
  }, [turns.length, last?.text, isFollowed]);
  return (
    <div
      ref={place}
      class="live-transcript"
      role="log"
      aria-label="Transcript"
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) =>
        setFollowed(scrollHeight - scrollTop - clientHeight < 24)
      }
    >
      {turns.length > 0 ? (
        <Transcript turns={turns} />
      ) : (
        <p class="hint">{isOver ? "Nothing was said." : "Nothing has been said yet."}</p>
      )}
    </div>
  );
}
