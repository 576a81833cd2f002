// The conversation as a model takes it: user and assistant in turn, beginning and ending with the user.

import type { LanguageModelV4Message } from "@ai-sdk/provider";
import type { Line } from "../../domain/transcript.ts";
import type { Turn } from "../brain.ts";
import { directionOf, EARLIER_LEFT_OUT, openingDirection, WAITING, wordsOfCustomer } from "./directions.ts";

/** Models hold much, but each word is paid for and read again at every turn. */
const LONGEST_HISTORY = 60_000;

type Part = { role: "user" | "assistant"; text: string };

export function messagesOf({ moment, lines, plan }: Pick<Turn, "moment" | "lines" | "plan">) {
  const said = lines.map(partOf).filter(({ text }) => text !== "");
  const newest = newestOf(said);
  const opening = [openingDirection(plan), ...(newest.length < said.length ? [EARLIER_LEFT_OUT] : [])];
  const parts: Part[] = [...opening.map(direction), ...newest];
  const last = directionOf(moment) ?? (newest.at(-1)?.role === "assistant" ? WAITING : null);
  if (last !== null) parts.push(direction(last));
  return mergeByRole(parts).map(toMessage);
}

function direction(text: string): Part {
  return { role: "user", text };
}

function partOf({ speaker, text }: Line): Part {
  return speaker === "agent"
    ? { role: "assistant", text: text.trim() }
    : { role: "user", text: wordsOfCustomer(text) };
}

/** As many of the last as there is room for, the very last in any case, if only its end. */
function newestOf(parts: readonly Part[]): Part[] {
  let room = LONGEST_HISTORY;
  let first = parts.length;
  while (first > 0 && (parts[first - 1]?.text.length ?? 0) <= room) {
    first -= 1;
    room -= parts[first]?.text.length ?? 0;
  }
  const last = parts.at(-1);
  if (first < parts.length || last === undefined) return parts.slice(first);
  return [{ ...last, text: last.text.slice(-LONGEST_HISTORY).toWellFormed() }];
}

/** Many models refuse two messages in a row by the same role. Lines stay lines: a bracketed one stands alone. */
function mergeByRole(parts: readonly Part[]): Part[] {
  const merged: Part[] = [];
  for (const { role, text } of parts) {
    const last = merged.at(-1);
    if (last?.role === role) last.text += `\n${text}`;
    else merged.push({ role, text });
  }
  return merged;
}

function toMessage({ role, text }: Part): LanguageModelV4Message {
  return { role, content: [{ type: "text", text }] };
}
