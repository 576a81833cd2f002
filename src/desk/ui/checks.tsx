import type { ComponentChildren } from "preact";

/** Several of a few, each with what it means. */
export function Checks<K extends string>({
  legend,
  options,
  chosen,
  onChange,
}: {
  legend: string;
  options: readonly { value: K; words: ComponentChildren }[];
  chosen: readonly K[];
  onChange: (chosen: K[]) => void;
}) {
  const toggle = (value: K): void => {
    // In the order of the options, whatever the order of the clicks.
    const isChosen = (each: K): boolean => (each === value ? !chosen.includes(each) : chosen.includes(each));
    onChange(options.map((option) => option.value).filter(isChosen));
  };
  return (
    <fieldset class="checks">
      <legend class="label">{legend}</legend>
      {options.map(({ value, words }) => (
        <label key={value} class="check">
          <input
            type="checkbox"
            value={value}
            checked={chosen.includes(value)}
            onChange={() => toggle(value)}
          />
          <span>
            {words} <code class="hint">{value}</code>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
