/** A telephone voice speaks about fifteen characters a second; a breath comes before the first. */
const CHARACTERS_PER_SECOND = 15;
const LEAD_IN_MS = 300;

/** Estimated time to speak `text`, in milliseconds. Zero for nothing. */
export function estimateSpeechMs(text: string): number {
  const spoken = text.trim();
  if (spoken === "") return 0;
  return LEAD_IN_MS + Math.ceil((spoken.length / CHARACTERS_PER_SECOND) * 1000);
}
