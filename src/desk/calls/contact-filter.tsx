import { useEffect, useState } from "preact/hooks";
import type { Contact } from "../../contract/contacts.ts";
import { pathOf } from "../api.ts";
import { useResource } from "../resource.ts";
import { useMay } from "../session.tsx";
import { Field } from "../ui/parts.tsx";
import { shortId } from "./names.ts";

/** Typing rests so long before it is searched for. */
const REST_MS = 250;
const MOST = 10;

/** One contact, found by name or number. Without the scope to read contacts only one that the address names. */
export function ContactFilter({
  chosen,
  onChoose,
}: {
  chosen: string | null;
  /** @param id empty: any contact. */
  onChoose: (id: string) => void;
}) {
  const may = useMay();
  if (chosen !== null && chosen !== "") return <Chosen id={chosen} onClear={() => onChoose("")} />;
  return may("voice:contacts:read") ? <Search onChoose={onChoose} /> : null;
}

function Chosen({ id, onClear }: { id: string; onClear: () => void }) {
  const may = useMay();
  const path = may("voice:contacts:read") ? `/v1/contacts/${encodeURIComponent(id)}` : null;
  const { value } = useResource<Contact>(path);
  const name = value === null ? shortId(id) : labelOf(value);
  return (
    <div class="field">
      <span class="label">Contact</span>
      <span class="chosen">
        <span>{name}</span>
        <button type="button" aria-label={`Any contact, not only ${name}`} onClick={onClear}>
          ×
        </button>
      </span>
    </div>
  );
}

function Search({ onChoose }: { onChoose: (id: string) => void }) {
  const [text, setText] = useState("");
  const searched = useRested(text.trim());
  const path = searched === "" ? null : pathOf("/v1/contacts", { search: searched, limit: MOST });
  const found = useResource<{ contacts: Contact[] }>(path).value?.contacts ?? [];
  const take = (typed: string): void => {
    setText(typed);
    const match = found.find((contact) => labelOf(contact) === typed);
    if (match !== undefined) onChoose(match.uuid);
  };
  return (
    <Field label="Contact">
      <input
        type="search"
        name="contact"
        list="found-contacts"
        placeholder="Name or number"
        autocomplete="off"
        value={text}
        onInput={(event) => take(event.currentTarget.value)}
        onKeyDown={(event) => {
          const [only] = found;
          if (event.key === "Enter" && only !== undefined && searched === text.trim()) onChoose(only.uuid);
        }}
      />
      <datalist id="found-contacts">
        {found.map((contact) => (
          <option key={contact.uuid} value={labelOf(contact)} />
        ))}
      </datalist>
    </Field>
  );
}

function labelOf({ name, phone }: Contact): string {
  return name === null ? phone : `${name} ${phone}`;
}

function useRested(text: string): string {
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), REST_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return rested;
}
