import type { VoiceAgent } from "../../contract/voice-agents.ts";
import { ask } from "../api.ts";
import { changesOf } from "../ui/changes.ts";
import { ActionDialog } from "../ui/dialog.tsx";
import { useDraft } from "../ui/draft.ts";
import { Field } from "../ui/parts.tsx";
import { bodyOf, draftOf } from "./agent-draft.ts";

/** @param agent null: a new one. */
export function AgentDialog({
  agent,
  onClose,
}: {
  agent: VoiceAgent | null;
  onClose: (saved: VoiceAgent | null) => void;
}) {
  const { draft, text, check } = useDraft(draftOf(agent));
  const save = async () => {
    if (agent === null) return ask<VoiceAgent>("POST", "/v1/voice-agents", bodyOf(draft));
    const changes = changesOf(bodyOf(draftOf(agent)), bodyOf(draft));
    if (Object.keys(changes).length === 0) return { ok: true, value: agent } as const;
    return ask<VoiceAgent>("PATCH", `/v1/voice-agents/${agent.uuid}`, changes);
  };
  return (
    <ActionDialog<VoiceAgent>
      title={agent === null ? "New voice agent" : `Edit ${agent.name}`}
      confirm={agent === null ? "Create agent" : "Save changes"}
      act={save}
      done={({ name }) => `${name} is saved.`}
      onClose={onClose}
    >
      <div class="wide-form">
        <div class="field-grid">
          <Field label="Name">
            <input {...text("name")} required maxLength={100} />
          </Field>
          <Field label="Role">
            <input {...text("role")} maxLength={200} placeholder="Sales consultant" />
          </Field>
          <Field label="Initials" hint="Left empty: those of the name.">
            <input {...text("avatar_initials")} maxLength={4} />
          </Field>
          <Field label="Colour">
            <input type="color" {...text("avatar_color")} />
          </Field>
        </div>
        <Field label="Description">
          <textarea {...text("description")} rows={3} maxLength={2_000} />
        </Field>
        <fieldset>
          <legend>Voice</legend>
          <div class="field-grid">
            <Field label="Language" hint="As en-US or pt-BR.">
              <input {...text("language_code")} required maxLength={35} />
            </Field>
            <Field label="Provider" hint="Left empty: the carrier's own choice.">
              <input {...text("provider")} maxLength={50} placeholder="Google" />
            </Field>
            <Field label="Speaker">
              <input {...text("speaker")} maxLength={100} placeholder="en-US-Journey-O" />
            </Field>
            <Field label="Model">
              <input {...text("model")} maxLength={100} />
            </Field>
          </div>
        </fieldset>
        <label class="choice">
          <input {...check("is_active")} /> Active: campaigns may call with it
        </label>
      </div>
    </ActionDialog>
  );
}

export function ActiveDialog({
  agent,
  onClose,
}: {
  agent: VoiceAgent;
  onClose: (changed: VoiceAgent | null) => void;
}) {
  const verb = agent.is_active ? "Deactivate" : "Activate";
  return (
    <ActionDialog<VoiceAgent>
      title={`${verb} ${agent.name}?`}
      confirm={verb}
      act={() => ask("PATCH", `/v1/voice-agents/${agent.uuid}`, { is_active: !agent.is_active })}
      done={({ name, is_active: isActive }) => `${name} is ${isActive ? "active" : "inactive"}.`}
      onClose={onClose}
    >
      <p>
        {agent.is_active
          ? "Its campaigns take and make no new calls. Calls that live go on."
          : "Its campaigns take and make calls again."}
      </p>
    </ActionDialog>
  );
}

export function DeleteAgent({
  agent,
  onClose,
}: {
  agent: VoiceAgent;
  onClose: (isDeleted: boolean) => void;
}) {
  const remove = async () => {
    const answer = await ask<null>("DELETE", `/v1/voice-agents/${agent.uuid}`);
    return answer.ok ? ({ ok: true, value: true } as const) : answer;
  };
  return (
    <ActionDialog<boolean>
      title={`Delete ${agent.name}?`}
      confirm="Delete"
      danger
      act={remove}
      done={() => `${agent.name} is deleted.`}
      onClose={(isDeleted) => onClose(isDeleted === true)}
    >
      <p>An agent that a campaign uses can't be deleted. Past calls stay.</p>
    </ActionDialog>
  );
}
