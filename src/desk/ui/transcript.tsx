// What was said in a call, line by line.

import type { Speaker } from "../../domain/transcript.ts";
import { showDuration } from "../format.ts";
import type { ShownTurn } from "./shown-turn.ts";

const NAMES: Record<Speaker, string> = { agent: "Agent", customer: "Customer" };

export function Transcript({ turns }: { turns: readonly ShownTurn[] }) {
  return (
    <ol class="transcript">
      {turns.map(({ index, speaker, text, timestamp }) => (
        <li key={index} class={`turn turn-${speaker}`}>
          <span class="turn-head">
            <span class="turn-speaker">{NAMES[speaker]}</span> {showDuration(timestamp)}
          </span>
          <span class="turn-text">{text}</span>
        </li>
      ))}
    </ol>
  );
}
