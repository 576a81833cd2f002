// What a customer may say that matters more than any script: understood by plain patterns, in English.

export const WISHES = ["opt_out", "wrong_number", "hostile", "human", "later", "done"] as const;
export type Wish = (typeof WISHES)[number];

const PATTERNS: ReadonlyArray<readonly [Wish, RegExp]> = [
  [
    "opt_out",
    /\b(never|don'?t|do not|stop)\b[^.!?]{0,30}\b(call|calling|ring|phone|contact)|take me off|remove (me|my number)|(off|from) (your|the) list/i,
  ],
  ["wrong_number", /wrong (number|person)|(nobody|no ?one) (by|of|with) that name/i],
  ["hostile", /\b(scam\w*|idiots?|get lost|shut up|morons?|harass\w*)\b/i],
  [
    "human",
    /\b(real|actual|live) (person|human)|\b(speak|talk)\b[^.!?]{0,20}\b(human|someone|somebody|representative)/i,
  ],
  ["later", /\b(bad|not a good) time|\bcall (me )?(back|later)|\bnot interested\b/i],
  ["done", /\b(good)?bye\b|\bthat'?s (all|it|everything)\b|\bnothing else\b|^no\b.*\bthank/i],
];

/** The weightiest wish in what the customer said; null for none. */
export function findWish(text: string): Wish | null {
  return PATTERNS.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}
