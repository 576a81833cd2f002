// What a human is told of a customer before they are put through is short (contract A9).

export const LONGEST_BRIEF = 280;

/** Cut by whole characters: half of one could not be stored. */
export function briefBegin(text: string): string {
  return [...text.toWellFormed()].slice(0, LONGEST_BRIEF).join("");
}

/** The last of a text that is too long, from a word's beginning if it has any. */
export function briefEnd(text: string, longest = LONGEST_BRIEF): string {
  const characters = [...text.toWellFormed()];
  if (characters.length <= longest) return characters.join("");
  const end = characters.slice(1 - longest).join("");
  return `…${end.slice(end.indexOf(" ") + 1)}`;
}
