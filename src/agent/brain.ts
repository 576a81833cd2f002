import type { CallPlan } from "../contract/call-plan.ts";
import type { Details } from "../domain/call/details.ts";
import type { Moment } from "../domain/call/events.ts";
import type { AgentEndReason } from "../domain/call/status.ts";
import type { Line } from "../domain/transcript.ts";

/** One turn to take. */
export type Turn = {
  moment: Moment;
  /** The conversation as it was heard, oldest first. */
  lines: readonly Line[];
  plan: CallPlan;
  /** What was recorded in earlier turns. */
  details: Details;
  /** How long until the call is cut off; null if nobody knows. */
  secondsLeft: number | null;
  /** The model failed in an earlier turn: the call goes on by script. */
  byScript: boolean;
};

/** What a brain says and does in a turn, in order. What ends the turn comes last. */
export type BrainOutput =
  | { type: "words"; text: string }
  /** Facts to keep of the call: a JSON Merge Patch on what was recorded before. */
  | { type: "record_details"; details: Details }
  /** The model gave no answer that can be used; what follows is the script's. */
  | { type: "model_failed" }
  /** To be heeded at once: the turn may be cut off before the end that it asks for. */
  | { type: "wish_heard"; reason: "dnc_request" }
  | { type: "end_call"; reason: AgentEndReason }
  /** What is said then comes with the moments that follow. `target`: a queue's name; null for the campaign's own. */
  | { type: "transfer_to_human"; target: string | null; brief: string | null };

/** What ends a turn but the want of words. */
export type TurnEnd = Extract<BrainOutput, { type: "end_call" | "transfer_to_human" }>;

/**
 * The voice agent's mind. It keeps nothing between turns: all that it knows comes in with the turn, so it
 * survives evictions and takes up a conversation that another instance began.
 *
 * @param signal aborts when the customer interrupts or the call ends; what was yielded before stays said.
 */
export interface Brain {
  takeTurn(turn: Turn, signal: AbortSignal): AsyncIterable<BrainOutput>;
}
