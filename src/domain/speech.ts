/** A telephone voice speaks about fifteen letters a second; a breath comes before the first. */
const LETTERS_PER_SECOND = 15;
/** A sign that stands for a syllable or a word, and a digit, takes as long as a syllable or a word. */
const LONG_SIGN = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{Nd}]/gu;
const LONG_SIGNS_PER_SECOND = 4;
const LEAD_IN_MS = 300;

/** Estimated time to speak `text`, in milliseconds, in whatever script it is written. Zero for nothing. */
export function estimateSpeechMs(text: string): number {
  const spoken = text.trim();
  return spoken === "" ? 0 : LEAD_IN_MS + speakingMs(spoken);
}

/** … and without the breath before. */
export function speakingMs(text: string): number {
  const longSigns = text.match(LONG_SIGN)?.length ?? 0;
  const letters = [...text].length - longSigns;
  return Math.ceil((letters / LETTERS_PER_SECOND + longSigns / LONG_SIGNS_PER_SECOND) * 1000);
}

/** Scripts without spaces are cut between any two signs. */
const WORD =
  /\s*(?:[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]|[^\s\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]+)/gu;

/** As many whole words of `text` as are spoken in that time, by estimate. */
export function spokenPart(text: string, elapsedMs: number): string {
  if (elapsedMs >= estimateSpeechMs(text)) return text;
  let spoken = "";
  for (const [word] of text.matchAll(WORD)) {
    if (estimateSpeechMs(spoken + word) > elapsedMs) break;
    spoken += word;
  }
  return spoken;
}
