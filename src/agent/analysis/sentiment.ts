import type { EndedReason, Sentiment } from "../../domain/call/status.ts";
import { findWish } from "../wishes.ts";

const ANGRY_ENDS: readonly EndedReason[] = ["hostile_caller", "dnc_request"];

const PLEASED =
  "thanks|thank you|great|perfect|wonderful|excellent|lovely|fantastic|awesome|amazing|helpful|happy|glad|love|nice|sounds good|interested|appreciate|brilliant";
const DISPLEASED =
  /\b(angry|annoy(ed|ing)|terrible|awful|horrible|useless|waste of|rude|ridiculous|disappoint(ed|ing)|unhappy|unacceptable|complain(t|ing)?|frustrat(ed|ing)|upset|worst|hate|sick of|fed up|stupid|bad)\b/gi;
const POLITE =
  /\bno,? (thanks|thank you)\b|\b(good|bad|a great|a nice) (time|day|morning|afternoon|evening)\b|\bnot bad\b/gi;
const NEGATED = new RegExp(
  `\\b(not|never|no|hardly|without|(?:is|was|are|do|did|does|have|had|ca|wo)n't)\\s+(?:\\w+\\s+){0,2}?(?:${PLEASED})\\b`,
  "gi",
);
const PLEASED_WORDS = new RegExp(`\\b(${PLEASED})\\b`, "gi");

/** By the customer's own words, in English: a small lexicon that knows a negation when it sees one. */
export function judgeSentiment(words: readonly string[], endedReason: EndedReason): Sentiment {
  const wishes = words.map(findWish);
  if (ANGRY_ENDS.includes(endedReason) || wishes.includes("hostile") || wishes.includes("opt_out")) {
    return "negative";
  }
  const text = words.join("\n").replaceAll("’", "'").replace(POLITE, " ");
  const negated = text.match(NEGATED)?.length ?? 0;
  const rest = text.replace(NEGATED, " ");
  const pleased = rest.match(PLEASED_WORDS)?.length ?? 0;
  const displeased = rest.match(DISPLEASED)?.length ?? 0;
  const score = pleased - displeased - negated;
  if (score === 0) return "neutral";
  return score > 0 ? "positive" : "negative";
}
