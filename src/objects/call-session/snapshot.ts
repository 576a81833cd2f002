import { factsOf, type CallFacts } from "../../domain/call/facts.ts";
import { toTurns, type TranscriptTurn } from "../../domain/transcript.ts";
import type { Call, CallStore } from "./store.ts";

/** `details`: JSON of what the agent has recorded. */
export type CallSnapshot = { seq: number; facts: CallFacts; turns: TranscriptTurn[]; details: string };

export function snapshotOf({ state, seq }: Call, store: CallStore): CallSnapshot {
  const turns = toTurns(store.transcript.lines(), state.answeredAtMs);
  return { seq, facts: factsOf(state), turns, details: JSON.stringify(state.details) };
}
