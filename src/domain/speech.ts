/** A telephone voice speaks about fifteen characters a second; a breath comes before the first. */
const CHARACTERS_PER_SECOND = 15;
const LEAD_IN_MS = 300;

/** Estimated time to speak `text`, in milliseconds. Zero for nothing. */
export function estimateSpeechMs(text: string): number {
  const spoken = text.trim();
  if (spoken === "") return 0;
  return LEAD_IN_MS + Math.ceil((spoken.length / CHARACTERS_PER_SECOND) * 1000);
}

/** A sign of another script than Latin may stand for a whole syllable or word; so many characters' time it gets. */
const FOREIGN_SIGN_CHARACTERS = 4;
const NATIVE_SIGN = /\p{Script=Latin}|\p{Script=Common}|\p{Script=Inherited}/u;

/** What speaking `text` takes at most, in whatever script it is written. */
export function longestSpeechMs(text: string): number {
  const foreign = [...text.trim()].filter((sign) => !NATIVE_SIGN.test(sign)).length;
  const moreMs = Math.ceil((((FOREIGN_SIGN_CHARACTERS - 1) * foreign) / CHARACTERS_PER_SECOND) * 1000);
  return estimateSpeechMs(text) + moreMs;
}

/** As many whole words of `text` as are spoken in that time, by estimate. */
export function spokenPart(text: string, elapsedMs: number): string {
  if (elapsedMs >= estimateSpeechMs(text)) return text;
  let spoken = "";
  for (const [word] of text.matchAll(/\s*\S+/g)) {
    if (estimateSpeechMs(spoken + word) > elapsedMs) break;
    spoken += word;
  }
  return spoken;
}
