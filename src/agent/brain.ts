import type { CallPlan } from "../contract/call-plan.ts";
import type { Moment } from "../domain/call/events.ts";
import type { AgentEndReason } from "../domain/call/status.ts";
import type { Line } from "../domain/transcript.ts";

/** One turn to take. `lines` is the conversation as it was heard, oldest first. */
export type Turn = { moment: Moment; lines: readonly Line[]; plan: CallPlan };

/** What a brain says and does in a turn, in order. After `end_call` it says nothing more. */
export type BrainOutput = { type: "words"; text: string } | { type: "end_call"; reason: AgentEndReason };

/**
 * The voice agent's mind. It keeps nothing between turns: all that it knows comes in with the turn, so it
 * survives evictions and takes up a conversation that another instance began.
 *
 * @param signal aborts when the customer interrupts or the call ends; what was yielded before stays said.
 */
export interface Brain {
  takeTurn(turn: Turn, signal: AbortSignal): AsyncIterable<BrainOutput>;
}
