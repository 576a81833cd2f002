import { showWord } from "../format.ts";
import { Field } from "./parts.tsx";

/** A choice of one, as filters have it. @param all what the empty choice says. */
export function Select({
  label,
  value,
  all,
  options,
  onPick,
}: {
  label: string;
  value: string;
  all: string;
  options: readonly string[];
  onPick: (value: string) => void;
}) {
  return (
    <Field label={label}>
      <select value={value} onChange={(event) => onPick(event.currentTarget.value)}>
        <option value="">{all}</option>
        {options.map((option) => (
          <option key={option} value={option}>
            {showWord(option)}
          </option>
        ))}
      </select>
    </Field>
  );
}
