import { estimateSpeechMs } from "../speech.ts";
import type { TransferState } from "./transfer-state.ts";

/** How long a human who heard the brief may take to press a key. */
export const KEY_WAIT_SECONDS = 10;

/** What a human who picks up is told before the customer is on the line. */
export function whisperWords({ brief, accept }: Pick<TransferState, "brief" | "accept">): string {
  const words = brief === null || brief.trim() === "" ? "There is a call for you." : asSentence(brief.trim());
  return accept === "key" ? `${words} Press any key to take the call.` : words;
}

/** Until the human has heard it all, and the key that is asked for is pressed, or is not. */
export function whisperMs(transfer: Pick<TransferState, "brief" | "accept">): number {
  const keyMs = transfer.accept === "key" ? KEY_WAIT_SECONDS * 1_000 : 0;
  return estimateSpeechMs(whisperWords(transfer)) + keyMs;
}

function asSentence(text: string): string {
  return /[.!?…]$/u.test(text) ? text : `${text}.`;
}
