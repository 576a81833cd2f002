// A person whose words somebody types. It says and does at once what it is told to, and nothing by itself.

import { assertNever } from "../lib/assert-never.ts";
import type { CallState, Relay } from "./call-state.ts";
import { endCall } from "./ending.ts";
import { interruptAgent } from "./interruption.ts";
import { pressKey } from "./relay-keys.ts";
import { scriptOf } from "./talk.ts";
import type { Turn } from "./turn.ts";

export type PersonAct =
  | { kind: "say"; text: string }
  /** It has begun to speak and is not done: its words so far. */
  | { kind: "talk-on"; text: string }
  | { kind: "press"; digits: string }
  | { kind: "hang-up" };

export function isTyped(state: CallState): boolean {
  return scriptOf({ state }).typed === true;
}

/** Whether somebody would hear it. */
export function isHeard({ relay }: CallState): boolean {
  return relay?.phase === "open";
}

export function actAsTyped(turn: Turn, act: PersonAct): void {
  const { state } = turn;
  if (!isTyped(state)) return;
  if (act.kind === "hang-up") return hangUp(turn);
  if (state.relay === null || !isHeard(state)) return;
  talk(turn, state.relay, act);
}

function talk(turn: Turn, relay: Relay, act: Exclude<PersonAct, { kind: "hang-up" }>): void {
  switch (act.kind) {
    case "say":
      return speak(turn, relay, act.text, true);
    case "talk-on":
      return speak(turn, relay, act.text, false);
    case "press":
      for (const digit of act.digits) pressKey(turn, relay, digit);
      return;
    default:
      assertNever(act);
  }
}

function speak(turn: Turn, relay: Relay, text: string, last: boolean): void {
  if (relay.interruptible) interruptAgent(turn, relay, turn.nowMs);
  if (!last && !relay.sendsPartials) return;
  turn.frames.push({ type: "prompt", voicePrompt: text, lang: relay.lang, last });
}

/** Who is still rung declines; who is still ringing gives up. */
function hangUp(turn: Turn): void {
  const { status, direction } = turn.state;
  if (status === "in-progress") return endCall(turn, "completed", 200);
  if (direction === "inbound") return endCall(turn, "no-answer", 487);
  endCall(turn, "busy", 603);
}
