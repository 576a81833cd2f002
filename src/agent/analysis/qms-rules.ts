// Scores of the agent's part that plain rules can tell, from 0 to 5. What they can't tell is left out, never guessed.

import { criteriaOf, wordsOfCustomer, type AnalysedCall } from "./analysed-call.ts";

type Rule = (call: AnalysedCall, said: readonly string[]) => number | null;

const RULES: Readonly<Record<string, Rule>> = {
  opening: scoreOpening,
  energy: scoreBalance,
  probing: (_, said) =>
    Math.min(
      5,
      said
        .slice(1)
        .join(" ")
        .match(/[?？؟]/g)?.length ?? 0,
    ),
  closing: scoreClosing,
};

/** A criterion that the campaign describes in words of its own is for a model to judge. */
export function scoreByRules(call: AnalysedCall): Record<string, number> {
  const said = call.turns.filter(({ speaker }) => speaker === "agent").map(({ text }) => text);
  if (said.length === 0) return {};
  const scores = criteriaOf(call).flatMap(({ name, description }) => {
    const rule = description === undefined && Object.hasOwn(RULES, name) ? RULES[name] : undefined;
    const score = rule?.(call, said) ?? null;
    return score === null ? [] : [[name, score] as const];
  });
  return Object.fromEntries(scores);
}

/** Greeted, said who calls and for whom, told of the recording if there is something to tell, and asked something. */
function scoreOpening(call: AnalysedCall, said: readonly string[]): number | null {
  if (!isEnglish(call)) return null;
  const opening = said[0] ?? "";
  const { record, recording_disclosure: disclosure } = call.config;
  const mentions = (text: string | null) => text !== null && contains(opening, text);
  const marks = [
    /\b(hi|hello|hey|good (morning|afternoon|evening)|welcome|thank you for calling)\b/i.test(opening),
    mentions(call.agentName),
    mentions(call.organisationName),
    !record || disclosure === undefined || contains(opening, disclosure),
    opening.includes("?"),
  ];
  return marks.filter(Boolean).length;
}

/** A talk to which the customer contributes half of the words has all the energy that it needs. */
function scoreBalance(call: AnalysedCall, said: readonly string[]): number | null {
  const theirs = countWords(wordsOfCustomer(call));
  if (theirs === 0) return null;
  return Math.min(5, Math.round((10 * theirs) / (theirs + countWords(said))));
}

/** Whoever is hung up on has no say in how the call closes. */
function scoreClosing(call: AnalysedCall, said: readonly string[]): number | null {
  if (!isEnglish(call)) return null;
  const last = said.slice(-2).join(" ");
  const saidGoodbye = /\b(good ?bye|bye|take care|have a (great|good|nice|lovely|wonderful) \w+)\b/i.test(
    last,
  );
  if (!saidGoodbye) return call.endedReason === "agent_hangup" ? 0 : null;
  const offeredMore = /\banything else\b/i.test(said.join(" "));
  const thanked = /\bthank(s| you)\b/i.test(last);
  return 3 + Number(offeredMore) + Number(thanked);
}

/** The patterns are. */
function isEnglish({ language }: AnalysedCall): boolean {
  return /^en\b/i.test(language);
}

function contains(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.trim().toLowerCase());
}

function countWords(lines: readonly string[]): number {
  return lines.join(" ").split(/\s+/).filter(Boolean).length;
}
