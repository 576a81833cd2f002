import type { ComponentChildren } from "preact";
import type { Campaign } from "../../contract/campaigns.ts";
import type { CallRecord } from "../../contract/calls.ts";
import type { Contact } from "../../contract/contacts.ts";
import { showDuration, showWord } from "../format.ts";
import { useMay } from "../session.tsx";
import { Badge, Definition } from "../ui/parts.tsx";
import { FAULT_WORDS, shortId, showMoment } from "./names.ts";

/** The facts of the call, one under the other. */
export function RecordFacts({
  call,
  campaign,
  contact,
}: {
  call: CallRecord;
  campaign: Campaign | null;
  contact: Contact | null;
}) {
  const may = useMay();
  const { transfer, carrier } = call;
  const ofCampaign = `/desk/calls?campaign_id=${call.campaign_uuid}`;
  return (
    <dl>
      <Definition term="Status">
        <Badge kind={call.status === "ended" ? null : "good"}>{showWord(call.status)}</Badge>
      </Definition>
      {call.outcome === null ? null : (
        <Definition term="Outcome">
          <Badge kind={call.outcome}>{showWord(call.outcome)}</Badge>
        </Definition>
      )}
      {call.ended_reason === null ? null : (
        <Definition term="Ended because">{showWord(call.ended_reason)}</Definition>
      )}
      {call.fault === null || call.fault === "none" ? null : (
        <Definition term="Fault">{FAULT_WORDS[call.fault]}</Definition>
      )}
      <Definition term="Direction">{call.call_type}</Definition>
      <Definition term="From">{call.from_number}</Definition>
      <Definition term="To">{call.to_number}</Definition>
      <Definition term="Contact">
        <ContactLinks call={call} contact={contact} mayRead={may("voice:contacts:read")} />
      </Definition>
      <Definition term="Campaign">
        <a href={ofCampaign}>{campaign?.name ?? shortId(call.campaign_uuid)}</a>
      </Definition>
      <Definition term="Started">{showMoment(call.started_at)}</Definition>
      <Definition term="Answered">{showMoment(call.answered_at)}</Definition>
      <Definition term="Ended">{showMoment(call.ended_at)}</Definition>
      <Definition term="Talk time">{showDuration(call.duration)}</Definition>
      {transfer === null ? null : (
        <Definition term="Transfer">
          {showWord(transfer.status)}, {transfer.target}
          {transfer.human_agent === null ? null : `, ${transfer.human_agent.name}`}
        </Definition>
      )}
      {transfer === null || transfer.agent_brief === null ? null : (
        <Definition term="Brief">{transfer.agent_brief}</Definition>
      )}
      <Definition term="Call id">
        <code>{call.uuid}</code>
      </Definition>
      <Definition term="At the carrier">
        {carrier.carrier_call_id === null ? "–" : <code>{carrier.carrier_call_id}</code>}
      </Definition>
    </dl>
  );
}

function ContactLinks({
  call,
  contact,
  mayRead,
}: {
  call: CallRecord;
  contact: Contact | null;
  mayRead: boolean;
}): ComponentChildren {
  const { contact_uuid: id } = call;
  if (id === null) return "–";
  const name = contact?.name ?? contact?.phone ?? shortId(id);
  const inList = `/desk/contacts?search=${encodeURIComponent(contact?.phone ?? "")}`;
  return (
    <>
      {mayRead && contact !== null ? <a href={inList}>{name}</a> : <span>{name}</span>}
      {contact !== null && contact.opted_out_at !== null ? (
        <>
          {" "}
          <Badge kind="bad">opted out</Badge>
        </>
      ) : null}
      <br />
      <a href={`/desk/calls?contact_id=${id}`}>All calls with them</a>
    </>
  );
}
