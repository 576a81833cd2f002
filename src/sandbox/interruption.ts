// The agent is spoken over, or a key is pressed: it is cut off, and told so before anything else.

import type { Relay } from "./call-state.ts";
import { clearTimers, type Turn } from "./turn.ts";

/**
 * The agent, if it is speaking, falls silent where it is; what it had still to say is dropped, as Twilio drops it.
 *
 * @param atMs up to when it was heard.
 */
export function interruptAgent(turn: Turn, relay: Relay, atMs: number): void {
  const speaking = relay.agent[0];
  if (speaking === undefined) return;
  relay.agent = [];
  clearTimers(turn, "agent-spoken", "customer-interrupts");
  const lastsMs = Math.max(1, speaking.toMs - speaking.fromMs);
  const spokenMs = Math.min(Math.max(0, atMs - speaking.fromMs), lastsMs);
  const spokenText = speaking.text.slice(0, Math.round((speaking.text.length * spokenMs) / lastsMs));
  turn.state.speech.push({ who: "agent", fromMs: speaking.fromMs, toMs: speaking.fromMs + spokenMs });
  turn.state.customer.lastHeard = spokenText;
  turn.frames.push({
    type: "interrupt",
    utteranceUntilInterrupt: spokenText,
    durationUntilInterruptMs: Math.round(spokenMs),
  });
}
