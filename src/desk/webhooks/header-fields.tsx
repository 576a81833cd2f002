// Headers are write-only: what is stored is known by name, can be replaced or removed, and is never shown.

import { Field } from "../ui/parts.tsx";

/** A header to be stored. */
export type NewHeader = { name: string; value: string };
export type HeaderChanges = { added: NewHeader[]; removed: string[] };

export const NO_HEADER_CHANGES: HeaderChanges = { added: [], removed: [] };

/** As a merge patch; undefined where nothing changes. */
export function headersOf({ added, removed }: HeaderChanges): Record<string, string | null> | undefined {
  const entries: [string, string | null][] = [
    ...removed.map((name): [string, null] => [name, null]),
    ...added
      .filter(({ name }) => name.trim() !== "")
      .map(({ name, value }): [string, string] => [name.trim(), value]),
  ];
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

export function HeaderFields({
  stored,
  changes,
  onChange,
}: {
  /** Names. */
  stored: readonly string[];
  changes: HeaderChanges;
  onChange: (changes: HeaderChanges) => void;
}) {
  const { added, removed } = changes;
  const toggle = (name: string): void => {
    const others = removed.filter((each) => each !== name);
    onChange({ added, removed: others.length === removed.length ? [...removed, name] : others });
  };
  const write = (index: number, part: Partial<NewHeader>): void =>
    onChange({ removed, added: added.map((header, at) => (at === index ? { ...header, ...part } : header)) });
  return (
    <fieldset class="checks">
      <legend class="label">Headers sent along (optional)</legend>
      <p class="hint">
        Stored encrypted; a value is never shown again.
        {stored.length === 0
          ? ""
          : " To replace one, add it anew. At another host each must be given anew or removed."}
      </p>
      {stored.map((name) => (
        <label key={name} class="check">
          <input type="checkbox" checked={removed.includes(name)} onChange={() => toggle(name)} />
          <span>
            Remove <code>{name}</code>
          </span>
        </label>
      ))}
      {added.map((header, index) => (
        <HeaderPair
          // They have nothing else to be told apart by.
          key={index}
          header={header}
          onWrite={(part) => write(index, part)}
        />
      ))}
      <div>
        <button
          type="button"
          onClick={() => onChange({ removed, added: [...added, { name: "", value: "" }] })}
        >
          Add a header
        </button>
      </div>
    </fieldset>
  );
}

function HeaderPair({ header, onWrite }: { header: NewHeader; onWrite: (part: Partial<NewHeader>) => void }) {
  return (
    <div class="pair">
      <Field label="Header name">
        <input
          maxLength={100}
          autocomplete="off"
          spellcheck={false}
          value={header.name}
          onInput={(event) => onWrite({ name: event.currentTarget.value })}
        />
      </Field>
      <Field label="Value">
        <input
          type="password"
          autocomplete="off"
          maxLength={1024}
          value={header.value}
          onInput={(event) => onWrite({ value: event.currentTarget.value })}
        />
      </Field>
    </div>
  );
}
