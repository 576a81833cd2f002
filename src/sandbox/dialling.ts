// `<Dial>`: a second party is called on a line of its own, hears what the application whispers to it, and is bridged
// with the call. The caller hears it ring meanwhile. The talk itself is nothing but turns of sound, and who was
// dialled hangs up after a few.

import { pickUp } from "./answering.ts";
import { behavesOf } from "./behaviours.ts";
import { newCall } from "./call-state.ts";
import { endBridgeTurn, endCall } from "./ending.ts";
import { legSidOf } from "./formats.ts";
import { setTimer, type Turn } from "./turn.ts";
import type { DialOrder } from "./verbs.ts";

/** A document may dial and dial again: beyond this many lines the call ends. */
const MAX_LEGS = 100;
/** Of a line before the bridge: the talk has not begun that the verb's own limit is for. */
const WHISPER_LIMIT_SECONDS = 14_400;
const BRIDGE_TURN_MS = 3000;
const BRIDGE_TURNS = 4;

/** The behaviour of a number that is none. */
const NOT_A_NUMBER = "0001";

export function placeLeg(turn: Turn, order: DialOrder): void {
  const { state, nowMs } = turn;
  if (state.legs.length >= MAX_LEGS) return endCall(turn, "completed", 200);
  const leg = newCall(
    {
      sid: legSidOf(state.sid, state.legs.length + 1),
      accountSid: state.accountSid,
      parentSid: state.sid,
      direction: "outbound-dial",
      behaves: order.to === null ? NOT_A_NUMBER : behavesOf(order.to),
      order: {
        to: order.to ?? "",
        from: order.callerId ?? state.order.from,
        document: order.whisper ?? { twiml: "<Response/>" },
        fallback: null,
        statusCallback: order.statusCallback,
        statusEvents: order.statusEvents,
        timeoutSeconds: order.timeoutSeconds,
        timeLimitSeconds: WHISPER_LIMIT_SECONDS,
        recording: null,
        detection: null,
      },
    },
    nowMs,
  );
  state.legs.push(leg);
  state.dial = { action: order.action, timeLimitSeconds: order.timeLimitSeconds, bridge: null };
}

/** The whisper has ended: the two parties hear each other. `turn` is the leg's. */
export function bridge(turn: Turn, parent: Turn): void {
  const { dial } = parent.state;
  if (dial === null || dial.bridge !== null) return;
  pickUp(parent);
  dial.bridge = { turn: 0, sinceMs: turn.nowMs };
  turn.state.timers["time-limit"] = turn.nowMs + dial.timeLimitSeconds * 1000;
  setTimer(turn, "bridge-turn", BRIDGE_TURN_MS);
}

/** One of the two has spoken. `turn` is the leg's. */
export function talkOn(turn: Turn): void {
  const { parent } = turn;
  if (parent === null) return;
  endBridgeTurn(parent);
  if (parent.state.dial?.bridge?.turn === BRIDGE_TURNS) return endCall(turn, "completed", 200);
  setTimer(turn, "bridge-turn", BRIDGE_TURN_MS);
}
