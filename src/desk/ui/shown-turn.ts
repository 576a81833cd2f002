import type { Speaker } from "../../domain/transcript.ts";

/** One line of a transcript, as it is shown. */
export type ShownTurn = {
  /** Tells lines apart. */
  index: number;
  speaker: Speaker;
  text: string;
  /** Seconds from the answer. */
  timestamp: number;
};
