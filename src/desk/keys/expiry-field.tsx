import { Field } from "../ui/parts.tsx";

/** @param value as the browser's own control has it, in the reader's zone; empty: never. */
export function ExpiryField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <Field label="Expires" hint="In your own time zone. Empty: never.">
      <input
        type="datetime-local"
        value={value}
        min={localNow()}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </Field>
  );
}

export function momentOf(local: string): string | null {
  return local === "" ? null : new Date(local).toISOString();
}

function localNow(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
