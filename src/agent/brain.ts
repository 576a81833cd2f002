import type { CallPlan } from "../contract/call-plan.ts";
import type { Moment } from "../domain/call/events.ts";
import type { AgentEndReason } from "../domain/call/status.ts";
import type { Line } from "../domain/transcript.ts";

/** One turn to take. `lines` is the conversation as it was heard, oldest first. */
export type Turn = { moment: Moment; lines: readonly Line[]; plan: CallPlan };

/** What a brain says and does in a turn, in order. After anything but words it says nothing more. */
export type BrainOutput =
  | { type: "words"; text: string }
  | { type: "end_call"; reason: AgentEndReason }
  /** What is said then comes with the moments that follow. `target`: a queue's name; null for the campaign's own. */
  | { type: "transfer_to_human"; target: string | null; brief: string | null };

/** What ends a turn but the want of words. */
export type TurnEnd = Exclude<BrainOutput, { type: "words" }>;

/**
 * The voice agent's mind. It keeps nothing between turns: all that it knows comes in with the turn, so it
 * survives evictions and takes up a conversation that another instance began.
 *
 * @param signal aborts when the customer interrupts or the call ends; what was yielded before stays said.
 */
export interface Brain {
  takeTurn(turn: Turn, signal: AbortSignal): AsyncIterable<BrainOutput>;
}
