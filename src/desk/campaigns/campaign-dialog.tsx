import { CAMPAIGN_STATUSES } from "../../domain/campaign.ts";
import type { Campaign } from "../../contract/campaigns.ts";
import { ask } from "../api.ts";
import { showWord } from "../format.ts";
import { changesOf } from "../ui/changes.ts";
import { ActionDialog } from "../ui/dialog.tsx";
import { useDraft, type Filling } from "../ui/draft.ts";
import { Field } from "../ui/parts.tsx";
import { bodyOf, draftOf, type CampaignField } from "./campaign-draft.ts";
import type { Choices } from "./choices.ts";
import { AfterFields, PhoneFields, WordFields } from "./config-fields.tsx";

const TIME_ZONES = Intl.supportedValuesOf("timeZone");

/** @param campaign null: a new one. */
export function CampaignDialog({
  campaign,
  choices,
  onClose,
}: {
  campaign: Campaign | null;
  choices: Choices;
  onClose: (saved: Campaign | null) => void;
}) {
  const filling = useDraft(draftOf(campaign));
  const save = async () => {
    const body = bodyOf(filling.draft);
    if (campaign === null) return ask<Campaign>("POST", "/v1/campaigns", body);
    const changes = changesOf(bodyOf(draftOf(campaign)), body);
    if (Object.keys(changes).length === 0) return { ok: true, value: campaign } as const;
    return ask<Campaign>("PATCH", `/v1/campaigns/${campaign.uuid}`, changes);
  };
  return (
    <ActionDialog<Campaign>
      title={campaign === null ? "New campaign" : `Edit ${campaign.name}`}
      confirm={campaign === null ? "Create campaign" : "Save changes"}
      act={save}
      done={({ name }) => `${name} is saved.`}
      onClose={onClose}
    >
      <div class="wide-form">
        <WhoFields filling={filling} choices={choices} isNew={campaign === null} />
        <WhenFields filling={filling} />
        <WordFields filling={filling} />
        <PhoneFields filling={filling} queues={choices.queues} />
        <AfterFields filling={filling} />
      </div>
    </ActionDialog>
  );
}

type Filled = { filling: Filling<CampaignField> };

function WhoFields({ filling, choices, isNew }: Filled & { choices: Choices; isNew: boolean }) {
  const { text } = filling;
  return (
    <div class="field-grid">
      <Field label="Name">
        <input {...text("name")} required maxLength={200} />
      </Field>
      <Field label="Kind" hint={isNew ? undefined : "Fixed once it is created."}>
        <select {...text("kind")} disabled={!isNew}>
          <option value="outbound">outbound: it calls</option>
          <option value="inbound">inbound: it is called</option>
        </select>
      </Field>
      <Field label="Status">
        <select {...text("status")}>
          {CAMPAIGN_STATUSES.map((status) => (
            <option key={status} value={status}>
              {showWord(status)}
            </option>
          ))}
        </select>
      </Field>
      <Field label="Voice agent">
        <select {...text("voice_agent_id")}>
          <option value="">None</option>
          {choices.agents.map(({ uuid, name, is_active: isActive }) => (
            <option key={uuid} value={uuid}>
              {isActive ? name : `${name} (inactive)`}
            </option>
          ))}
        </select>
      </Field>
      <Field
        label="Number"
        hint={
          choices.areLinesComplete ? undefined : "Those that campaigns have: an administrator's key sees all."
        }
      >
        <select {...text("line")}>
          <option value="">None</option>
          {choices.lines.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </Field>
      <Field label="Contact tags" hint="Whom it is for; separated by commas.">
        <input {...text("branches")} />
      </Field>
    </div>
  );
}

function WhenFields({ filling: { text, draft } }: Filled) {
  const hasWindow = draft.window_start !== "" || draft.window_end !== "";
  return (
    <fieldset>
      <legend>When it runs</legend>
      <div class="field-grid">
        <Field label="First day">
          <input type="date" {...text("start_date")} />
        </Field>
        <Field label="Last day">
          <input type="date" {...text("end_date")} />
        </Field>
        <Field label="From">
          <input type="time" {...text("window_start")} />
        </Field>
        <Field label="Until">
          <input type="time" {...text("window_end")} />
        </Field>
        <Field label="Time zone">
          <input
            {...text("timezone")}
            list="time-zones"
            required={hasWindow}
            placeholder="America/New_York"
          />
        </Field>
      </div>
      <datalist id="time-zones">
        {TIME_ZONES.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </fieldset>
  );
}
