// An agent whose every piece of speech is unlike any other, so that what was said twice, or lost, shows. And the
// transcript as it must be, kept by what was seen to go in and out of the call's object.

import type { Brain, BrainOutput } from "../../src/agent/brain.ts";
import type { AgentEndReason } from "../../src/domain/call/status.ts";
import { pressed, pressedToo } from "../../src/domain/keys.ts";
import type { Holds } from "./holds.ts";

/** The queue for which the agent wishes. */
export const AGENTS_QUEUE = "sales";

/** How a turn goes: so many pieces, with a pause after so many of them, and perhaps an end, or the wish for a human. */
export type TurnShape = {
  pieces: number;
  pausesAfter: number | null;
  ends: AgentEndReason | "transfer" | null;
  /** What it notes or lets be known after the pieces. */
  notes?: "details" | "too much" | "model failed" | null;
};

const TOO_MUCH = "x".repeat(20_000);

/** Takes its turns in these shapes, and then from the first again. */
export function agentOf(shapes: readonly TurnShape[], holds: Holds): Brain["takeTurn"] {
  let turns = 0;
  return async function* takeTurn(_turn, signal): AsyncGenerator<BrainOutput> {
    const turn = turns;
    turns += 1;
    const shape = shapes[turn % shapes.length] ?? { pieces: 1, pausesAfter: null, ends: null };
    for (let piece = 0; piece < shape.pieces; piece += 1) {
      if (shape.pausesAfter === piece) await holds.wait(signal);
      yield { type: "words", text: `${piece === 0 ? "" : " "}Piece ${turn}-${piece} is said.` };
    }
    if (shape.pausesAfter === shape.pieces) await holds.wait(signal);
    if (shape.notes === "model failed") yield { type: "model_failed" };
    else if (shape.notes) {
      const name = `${signal.aborted ? "too late" : "turn"} ${turn}`;
      yield {
        type: "record_details",
        details: { [name]: shape.notes === "details" ? true : TOO_MUCH },
      };
    }
    if (shape.ends === "transfer") {
      yield { type: "transfer_to_human", target: AGENTS_QUEUE, brief: null };
    } else if (shape.ends !== null) yield { type: "end_call", reason: shape.ends };
  };
}

/** An agent that falls silent after the first piece of one of its turns, until it is let go. */
export function haltingIn(haltsIn: number, takeTurn: Brain["takeTurn"], holds: Holds): Brain["takeTurn"] {
  let turns = 0;
  return async function* halting(turn, signal): AsyncGenerator<BrainOutput> {
    const halts = turns === haltsIn;
    turns += 1;
    for await (const output of takeTurn(turn, signal)) {
      yield output;
      if (halts) await holds.wait(signal);
    }
  };
}

/** Which turn of `agentOf` a piece belongs to. */
function turnOf(piece: string): string {
  return /Piece (\d+)-/.exec(piece)?.[1] ?? "none";
}

/** `isCut`: the agent may not have been heard to its end. `reported`: its beginning that the carrier said was spoken. */
export type LedgerLine = { speaker: "agent" | "customer"; text: string; isCut: boolean; reported: string };

export class TalkLedger {
  readonly lines: LedgerLine[] = [];
  /** What the carrier said was heard of words that were cut off. */
  readonly reports = new Set<string>();
  /** Pieces sent after their turn was over, or a second time. */
  readonly faults: string[] = [];
  readonly #sent = new Set<string>();
  /** The turn whose line may still grow. */
  #growing: string | null = null;

  /** How many pieces the agent has said. */
  get pieces(): number {
    return this.#sent.size;
  }

  agentSent(piece: string): void {
    const turn = turnOf(piece);
    if (this.#sent.has(piece)) this.faults.push(`said twice: ${piece}`);
    this.#sent.add(piece);
    const last = this.lines.at(-1);
    if (this.#growing === turn && last !== undefined) {
      last.text += piece;
      return;
    }
    if (this.lines.some(({ text }) => text.includes(`Piece ${turn}-`)))
      this.faults.push(`too late: ${piece}`);
    this.#add("agent", piece);
    this.#growing = turn;
  }

  /** A machine is told this, how often so ever it is asked for. */
  messageLeft(text: string): void {
    if (this.lines.length === 0) this.#add("agent", text);
  }

  customerSaid(words: string): void {
    this.#growing = null;
    this.#add("customer", words);
  }

  customerPressed(key: string): void {
    this.#growing = null;
    const last = this.lines.at(-1);
    const longer = last?.speaker === "customer" ? pressedToo(last.text, key) : null;
    if (last === undefined || longer === null) this.#add("customer", pressed(key));
    else last.text = longer;
  }

  customerInterrupted(heard: string): void {
    this.#growing = null;
    this.reports.add(heard.trim());
    this.cutOff();
  }

  /** The carrier says that it has spoken this. */
  carrierPlayed(words: string): void {
    const line = this.lines.findLast(({ speaker }) => speaker === "agent");
    if (line === undefined || line.isCut) return;
    const at = line.text.indexOf(words.trim(), words.trim() === line.text ? 0 : line.reported.length);
    if (at !== -1) line.reported = line.text.slice(0, at + words.trim().length);
  }

  /** From now on nothing is heard of what was said before. */
  cutOff(): void {
    for (const line of this.lines) line.isCut = line.speaker === "agent";
  }

  #add(speaker: LedgerLine["speaker"], text: string): void {
    this.lines.push({ speaker, text, isCut: false, reported: "" });
  }
}
