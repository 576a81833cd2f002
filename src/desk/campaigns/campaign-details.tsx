import type { ComponentChildren } from "preact";
import type { Campaign } from "../../contract/campaigns.ts";
import { showDuration, showTime, showWord } from "../format.ts";
import { useMay } from "../session.tsx";
import { Definition } from "../ui/parts.tsx";
import { hoursOf } from "./campaign-table.tsx";
import type { Choices } from "./choices.ts";

/** The whole campaign, for who may only look too. */
export function CampaignDetails({
  campaign,
  choices,
  onClose,
}: {
  campaign: Campaign;
  choices: Choices;
  onClose: () => void;
}) {
  const { config, name, uuid } = campaign;
  const maySeeCalls = useMay()("voice:calls:read");
  return (
    <section class="sheet details" aria-labelledby="campaign-details">
      <div class="page-head">
        <h2 id="campaign-details">{name}</h2>
        <div class="actions">
          {maySeeCalls ? <a href={`/desk/calls?campaign_id=${uuid}`}>Its calls</a> : null}
          <button type="button" onClick={onClose}>
            Close
          </button>
        </div>
      </div>
      <div class="columns">
        <dl>
          <Definition term="Persona">{text(config.persona_prompt)}</Definition>
          <Definition term="Guardrails">{lines(config.guardrails)}</Definition>
          <Definition term="Disclosure">{text(config.recording_disclosure)}</Definition>
          <Definition term="Finds out">{lines(config.extraction.map(said))}</Definition>
          <Definition term="Scored by">
            {config.qms_criteria === undefined ? "the usual four" : lines(config.qms_criteria.map(said))}
          </Definition>
        </dl>
        <dl>
          <Definition term="Agent">{choices.agentNameOf(campaign.voice_agent_id)}</Definition>
          <Definition term="Days">{daysOf(campaign)}</Definition>
          <Definition term="Hours">{hoursOf(campaign)}</Definition>
          <Definition term="Tags">{text(campaign.branches.join(", "))}</Definition>
          <Definition term="Recording">{config.record ? "on" : "off"}</Definition>
          <Definition term="Machine">{showWord(config.voicemail)}</Definition>
          <Definition term="Message">{text(config.voicemail_message)}</Definition>
          <Definition term="Rings for">{showDuration(config.ring_timeout)}</Definition>
          <Definition term="Longest talk">{showDuration(config.max_duration)}</Definition>
          <Definition term="Humans from">{text(config.transfer_queue)}</Definition>
          <Definition term="Created">{showTime(campaign.created_at)}</Definition>
          <Definition term="Id">
            <code>{uuid}</code>
          </Definition>
        </dl>
      </div>
    </section>
  );
}

function text(value: string | undefined): ComponentChildren {
  return value === undefined || value === "" ? "–" : <span class="as-written">{value}</span>;
}

function lines(values: readonly string[]): ComponentChildren {
  if (values.length === 0) return "–";
  return (
    <ul class="plain">
      {values.map((value) => (
        <li key={value}>{value}</li>
      ))}
    </ul>
  );
}

function said({ name, description }: { name: string; description?: string | undefined }): string {
  return description === undefined ? name : `${name}: ${description}`;
}

function daysOf({ start_date: start, end_date: end }: Campaign): string {
  if (start === null && end === null) return "any day";
  return `${start ?? "…"} to ${end ?? "…"}`;
}
