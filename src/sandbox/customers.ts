// What the sandbox's people say. A script is plain data; `nextReply` picks the line that fits what the agent just
// said, or else the next one not yet said, so a talk keeps its sense whatever words the agent uses and always ends.

import { z } from "zod";

export type CustomerName =
  | "interested"
  | "caller"
  | "asks-for-human"
  | "never-again"
  | "wrong-number"
  | "hostile"
  | "hangs-up"
  | "silent"
  | "interrupting"
  | "talkative"
  | "voicemail"
  | "fax"
  | "presses-keys"
  | "typed"
  | "takes-over"
  | "backs-out";

type Line = {
  text: string;
  /** The text is keys, and pressed. */ pressed?: true;
  /** What the agent must be talking about for this line to come before its turn. */ on?: RegExp;
};

export type Script = {
  lines: readonly Line[];
  /** Says its first line without waiting for the agent. */
  speaksFirst?: true;
  /** Said in turn when the agent takes leave or all lines are said; then it only waits for the agent to hang up. */
  farewell?: readonly string[];
  /** Starts over when all lines are said, and never waits for the agent between them. */
  endless?: true;
  /** Hangs up half-way through this utterance of the agent (1 is the first); as a human's phone, of the brief. */
  hangsUpDuring?: number;
  /** Has no words of its own: somebody types what it says. */
  typed?: true;
  /** Presses a key when it is asked to. */
  pressesKey?: true;
  /** Speaks up half-way through this utterance of the agent. */
  interruptsDuring?: number;
  /** How long it bears silence before it hangs up. Not divided by the speed: it waits for the product. */
  patienceMs: number | "endless";
};

const USUAL_PATIENCE_MS = 20_000;

const GOODBYE =
  /\b(good ?bye|bye|take care|have a (great|good|nice|lovely|wonderful) (day|one|evening|week))\b/i;

const INTERESTED_LINES: readonly Line[] = [
  { text: "Hello! Yes, this is a good time, go ahead." },
  {
    text: "I need a good one for my home office.",
    on: /\b(looking (for|at)|which (product|piece|item)|what (product|furniture|piece))\b/i,
  },
  {
    text: "Comfort matters most. I spend all day in that room.",
    on: /\b(matters?|important|priorit(y|ies)|looking for in)\b/i,
  },
  {
    text: "Yes, I'd like to stay under a thousand.",
    on: /\b(budget|price|cost|spend|afford)\b/i,
  },
  {
    text: "How soon could you deliver? Two weeks would be fine.",
    on: /\b(deliver(y|ed)?|how soon|time ?frame|when do you need)\b/i,
  },
  {
    text: "Saturday morning suits me best.",
    on: /\b(which day|what day|day (suits|works)|weekday|weekend|appointment|visit)\b/i,
  },
  {
    text: "Yes, please send it to this number.",
    on: /\b(e-?mail|text message|sms|confirmation|in writing)\b/i,
  },
  {
    text: "No, that's everything. You've been very helpful.",
    on: /\b(anything else|any (other|more) questions|something else)\b/i,
  },
  { text: "Thank you so much. Goodbye!" },
];

const FAREWELL = ["Thanks for your help. Goodbye!", "Bye!"] as const;

export const SCRIPTS: Readonly<Record<CustomerName, Script>> = {
  interested: { lines: INTERESTED_LINES, farewell: FAREWELL, patienceMs: USUAL_PATIENCE_MS },
  // The interested customer, where it is the one who calls.
  caller: {
    lines: [
      { text: "Hello! I saw your furniture online and would like to order." },
      ...INTERESTED_LINES.slice(1),
    ],
    farewell: FAREWELL,
    patienceMs: USUAL_PATIENCE_MS,
  },
  interrupting: {
    lines: [
      { text: "Sorry to cut in, is this about the desk? Then go on, please." },
      ...INTERESTED_LINES.slice(1),
    ],
    farewell: FAREWELL,
    interruptsDuring: 1,
    patienceMs: USUAL_PATIENCE_MS,
  },
  "presses-keys": {
    lines: [{ text: "1#", pressed: true }, ...INTERESTED_LINES.slice(1)],
    farewell: FAREWELL,
    patienceMs: USUAL_PATIENCE_MS,
  },
  // Told that nobody is free, it goes on as the interested customer.
  "asks-for-human": {
    lines: [
      { text: "Hello! Yes, speaking." },
      { text: "I'd like to speak to a real person, please.", on: /(?:)/ },
      ...INTERESTED_LINES.slice(1),
    ],
    farewell: FAREWELL,
    patienceMs: USUAL_PATIENCE_MS,
  },
  "never-again": {
    lines: [
      { text: "Hello, who is this?" },
      { text: "Please never call me again. Take me off your list." },
      { text: "I mean it: do not call this number again." },
    ],
    farewell: ["Just take me off your list. Goodbye."],
    patienceMs: USUAL_PATIENCE_MS,
  },
  "wrong-number": {
    lines: [
      { text: "Hello?" },
      { text: "You have the wrong number, nobody by that name lives here." },
      { text: "No, this really is the wrong number." },
    ],
    farewell: ["Wrong number, I'm afraid. Goodbye."],
    patienceMs: USUAL_PATIENCE_MS,
  },
  hostile: {
    lines: [
      { text: "What do you want?" },
      { text: "You people are scammers. Get lost, you idiots!" },
      { text: "Call here once more, you idiots, and you will regret it!" },
    ],
    farewell: ["Get lost, you scammers!"],
    patienceMs: USUAL_PATIENCE_MS,
  },
  "hangs-up": {
    lines: [{ text: "Hello? Yes, speaking." }],
    hangsUpDuring: 2,
    patienceMs: USUAL_PATIENCE_MS,
  },
  silent: { lines: [], patienceMs: "endless" },
  typed: { lines: [], typed: true, patienceMs: "endless" },
  talkative: {
    lines: [
      { text: "Oh, how nice that somebody calls! Let me tell you about my week." },
      { text: "On Monday the neighbour's cat sat on our old armchair again." },
      { text: "My sister always said we should have bought the green one." },
      { text: "And then the weather! Rain, and rain, and more rain." },
      { text: "Where was I? Yes, the armchair. It belonged to my grandfather." },
      { text: "He bought it in a little shop near the harbour, years ago." },
    ],
    endless: true,
    patienceMs: "endless",
  },
  voicemail: {
    lines: [{ text: "You have reached my voicemail. Please leave a message after the tone." }],
    speaksFirst: true,
    patienceMs: USUAL_PATIENCE_MS,
  },
  fax: { lines: [], patienceMs: USUAL_PATIENCE_MS },
  // Humans to whom calls are handed over. Who calls them to sell something finds them interested.
  "takes-over": {
    lines: INTERESTED_LINES,
    farewell: FAREWELL,
    pressesKey: true,
    patienceMs: USUAL_PATIENCE_MS,
  },
  "backs-out": { lines: INTERESTED_LINES, hangsUpDuring: 1, patienceMs: USUAL_PATIENCE_MS },
};

/** Which lines were said already, and how many farewells. Lives with the call. */
export const customerMemory = z.object({ said: z.array(z.number()), farewells: z.number() });
export type Memory = z.infer<typeof customerMemory>;

export const NOTHING_SAID: Memory = { said: [], farewells: 0 };

/** What it says, or presses, and what it will then have said. */
export type Reply = { text: string; pressed: boolean; memory: Memory };

/** The customer's next words after `heard`, or undefined when it has nothing (more) to say. */
export function nextReply(script: Script, memory: Memory, heard: string): Reply | undefined {
  const open = script.lines.map((_, index) => index).filter((index) => !memory.said.includes(index));
  if (script.endless && open.length === 0) return nextReply(script, NOTHING_SAID, heard);
  const takesLeave = memory.said.length > 1 && GOODBYE.test(heard);
  if (open.length === 0 || (takesLeave && script.farewell !== undefined)) return farewell(script, memory);
  const fitting =
    memory.said.length > 0 ? open.find((index) => script.lines[index]?.on?.test(heard)) : undefined;
  const chosen = fitting ?? open[0];
  const line = chosen === undefined ? undefined : script.lines[chosen];
  if (chosen === undefined || line === undefined) return undefined;
  const { text, pressed = false } = line;
  return { text, pressed, memory: { ...memory, said: [...memory.said, chosen] } };
}

function farewell(script: Script, memory: Memory): Reply | undefined {
  const texts = script.farewell ?? [];
  const text = texts[memory.farewells];
  if (text === undefined) return undefined;
  const everything = script.lines.map((_, index) => index);
  return { text, pressed: false, memory: { said: everything, farewells: memory.farewells + 1 } };
}
