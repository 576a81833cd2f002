// A recorded call says so at its beginning, whoever speaks in it. That is not left to a model: our own code speaks the
// disclosure.

import type { Turn } from "./brain.ts";

/** In which nobody listens, or a word more would only be in the way. */
const TOO_LATE: readonly string[] = ["silence_end", "transferring", "time_almost_up"];

/** What has to be said before anything else; null once it was heard to its end, or if there is nothing to disclose. */
export function disclosureDue({
  moment,
  lines,
  plan,
}: Pick<Turn, "moment" | "lines" | "plan">): string | null {
  const { record, recording_disclosure: disclosure } = plan.campaign.config;
  if (!record || disclosure === undefined || TOO_LATE.includes(moment)) return null;
  const wasHeard = lines.some(({ speaker, text }) => speaker === "agent" && isWithin(text, disclosure));
  return wasHeard || bare(disclosure) === "" ? null : disclosure.trim();
}

/** Whether who hears the text hears the disclosure, all of it. */
export function isWithin(text: string, disclosure: string): boolean {
  return bare(text).includes(bare(disclosure));
}

/** Carriers report what was heard with spaces and stops of their own. */
function bare(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
