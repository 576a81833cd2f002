// What of the agent's words the customer has heard. The carrier speaks one utterance after the other; what it says of
// that (words played, words cut off) is taken where it comes, and what is missing is estimated.

import { estimateSpeechMs, speakingMs, spokenPart } from "./speech.ts";
import { heardPart, isBeginningOf } from "./transcript.ts";

/** Something that the agent said. `beginsMs`, `endsMs`: when it is spoken, by estimate. */
export type Utterance = {
  index: number;
  text: string;
  atMs: number;
  beginsMs: number;
  endsMs: number;
  /** So many signs of it, white space not counted, were spoken, says the carrier. */
  played: number;
};

/** A voice may be so much slower than was estimated. */
const LATE_MS = 3_000;

/** The last utterance, and those before it that it had to wait for. Oldest first, as is `utterances`. */
export function queueOf(utterances: readonly Utterance[]): Utterance[] {
  const first = utterances.findLastIndex(({ atMs }, place) => {
    const before = utterances[place - 1];
    return before === undefined || !mayPlay(before, atMs);
  });
  return utterances.slice(Math.max(0, first));
}

/** Whether the carrier may still be speaking it then, or have yet to. */
export function mayPlay(utterance: Utterance, atMs: number): boolean {
  return !isPlayed(utterance) && utterance.endsMs + LATE_MS > atMs;
}

/** The carrier has spoken these words. Answers what has changed; nothing if they are nowhere in the queue. */
export function play(queue: readonly Utterance[], words: string, nowMs: number): Utterance[] {
  const spoken = compact(words);
  const place = queue.findIndex((utterance) => playedIn(utterance, spoken) !== null);
  const found = queue[place];
  if (found === undefined || spoken === "") return [];
  const before = queue.slice(0, place).map((utterance) => settle(utterance, utterance.text, nowMs));
  const played = playedIn(found, spoken) ?? 0;
  // What is left of it takes from now on what it takes, however late or early that is.
  const endsMs = nowMs + speakingMs(found.text.slice(firstSigns(found.text, played).length).trim());
  const heard = { ...found, beginsMs: Math.min(found.beginsMs, nowMs), endsMs, played };
  return [...before, heard, ...startAt(queue.slice(place + 1), endsMs)];
}

export function isPlayed({ text, played }: Utterance): boolean {
  return played >= compact(text).length;
}

/** The customer has cut the agent off: the carrier lets go of what it was speaking, and of all that was to follow. */
export function interrupt(queue: readonly Utterance[], heard: string, nowMs: number): Utterance[] {
  const cut = placeOfCut(queue, heard, nowMs);
  return queue
    .slice(cut)
    .map((utterance, place) => settle(utterance, heardOf(utterance, place === 0 ? heard : ""), nowMs));
}

/**
 * What the carrier has said was spoken was heard, whatever it quotes or leaves out now. Of words that were cut off
 * before, or spoken to their end, all is known.
 */
function heardOf(utterance: Utterance, heard: string): string {
  const { text, played } = utterance;
  if (isPlayed(utterance)) return text;
  const quoted = heardPart(text, heard);
  const reported = firstSigns(text, played);
  return compact(quoted).startsWith(compact(reported)) ? quoted : reported;
}

/** The carrier speaks no more: what it had not spoken by now was not heard. */
export function lose(queue: readonly Utterance[], nowMs: number): Utterance[] {
  return queue
    .filter((utterance) => !isPlayed(utterance) && utterance.endsMs > nowMs)
    .map((utterance) => {
      const { text, endsMs, played } = utterance;
      const byTime = spokenPart(text, estimateSpeechMs(text) - (endsMs - nowMs));
      const byReport = firstSigns(text, played);
      return settle(utterance, byTime.length > byReport.length ? byTime : byReport, nowMs);
    });
}

/** Which one was being spoken: what the carrier says tells, if it fits; else the time. */
function placeOfCut(queue: readonly Utterance[], heard: string, nowMs: number): number {
  const unplayed = queue.flatMap((utterance, place) => (isPlayed(utterance) ? [] : [place]));
  const places = unplayed.length === 0 ? [queue.length - 1] : unplayed;
  const byTime = places.findLast((place) => (queue[place]?.beginsMs ?? 0) <= nowMs) ?? places[0] ?? 0;
  if (heard.trim() === "") return byTime;
  const fitting = places.filter((place) => isBeginningOf(heard, queue[place]?.text ?? ""));
  if (fitting.includes(byTime)) return byTime;
  return fitting.toSorted((a, b) => Math.abs(a - byTime) - Math.abs(b - byTime))[0] ?? byTime;
}

function settle(utterance: Utterance, text: string, nowMs: number): Utterance {
  const endsMs = Math.min(utterance.endsMs, nowMs);
  return { ...utterance, text, endsMs, played: compact(text).length };
}

/** The next one begins then, and the others follow it. */
function startAt(queue: readonly Utterance[], atMs: number): Utterance[] {
  let fromMs = atMs;
  return queue.map((utterance) => {
    const beginsMs = fromMs;
    fromMs += estimateSpeechMs(utterance.text);
    return { ...utterance, beginsMs, endsMs: fromMs };
  });
}

/** How much of it was spoken when these words were; null if they are not in what was left of it. */
function playedIn(utterance: Utterance, spoken: string): number | null {
  const { text, played } = utterance;
  if (isPlayed(utterance)) return null;
  const whole = compact(text);
  if (spoken === whole) return whole.length;
  const at = whole.indexOf(spoken, played);
  return at === -1 ? null : at + spoken.length;
}

function firstSigns(text: string, count: number): string {
  let left = count;
  const signs = [...text].map((sign) => sign.length);
  let end = 0;
  for (const length of signs) {
    const isSpace = text.slice(end, end + length).trim() === "";
    if (left <= 0) break;
    if (!isSpace) left -= length;
    end += length;
  }
  return text.slice(0, end);
}

/** Carriers report words with their own spacing. */
function compact(text: string): string {
  return text.replace(/\s+/g, "");
}
