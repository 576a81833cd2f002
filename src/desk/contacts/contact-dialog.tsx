import { useState } from "preact/hooks";
import type { Contact } from "../../contract/contacts.ts";
import { ask, type Answer } from "../api.ts";
import { changesOf } from "../ui/changes.ts";
import { ActionDialog } from "../ui/dialog.tsx";
import { useDraft } from "../ui/draft.ts";
import { Field } from "../ui/parts.tsx";
import { bodyOf, draftOf, readMetadata } from "./contact-draft.ts";

/** @param contact null: a new one. */
export function ContactDialog({
  contact,
  onClose,
}: {
  contact: Contact | null;
  onClose: (saved: Contact | null) => void;
}) {
  const { draft, text } = useDraft(draftOf(contact));
  const [isUnreadable, setUnreadable] = useState(false);
  const save = (): Promise<Answer<Contact>> | null => {
    const metadata = readMetadata(draft.metadata);
    setUnreadable(metadata === null);
    return metadata === null ? null : send(contact, bodyOf(draft, metadata));
  };
  return (
    <ActionDialog<Contact>
      title={contact === null ? "New contact" : `Edit ${contact.name ?? contact.phone}`}
      confirm={contact === null ? "Create contact" : "Save changes"}
      act={save}
      done={({ name, phone }) => `${name ?? phone} is saved.`}
      onClose={onClose}
    >
      <div class="wide-form">
        <div class="field-grid">
          <Field label="Phone">
            <input {...text("phone")} type="tel" required placeholder="+14155550192" />
          </Field>
          <Field label="Name">
            <input {...text("name")} maxLength={200} />
          </Field>
          <Field label="E-mail">
            <input {...text("email")} type="email" maxLength={254} />
          </Field>
          <Field label="Language" hint="As en-US or pt-BR.">
            <input {...text("preferred_language")} maxLength={35} />
          </Field>
        </div>
        <Field label="Tags" hint="Separated by commas.">
          <input {...text("tags")} />
        </Field>
        <Field label="Metadata" hint="A JSON object; agents may use what it says.">
          <textarea
            {...text("metadata")}
            class="code"
            rows={6}
            spellcheck={false}
            aria-invalid={isUnreadable}
          />
        </Field>
        {isUnreadable ? (
          <p class="problem" role="alert">
            The metadata is no JSON object, like {'{ "plan": "pro" }'}.
          </p>
        ) : null}
      </div>
    </ActionDialog>
  );
}

async function send(contact: Contact | null, body: Record<string, unknown>): Promise<Answer<Contact>> {
  if (contact === null) return ask("POST", "/v1/contacts", body);
  const changes = changesOf(bodyOf(draftOf(contact), contact.metadata), body);
  if (Object.keys(changes).length === 0) return { ok: true, value: contact };
  return ask("PATCH", `/v1/contacts/${contact.uuid}`, changes);
}
