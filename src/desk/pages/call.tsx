import { useState } from "preact/hooks";
import type { Campaign } from "../../contract/campaigns.ts";
import type { CallRecord } from "../../contract/calls.ts";
import type { Contact } from "../../contract/contacts.ts";
import { Deliveries } from "../calls/deliveries.tsx";
import { KeyDetailsTables } from "../calls/details.tsx";
import { customerOf } from "../calls/names.ts";
import { RecordFacts } from "../calls/record.tsx";
import { offsetOf, Recording } from "../calls/recording.tsx";
import { Timeline } from "../calls/timeline.tsx";
import { Transcript } from "../calls/transcript.tsx";
import { useCall, type FollowedCall } from "../calls/use-call.ts";
import { useResource } from "../resource.ts";
import { useMay } from "../session.tsx";
import { Badge, Empty, Loading, Page, ProblemNote, Shown } from "../ui/parts.tsx";

export function CallPage({ id }: { id: string }) {
  const followed = useCall(id);
  const { value, problem, reload } = followed.call;
  if (value === null) {
    return (
      <Page title="Call">
        {problem === null ? (
          <Loading what="Loading the call" />
        ) : problem.code === "not_found" ? (
          <Empty>
            There is no such call. <a href="/desk/calls">Go to the calls</a>
          </Empty>
        ) : (
          <ProblemNote problem={problem} again={reload} />
        )}
      </Page>
    );
  }
  return <OneCall call={value} followed={followed} />;
}

function OneCall({ call, followed }: { call: CallRecord; followed: FollowedCall }) {
  const may = useMay();
  const { timeline, turns, socket, isSettling } = followed;
  const { problem, reload } = followed.call;
  const [player, setPlayer] = useState<HTMLAudioElement | null>(null);
  const campaign = useResource<Campaign>(
    may("voice:campaigns:read") ? `/v1/campaigns/${call.campaign_uuid}` : null,
  ).value;
  const contact = useResource<Contact>(
    may("voice:contacts:read") && call.contact_uuid !== null ? `/v1/contacts/${call.contact_uuid}` : null,
  ).value;
  const isLive = call.status !== "ended";
  const known = { call, timeline: timeline.value, contact, campaign, isSettling };
  const direction = call.call_type === "inbound" ? "from" : "to";
  return (
    <Page title={`Call ${direction} ${customerOf(call)}`} actions={<a href="/desk/calls">All calls</a>}>
      {problem === null ? null : <ProblemNote problem={problem} again={reload} />}
      {isLive ? <LiveNote socket={socket} /> : null}
      <div class="columns">
        <div class="stack">
          <section class="sheet" aria-labelledby="said">
            <h2 id="said">Recording and transcript</h2>
            <Recording {...known} onPlayer={setPlayer} />
            <Transcript turns={turns} player={player} offset={offsetOf(timeline.value)} isLive={isLive} />
          </section>
          <section class="sheet" aria-labelledby="summary">
            <h2 id="summary">Summary</h2>
            <Summary call={call} isSettling={isSettling} />
          </section>
          <section class="sheet" aria-labelledby="details">
            <h2 id="details">Key details</h2>
            <KeyDetailsTables details={call.key_details} />
          </section>
        </div>
        <div class="stack">
          <section class="sheet" aria-labelledby="record">
            <h2 id="record">Record</h2>
            <RecordFacts call={call} campaign={campaign} contact={contact} />
          </section>
          <section class="sheet" aria-labelledby="happened">
            <h2 id="happened">Timeline</h2>
            <Shown resource={timeline}>{({ events }) => <Timeline events={events} />}</Shown>
          </section>
        </div>
      </div>
      {may("voice:webhooks:read") ? (
        <section aria-labelledby="deliveries">
          <h2 id="deliveries">Webhook deliveries</h2>
          <Deliveries callId={call.uuid} version={`${call.status} ${timeline.value?.total ?? 0}`} />
        </section>
      ) : null}
    </Page>
  );
}

function LiveNote({ socket }: { socket: FollowedCall["socket"] }) {
  return (
    <p class="live-note" role="status">
      {socket === "lost" ? (
        <>
          <Badge kind="warn">connection lost</Badge> What is said is not shown until it is back.
        </>
      ) : (
        <>
          <Badge kind="good">live</Badge> The call is under way; this page follows it.
        </>
      )}
    </p>
  );
}

function Summary({ call, isSettling }: { call: CallRecord; isSettling: boolean }) {
  if (call.status !== "ended") return <p class="quiet">Written once the call is over.</p>;
  if (call.summary === null) {
    return isSettling ? (
      <Loading what="The call is being analysed" />
    ) : (
      <p class="quiet">There is no summary of this call.</p>
    );
  }
  return (
    <>
      <p>{call.summary}</p>
      {call.sentiment === null ? null : (
        <p>
          Sentiment: <Badge kind={call.sentiment}>{call.sentiment}</Badge>
        </p>
      )}
    </>
  );
}
