// Turns of an agent that is asked by a test, with nobody on the line.

import type { Brain, BrainOutput, Turn } from "../../src/agent/brain.ts";
import type { Line, Speaker } from "../../src/domain/transcript.ts";
import { planOf } from "./plans.ts";

export function turnOf(changes: Partial<Turn> = {}): Turn {
  return {
    moment: "customer_spoke",
    lines: linesOf(["agent", "Hello, this is Aria."], ["customer", "Hello."]),
    plan: planOf(),
    details: {},
    secondsLeft: null,
    byScript: false,
    ...changes,
  };
}

export function linesOf(...said: [speaker: Speaker, text: string][]): Line[] {
  return said.map(([speaker, text], index) => ({ speaker, text, atMs: index }));
}

/** All that comes of a turn. */
export async function outputsOf(
  brain: Brain,
  turn: Turn,
  signal = new AbortController().signal,
): Promise<BrainOutput[]> {
  const outputs: BrainOutput[] = [];
  for await (const output of brain.takeTurn(turn, signal)) outputs.push(output);
  return outputs;
}

export function wordsIn(outputs: readonly BrainOutput[]): string {
  return outputs.map((output) => (output.type === "words" ? output.text : "")).join("");
}

/** What was done besides speaking. */
export function deedsIn(outputs: readonly BrainOutput[]): BrainOutput[] {
  return outputs.filter(({ type }) => type !== "words");
}
