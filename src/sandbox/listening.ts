// A document's own words, outside of any relay: `<Say>`, and `<Gather>` with what is said in it. Who was dialled
// listens to them as a customer listens to the agent, and may have heard enough.

import { scriptOf } from "./talk.ts";
import { setTimer, speakingMs, type Turn } from "./turn.ts";
import type { GatherOrder } from "./verbs.ts";

const REACHING_FOR_KEY_MS = 800;

export function say(turn: Turn, text: string): void {
  const lastsMs = speakingMs(text);
  setTimer(turn, "verb", lastsMs);
  speak(turn, 0, lastsMs);
  hear(turn, lastsMs);
}

/** The time for keys begins when all is said; a key may come before. */
export function gather(turn: Turn, order: GatherOrder): void {
  const { prompts, hearsKeys, ...asked } = order;
  turn.state.gather = { ...asked, digits: "" };
  let promptsMs = 0;
  for (const prompt of prompts) {
    const lastsMs = prompt.verb === "say" ? speakingMs(prompt.text) : prompt.seconds * 1000;
    if (prompt.verb === "say") speak(turn, promptsMs, lastsMs);
    promptsMs += lastsMs;
  }
  setTimer(turn, "gather", promptsMs + asked.timeoutSeconds * 1000);
  if (hearsKeys && scriptOf(turn).pressesKey) setTimer(turn, "key", promptsMs + REACHING_FOR_KEY_MS);
  hear(turn, promptsMs);
}

/** Both in sandbox time, the first from now. */
function speak({ state, nowMs, speed }: Turn, afterMs: number, lastsMs: number): void {
  const fromMs = nowMs + afterMs / speed;
  state.speech.push({ who: "agent", fromMs, toMs: fromMs + lastsMs / speed });
}

function hear(turn: Turn, lastsMs: number): void {
  if (turn.parent === null) return;
  const { customer } = turn.state;
  customer.heard += 1;
  if (customer.heard === scriptOf(turn).hangsUpDuring) setTimer(turn, "customer-hangs-up", lastsMs / 2);
}
