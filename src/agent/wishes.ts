// What a customer may say that matters more than any script: understood by plain patterns, in English. They
// would rather miss a wish than hear one that was not there, for most of them end the call.

import type { Line } from "../domain/transcript.ts";
import { wishesOptOut } from "./opt-out-wish.ts";

export const WISHES = ["opt_out", "wrong_number", "hostile", "human", "later", "done"] as const;
export type Wish = (typeof WISHES)[number];

const PATTERNS: ReadonlyArray<readonly [Exclude<Wish, "opt_out">, RegExp]> = [
  [
    "wrong_number",
    /\bwrong (number(?! of)|person)\b|\b(nobody|no ?one) (by|of|with) that name\b|\b(doesn't|does not) live here\b/i,
  ],
  [
    "hostile",
    /\b(scam(s|mers?|ming)?|get lost|shut up|harass(ing|ment)?)\b|\byou\b[^.!?]{0,20}\b(idiots?|morons?)\b/i,
  ],
  [
    "human",
    /\b(real|actual|live) (person|human)\b|\b(speak|talk) (to|with) (a|an|some|any|the|your)? ?(person|human|someone|somebody|one|body|agent|operator|representative|colleague|manager)\b|\bget me (a|an|the) (person|human|agent|operator|representative)\b/i,
  ],
  [
    "later",
    /\b(bad|not a good) time\b|\bcall (me )?(back|later|tomorrow)\b|\bnot now\b|\b(I'm|I am) (very |quite |rather )?busy\b|\bnot interested\b(?! in)/i,
  ],
  [
    "done",
    /\b(good)?bye\b|\b(that'?s|that is) (all|it|everything)(?! right| exactly)\b|\bnothing else\b|^no(, | )(thanks|thank you)\b/i,
  ],
];

/** The weightiest wish in what the customer said; null for none. */
export function findWish(text: string): Wish | null {
  if (wishesOptOut(text)) return "opt_out";
  const plain = text.replaceAll("’", "'");
  return PATTERNS.find(([, pattern]) => pattern.test(plain))?.[0] ?? null;
}

/** The same of all that they have said since the agent last spoke. */
export function findLastWish(lines: readonly Line[]): Wish | null {
  const afterAgent = lines.slice(lines.findLastIndex((line) => line.speaker === "agent") + 1);
  return findWish(afterAgent.map((line) => line.text).join(" "));
}
