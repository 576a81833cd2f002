// The campaign's configuration, part by part.

import type { Filling } from "../ui/draft.ts";
import { Field } from "../ui/parts.tsx";
import type { CampaignField } from "./campaign-draft.ts";

type Filled = { filling: Filling<CampaignField> };

export function WordFields({ filling: { text } }: Filled) {
  return (
    <fieldset>
      <legend>What the agent is told</legend>
      <Field
        label="Persona"
        hint="Who it is, what it sells, how it talks. Needs a model; the script knows none."
      >
        <textarea {...text("persona_prompt")} rows={4} maxLength={20_000} />
      </Field>
      <Field label="Guardrails" hint="One on each line.">
        <textarea {...text("guardrails")} rows={3} />
      </Field>
      <Field label="Recording disclosure" hint="Said at the beginning of a call that is recorded.">
        <input {...text("recording_disclosure")} maxLength={500} />
      </Field>
    </fieldset>
  );
}

export function PhoneFields({ filling, queues }: Filled & { queues: readonly string[] }) {
  const { text, check, draft } = filling;
  const known = [...new Set([...queues, draft.transfer_queue])].filter((name) => name !== "");
  return (
    <fieldset>
      <legend>The call</legend>
      <label class="choice">
        <input {...check("record")} /> Record calls
      </label>
      <div class="field-grid">
        <Field label="Answering machine">
          <select {...text("voicemail")}>
            <option value="hang_up">hang up</option>
            <option value="leave_message">leave a message</option>
          </select>
        </Field>
        <Field label="Calls people from" hint="The queue, where a customer asks for a human.">
          <select {...text("transfer_queue")}>
            <option value="">No queue</option>
            {known.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </Field>
        <Field label="Rings for, in seconds">
          <input type="number" min={5} max={600} {...text("ring_timeout")} />
        </Field>
        <Field label="Longest talk, in seconds">
          <input type="number" min={5} max={14_400} {...text("max_duration")} />
        </Field>
        <Field label="Longest talk with a human, in seconds">
          <input type="number" min={60} max={86_400} {...text("bridge_max_duration")} />
        </Field>
      </div>
      {draft.voicemail === "leave_message" ? (
        <Field label="Message for the machine">
          <textarea {...text("voicemail_message")} rows={2} maxLength={1_000} />
        </Field>
      ) : null}
    </fieldset>
  );
}

export function AfterFields({ filling: { text } }: Filled) {
  return (
    <fieldset>
      <legend>What is found out</legend>
      <Field label="Details" hint="One on each line, as delivery_date: when the customer wants it">
        <textarea {...text("extraction")} rows={3} />
      </Field>
      <Field
        label="Scored by"
        hint="One on each line, as opening: greets by name. Left empty: the usual four."
      >
        <textarea {...text("qms_criteria")} rows={2} />
      </Field>
    </fieldset>
  );
}
