// A recorded call says so at its beginning. That is not left to a model: our own code speaks the disclosure.

import type { Turn } from "../brain.ts";

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
  const wanted = bare(disclosure);
  const wasHeard =
    wanted === "" || lines.some(({ speaker, text }) => speaker === "agent" && bare(text).includes(wanted));
  return wasHeard ? null : disclosure.trim();
}

/** Carriers report what was heard with spaces and stops of their own. */
function bare(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
