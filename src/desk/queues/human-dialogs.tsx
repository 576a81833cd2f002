import { useState } from "preact/hooks";
import { PRESENCES, type Presence } from "../../domain/human-queue.ts";
import type { Human, Queue } from "../../contract/queues.ts";
import { ask } from "../api.ts";
import { remove } from "../remove.ts";
import { ActionDialog } from "../ui/dialog.tsx";
import { Field } from "../ui/parts.tsx";
import { humanPath, peoplePath } from "./paths.ts";

type Way = "phone" | "sip";

/** @param human null: somebody new. */
export function HumanDialog({
  queue,
  human,
  onClose,
}: {
  queue: Queue;
  human: Human | null;
  onClose: (saved: boolean) => void;
}) {
  const [name, setName] = useState(human?.name ?? "");
  const [way, setWay] = useState<Way>(typeof human?.sip === "string" ? "sip" : "phone");
  const [address, setAddress] = useState(human?.phone ?? human?.sip ?? "");
  const [presence, setPresence] = useState<Presence>("available");
  const given = { name, [way]: address.trim() };
  const save = () =>
    human === null
      ? ask<Human>("POST", peoplePath(queue.name), { ...given, presence })
      : ask<Human>("PATCH", humanPath(human), given);
  return (
    <ActionDialog
      title={human === null ? `Add a person to ${queue.name}` : `Change ${human.name}`}
      confirm={human === null ? "Add person" : "Save"}
      act={save}
      done={(saved) => `${saved.name} is ${human === null ? "added" : "changed"}.`}
      onClose={(saved) => onClose(saved !== null)}
    >
      <Field label="Name">
        <input
          required
          maxLength={100}
          autocomplete="off"
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </Field>
      <Field label="Reached by">
        <select
          value={way}
          onChange={(event) => {
            setWay(event.currentTarget.value === "sip" ? "sip" : "phone");
            setAddress("");
          }}
        >
          <option value="phone">Phone</option>
          <option value="sip">SIP</option>
        </select>
      </Field>
      <AddressField way={way} value={address} onChange={setAddress} />
      {human === null ? <PresenceField value={presence} onChange={setPresence} /> : null}
    </ActionDialog>
  );
}

function AddressField({
  way,
  value,
  onChange,
}: {
  way: Way;
  value: string;
  onChange: (value: string) => void;
}) {
  const isPhone = way === "phone";
  return (
    <Field
      label={isPhone ? "Phone number" : "SIP address"}
      hint={isPhone ? "With its country, like +14155550123." : "Like sip:jo@pbx.example.com."}
    >
      <input
        required
        type="text"
        inputMode={isPhone ? "tel" : "text"}
        maxLength={255}
        autocomplete="off"
        spellcheck={false}
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </Field>
  );
}

function PresenceField({ value, onChange }: { value: Presence; onChange: (value: Presence) => void }) {
  return (
    <Field label="Presence" hint="Only who is available is offered calls.">
      <select
        value={value}
        onChange={(event) =>
          onChange(PRESENCES.find((presence) => presence === event.currentTarget.value) ?? "offline")
        }
      >
        {PRESENCES.map((presence) => (
          <option key={presence}>{presence}</option>
        ))}
      </select>
    </Field>
  );
}

export function RemoveHumanDialog({ human, onClose }: { human: Human; onClose: (removed: boolean) => void }) {
  return (
    <ActionDialog
      title={`Remove ${human.name}?`}
      confirm="Remove person"
      danger
      act={() => remove(humanPath(human))}
      done={() => `${human.name} is removed from ${human.queue}.`}
      onClose={(removed) => onClose(removed !== null)}
    >
      <p>
        {human.name} is offered no more calls of {human.queue}.
      </p>
    </ActionDialog>
  );
}
