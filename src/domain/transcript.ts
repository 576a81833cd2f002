// The transcript as the API shows it. Lines are kept with absolute times; what is shown counts
// seconds from the answer.

export const SPEAKERS = ["agent", "customer"] as const;
export type Speaker = (typeof SPEAKERS)[number];

/** One utterance. `atMs` is when it began, in epoch milliseconds. */
export type Line = { speaker: Speaker; text: string; atMs: number };

/** One utterance as the API shows it: `timestamp` is seconds from the answer, one decimal. */
export type TranscriptTurn = { speaker: Speaker; text: string; timestamp: number };

/** A line of which nothing was heard is kept for the record, but is no turn. */
export function toTurns(lines: readonly Line[], answeredAtMs: number | null): TranscriptTurn[] {
  const zeroMs = answeredAtMs ?? lines[0]?.atMs ?? 0;
  return lines.filter((line) => line.text !== "").map((line) => toTurn(line, zeroMs));
}

export function toTurn(line: Line, answeredAtMs: number | null): TranscriptTurn {
  const seconds = (line.atMs - (answeredAtMs ?? line.atMs)) / 1000;
  return { speaker: line.speaker, text: line.text, timestamp: Math.max(0, Math.round(seconds * 10) / 10) };
}

export function toPlainText(turns: readonly TranscriptTurn[]): string {
  return turns.map((turn) => `[${clock(turn.timestamp)}] ${turn.speaker}: ${turn.text}\n`).join("");
}

/** WebVTT (https://www.w3.org/TR/webvtt1/). A cue lasts until the next begins, the last one five seconds. */
export function toWebVtt(turns: readonly TranscriptTurn[]): string {
  const cues = turns.map((turn, index) => {
    const next = turns[index + 1];
    const end = Math.max(turn.timestamp + 0.1, next?.timestamp ?? turn.timestamp + 5);
    return `${vttTime(turn.timestamp)} --> ${vttTime(end)}\n<v ${turn.speaker}>${escapeCue(turn.text)}\n`;
  });
  return ["WEBVTT\n", ...cues].join("\n");
}

/**
 * What was heard of an utterance that the customer cut off. Carriers report the words with their own
 * spacing, so the match is by words; an unrecognisable report keeps the carrier's own.
 */
export function heardPart(said: string, heard: string): string {
  if (!isBeginningOf(heard, said)) return heard.trim();
  return said.trim().split(/\s+/).slice(0, wordsOf(heard).length).join(" ");
}

/** Whether these are the first words of what was said. */
export function isBeginningOf(heard: string, said: string): boolean {
  const saidWords = said.trim().split(/\s+/);
  return wordsOf(heard).every((word, index) => sameWord(saidWords[index], word));
}

function wordsOf(text: string): string[] {
  return text.trim().split(/\s+/).filter(Boolean);
}

function sameWord(a: string | undefined, b: string): boolean {
  return a !== undefined && bare(a) === bare(b);
}

function bare(word: string): string {
  return word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${pad(Math.floor(whole / 60))}:${pad(whole % 60)}`;
}

function vttTime(seconds: number): string {
  const ms = Math.round(seconds * 1000);
  const whole = Math.floor(ms / 1000);
  const hours = pad(Math.floor(whole / 3600));
  return `${hours}:${pad(Math.floor(whole / 60) % 60)}:${pad(whole % 60)}.${String(ms % 1000).padStart(3, "0")}`;
}

function escapeCue(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\r\n]+/g, " ");
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
