// The analysis that needs no model: deterministic, by plain patterns, in English. It rather says nothing than what it
// can't know.

import { ENDINGS, type EndedReason } from "../../domain/call/status.ts";
import { findWish, type Wish } from "../wishes.ts";
import { wordsOfCustomer, type AnalysedCall, type Analysis } from "./analysed-call.ts";
import { cleanObject } from "./clean.ts";
import { scoreByRules } from "./qms-rules.ts";
import { judgeSentiment } from "./sentiment.ts";
import { summariseByRules, summariseEnd } from "./summary-rules.ts";

export function analyseByRules(call: AnalysedCall): Analysis {
  const summary = summariseByRules(call);
  const recorded = cleanObject(call.details);
  // A machine's words are nobody's wishes.
  if (call.outcome !== "connected") {
    return { summary, sentiment: null, extraction: recorded, qmsScores: {}, optOut: false };
  }
  const words = wordsOfCustomer(call);
  const wishes = new Set(words.map(findWish));
  return {
    summary,
    sentiment: judgeSentiment(words, call.endedReason),
    extraction: { ...factsOf(wishes), ...recorded },
    qmsScores: scoreByRules(call),
    optOut: wishes.has("opt_out"),
  };
}

/** Of a call of which nothing is left but how it ended. */
export function analyseLost(endedReason: EndedReason): Analysis {
  const sentiment = ENDINGS[endedReason].outcome === "connected" ? "neutral" : null;
  return { summary: summariseEnd(endedReason), sentiment, extraction: {}, qmsScores: {}, optOut: false };
}

const FACTS: ReadonlyArray<readonly [Wish, string]> = [
  ["human", "asked_for_human"],
  ["opt_out", "opt_out"],
  ["wrong_number", "wrong_number"],
];

function factsOf(wishes: ReadonlySet<Wish | null>): Record<string, true> {
  return Object.fromEntries(FACTS.filter(([wish]) => wishes.has(wish)).map(([, name]) => [name, true]));
}
