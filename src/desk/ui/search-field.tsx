import { useEffect, useRef, useState } from "preact/hooks";
import { Field } from "./parts.tsx";

/** Who types is not asked at every letter. */
const SETTLES_AFTER_MS = 300;

/**
 * @param value as the address has it; it may change by going back.
 * @param tidy what is asked for by what was typed so far.
 */
export function SearchField({
  label,
  value,
  placeholder,
  tidy = (text) => text.trim(),
  onSearch,
}: {
  label: string;
  value: string;
  placeholder?: string;
  tidy?: (text: string) => string;
  onSearch: (text: string) => void;
}) {
  const [text, setText] = useState(value);
  const asked = useRef(value);
  const search = useRef(onSearch);
  search.current = onSearch;
  useEffect(() => {
    if (value === asked.current) return;
    asked.current = value;
    setText(value);
  }, [value]);
  useEffect(() => {
    const wanted = tidy(text);
    if (wanted === asked.current) return;
    const timer = setTimeout(() => {
      asked.current = wanted;
      search.current(wanted);
    }, SETTLES_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <Field label={label}>
      <input
        type="search"
        value={text}
        maxLength={100}
        placeholder={placeholder ?? ""}
        onInput={(event) => setText(event.currentTarget.value)}
      />
    </Field>
  );
}
