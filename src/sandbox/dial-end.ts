// Who was dialled is off the line again: the call's document learns how it went, and goes on.

import { hasEnded, liveLeg } from "./call-state.ts";
import { cutSpeech, endDial } from "./ending.ts";
import { HTTP_RETRIEVAL_FAILURE, recover, requestDocument, runProgram } from "./program.ts";
import { losesCallbacks, type Turn } from "./turn.ts";

/** Changes nothing while the leg lives. */
export function leaveDial(turn: Turn): void {
  const leg = liveLeg(turn.state);
  if (leg === undefined || !hasEnded(leg)) return;
  cutSpeech(turn);
  const dialled = endDial(turn);
  if (dialled === undefined || dialled.action === null) return runProgram(turn);
  if (losesCallbacks(turn.state)) return recover(turn, HTTP_RETRIEVAL_FAILURE);
  requestDocument(turn, dialled.action, dialled.params);
}
