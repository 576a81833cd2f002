// A relay session's life beyond the talk itself: how it opens, and how it ends, by whoever ends it.

import { assertNever } from "../lib/assert-never.ts";
import { type RelayEnd, relayEndParams } from "./callbacks.ts";
import type { Relay } from "./call-state.ts";
import { HTTP_RETRIEVAL_FAILURE, recover, requestDocument, runProgram } from "./program.ts";
import { hearAgent, openTalk, suspendTalk } from "./talk.ts";
import { losesCallbacks, type Turn } from "./turn.ts";

export type RelayEvent =
  | { type: "relay-opened"; sessionId: string }
  | { type: "utterance"; sessionId: string; text: string; startedAtMs: number }
  | { type: "language"; sessionId: string; lang: string }
  | { type: "relay-closed"; sessionId: string; end: RelayEnd };

export function onRelay(turn: Turn, relay: Relay, event: RelayEvent): void {
  switch (event.type) {
    case "relay-opened":
      return openTalk(turn, relay);
    case "utterance":
      return hearAgent(turn, relay, event.text, event.startedAtMs);
    case "language":
      relay.lang = event.lang;
      return;
    case "relay-closed":
      return endSession(turn, relay, event.end);
    default:
      assertNever(event);
  }
}

/** The carrier's own network fails: the socket falls, the caller stays on the line. */
export function dropRelay(turn: Turn, relay: Relay): void {
  turn.dropsSocket = true;
  endSession(turn, relay, {
    status: "failed",
    errorCode: 64105,
    errorMessage: "WebSocket connection lost",
  });
}

function endSession(turn: Turn, relay: Relay, end: RelayEnd): void {
  const params = relayEndParams(turn.state, relay, end, turn.nowMs);
  suspendTalk(turn);
  turn.state.relay = null;
  if (relay.action === null) runProgram(turn);
  else if (losesCallbacks(turn.state)) recover(turn, HTTP_RETRIEVAL_FAILURE);
  else requestDocument(turn, relay.action, params);
}
