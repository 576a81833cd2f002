// A key pressed during a relay. https://www.twilio.com/docs/voice/conversationrelay/websocket-messages

import type { Relay } from "./call-state.ts";
import { interruptAgent } from "./interruption.ts";
import type { Turn } from "./turn.ts";

/** Goes unnoticed unless the relay was told to listen for keys. */
export function pressKey(turn: Turn, relay: Relay, digit: string): void {
  if (!relay.hearsKeys) return;
  if (relay.interruptibleByKeys) interruptAgent(turn, relay, turn.nowMs);
  turn.frames.push({ type: "dtmf", digit });
}
