import { useState } from "preact/hooks";
import type { Contact } from "../../contract/contacts.ts";
import type { OptOut } from "../../contract/opt-outs.ts";
import { ask, pathOf } from "../api.ts";
import { showTime } from "../format.ts";
import { useResource } from "../resource.ts";
import { ActionDialog } from "../ui/dialog.tsx";
import { Field } from "../ui/parts.tsx";

type Props = { contact: Contact; onClose: (hasChanged: boolean) => void };

export function OptOutDialog({ contact, onClose }: Props) {
  const [reason, setReason] = useState("");
  const { phone } = contact;
  return (
    <ActionDialog<OptOut>
      title={`Opt ${nameOf(contact)} out?`}
      confirm="Opt out"
      danger
      act={() => ask("POST", "/v1/opt-outs", { phone, reason: reason.trim() || null })}
      done={() => `${phone} is not called any more.`}
      onClose={(optOut) => onClose(optOut !== null)}
    >
      <p>The organisation calls {phone} no more, and its recordings are withheld.</p>
      <Field label="Reason" hint="Kept with the opt-out.">
        <input
          value={reason}
          maxLength={500}
          placeholder="Asked by e-mail"
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </Field>
    </ActionDialog>
  );
}

export function OptInDialog({ contact, onClose }: Props) {
  const [reason, setReason] = useState("");
  const { phone } = contact;
  const path = `/v1/opt-outs/${encodeURIComponent(phone)}`;
  const { value: optOut } = useResource<OptOut>(path);
  const remove = async () => {
    const answer = await ask<null>("DELETE", pathOf(path, { reason: reason.trim() }));
    return answer.ok ? ({ ok: true, value: true } as const) : answer;
  };
  return (
    <ActionDialog<boolean>
      title={`Take ${nameOf(contact)}'s opt-out back?`}
      confirm="Take it back"
      act={remove}
      done={() => `${phone} may be called again.`}
      onClose={(isBack) => onClose(isBack === true)}
    >
      <p>
        Opted out {showTime(contact.opted_out_at)}
        {optOut?.reason ? `: “${optOut.reason}”` : ""}. The number may be called again from now on.
      </p>
      <Field label="Reason" hint="Why it may be called again; it is kept.">
        <input
          value={reason}
          required
          maxLength={500}
          placeholder="Asked in the shop"
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </Field>
    </ActionDialog>
  );
}

export function DeleteContact({ contact, onClose }: Props) {
  const remove = async () => {
    const answer = await ask<null>("DELETE", `/v1/contacts/${contact.uuid}`);
    return answer.ok ? ({ ok: true, value: true } as const) : answer;
  };
  return (
    <ActionDialog<boolean>
      title={`Delete ${nameOf(contact)}?`}
      confirm="Delete"
      danger
      act={remove}
      done={() => `${nameOf(contact)} is deleted.`}
      onClose={(isDeleted) => onClose(isDeleted === true)}
    >
      <p>Past calls stay, and so does an opt-out of the number. This can't be undone.</p>
    </ActionDialog>
  );
}

function nameOf({ name, phone }: Contact): string {
  return name ?? phone;
}
