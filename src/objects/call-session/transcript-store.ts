// The lines of a call's transcript in its SQLite. The object is their only writer, so they are read once and then kept:
// each turn of the agent needs all of them, and each frame of the carrier some.

import { z } from "zod";
import type { Utterance } from "../../domain/playback.ts";
import { SPEAKERS, type Line, type Speaker } from "../../domain/transcript.ts";

/** No carrier has more utterances waiting than this. */
const LONGEST_QUEUE = 50;

/**
 * So many bytes of JSON are kept of a transcript: it must fit into a row of the database, with its last lines. It takes
 * a whole day's talk, or somebody who means harm.
 */
const LONGEST_TRANSCRIPT_BYTES = 1_000_000;
/** What a line takes besides its text: its speaker and its time. */
const LINE_BYTES = 64;
const encoder = new TextEncoder();

/** The times of what the agent says, and how much of it was spoken (domain/playback.ts); a customer's lines have none. */
type StoredLine = Line & { spoken: Pick<Utterance, "beginsMs" | "endsMs" | "played"> | null };

const rowSchema = z.object({
  speaker: z.enum(SPEAKERS),
  text: z.string(),
  at_ms: z.number(),
  begins_ms: z.number().nullable(),
  ends_ms: z.number().nullable(),
  played: z.number(),
});

export class TranscriptStore {
  readonly #sql: SqlStorage;
  /** A list that was handed out never changes. */
  #lines: readonly StoredLine[] | null = null;
  #bytes = 0;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** All lines, oldest first; what was not heard is empty. */
  lines(): readonly Line[] {
    return this.#read();
  }

  lastLine(): (Line & { index: number }) | null {
    const lines = this.#read();
    const last = lines.at(-1);
    return last === undefined ? null : { ...last, index: lines.length - 1 };
  }

  /**
   * Appends a line. A clock that was set back makes no line older than the one before it. Where the lines are full, the
   * last one makes room: the talk goes on, and what is said now can be answered.
   *
   * @param spoken of what the agent says.
   */
  addLine(
    speaker: Speaker,
    text: string,
    atMs: number,
    spoken: StoredLine["spoken"] = null,
  ): { index: number; atMs: number } {
    const lines = this.#read();
    const last = lines.at(-1);
    const isFull = last !== undefined && this.#bytes - bytesOf(last) >= LONGEST_TRANSCRIPT_BYTES;
    const index = isFull ? lines.length - 1 : lines.length;
    const line = { speaker, text, atMs: Math.max(atMs, last?.atMs ?? 0), spoken };
    this.#sql.exec(
      `INSERT OR REPLACE INTO lines (idx, speaker, text, at_ms, begins_ms, ends_ms, played)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      index,
      speaker,
      text,
      line.atMs,
      spoken?.beginsMs ?? null,
      spoken?.endsMs ?? null,
      spoken?.played ?? 0,
    );
    this.#lines = [...lines.slice(0, index), line];
    this.#bytes += bytesOf(line) - (isFull ? bytesOf(last) : 0);
    return { index, atMs: line.atMs };
  }

  setLine(index: number, text: string): void {
    this.#sql.exec("UPDATE lines SET text = ? WHERE idx = ?", text, index);
    this.#change(index, (line) => ({ ...line, text }));
  }

  /** Whether this line is still what the agent has said: where the lines are full, another takes its place. */
  isUtterance(index: number, text: string): boolean {
    const line = this.#read()[index];
    return line?.speaker === "agent" && line.text === text;
  }

  /** The agent's words grow while they are sent; some may have been spoken already. */
  growUtterance(index: number, text: string, times: Pick<Utterance, "beginsMs" | "endsMs">): void {
    const played = this.#read()[index]?.spoken?.played ?? 0;
    this.setUtterance({ index, text, ...times, played });
  }

  /** A customer's line is none, whoever takes it for one. */
  setUtterance({ index, text, beginsMs, endsMs, played }: Omit<Utterance, "atMs">): void {
    if (this.#read()[index]?.speaker !== "agent") return;
    this.#sql.exec(
      "UPDATE lines SET text = ?, begins_ms = ?, ends_ms = ?, played = ? WHERE idx = ?",
      text,
      beginsMs,
      endsMs,
      played,
      index,
    );
    this.#change(index, (line) => ({ ...line, text, spoken: { beginsMs, endsMs, played } }));
  }

  /** The last things that the agent has said, oldest first. */
  lastUtterances(limit = LONGEST_QUEUE): Utterance[] {
    const lines = this.#read();
    const found: Utterance[] = [];
    for (let index = lines.length - 1; index >= 0 && found.length < limit; index -= 1) {
      const line = lines[index];
      if (line?.spoken) found.push({ index, text: line.text, atMs: line.atMs, ...line.spoken });
    }
    return found.toReversed();
  }

  #change(index: number, change: (line: StoredLine) => StoredLine): void {
    const lines = this.#read();
    const line = lines[index];
    if (line === undefined) return;
    const changed = change(line);
    this.#lines = lines.with(index, changed);
    this.#bytes += bytesOf(changed) - bytesOf(line);
  }

  #read(): readonly StoredLine[] {
    if (this.#lines !== null) return this.#lines;
    this.#lines = this.#sql
      .exec("SELECT speaker, text, at_ms, begins_ms, ends_ms, played FROM lines ORDER BY idx")
      .toArray()
      .map((row) => toLine(rowSchema.parse(row)));
    this.#bytes = this.#lines.reduce((sum, line) => sum + bytesOf(line), 0);
    return this.#lines;
  }
}

function bytesOf({ text }: Line): number {
  return LINE_BYTES + encoder.encode(JSON.stringify(text)).length;
}

function toLine(row: z.infer<typeof rowSchema>): StoredLine {
  const { speaker, text, at_ms: atMs, begins_ms: beginsMs, ends_ms: endsMs, played } = row;
  const spoken = beginsMs === null || endsMs === null ? null : { beginsMs, endsMs, played };
  return { speaker, text, atMs, spoken };
}
