// What is filled into a form: text by name, as the controls have it. A checkbox is `yes` or empty.

import { useState } from "preact/hooks";

export type Draft<N extends string> = Record<N, string>;
type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

export type Filling<N extends string> = {
  draft: Draft<N>;
  fill: (name: N, text: string) => void;
  /** For an input, a select or a textarea. */
  text: (name: N) => { name: N; value: string; onInput: (event: { currentTarget: Control }) => void };
  /** For a checkbox. */
  check: (name: N) => {
    name: N;
    type: "checkbox";
    checked: boolean;
    onChange: (event: { currentTarget: HTMLInputElement }) => void;
  };
};

export function useDraft<N extends string>(initial: Draft<N>): Filling<N> {
  const [draft, setDraft] = useState(initial);
  const fill = (name: N, text: string): void => setDraft((before) => ({ ...before, [name]: text }));
  return {
    draft,
    fill,
    text: (name) => ({
      name,
      value: draft[name],
      onInput: ({ currentTarget }) => fill(name, currentTarget.value),
    }),
    check: (name) => ({
      name,
      type: "checkbox",
      checked: draft[name] !== "",
      onChange: ({ currentTarget }) => fill(name, currentTarget.checked ? "yes" : ""),
    }),
  };
}

/** What stands between the commas, or on the lines. */
export function partsOf(text: string, separator: "," | "\n"): string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** What was filled in; null for nothing. */
export function orNull(text: string): string | null {
  return text.trim() === "" ? null : text.trim();
}
