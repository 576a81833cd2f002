// A stand-in of a sensible model, by plain patterns: towards the sandbox's people it does what a good agent would. It
// keeps nothing; all that it goes by stands in the request, so it answers the same every time.

import { z } from "zod";
import type { Reply } from "../../support/model-replies.ts";

const requestSchema = z.object({
  messages: z.array(z.object({ role: z.string(), content: z.string().nullish() })),
  tools: z.array(z.object({ function: z.object({ name: z.string() }) })).default([]),
});
type Asked = z.infer<typeof requestSchema>;

/** What it wants to know, in order; the sandbox's customers have an answer to each. */
const QUESTIONS = [
  "What are you looking for?",
  "What is most important to you?",
  "May I ask what budget you have in mind?",
  "How soon should we deliver it?",
  "Which day suits you best?",
  "Shall I send you a confirmation by text message?",
  "Is there anything else I can do for you?",
] as const;
const RAMBLING = "I see, please go on.";

/** Wishes of a customer, the weightiest first. */
const WISHES = [
  {
    sign: /never call|do not call|don't call|off your list/i,
    words: "I am sorry. We will not call you again. Goodbye.",
    reason: "dnc_request",
  },
  {
    sign: /wrong number/i,
    words: "My apologies, I have the wrong number. Goodbye.",
    reason: "wrong_number",
  },
  { sign: /scam|idiot|get lost/i, words: "I will leave you alone. Goodbye.", reason: "hostile_caller" },
  {
    sign: /\bbye\b|goodbye|that's everything|that's all/i,
    words: "Thank you for your time. Goodbye!",
    reason: "agent_hangup",
  },
] as const;
const WANTS_HUMAN = /real person|a human|talk to (someone|somebody)/i;

/** What the phone system may tell, by a word that stands in it. */
const DIRECTIONS: readonly [RegExp, (asked: Asked) => Reply][] = [
  [/hangs up|hung up|ends after/i, () => say("I cannot hear you, so I will say goodbye for now.")],
  [/said nothing|silen/i, () => say("Hello, are you still there?")],
  [/is back|interrupted/i, (asked) => say(`Sorry, I lost you for a moment. ${currentQuestion(asked)}`)],
  [/hold the line/i, () => say("One moment please, a colleague will be with you.")],
  [/colleague/i, (asked) => say(`I am sorry, none of my colleagues is free. ${currentQuestion(asked)}`)],
  [/comes to a close|almost (up|over)|time left/i, () => say("I am afraid our time is almost over.")],
];

/** How the question about a call that is over begins. */
const ANALYSIS = /^You analyse a finished phone call/;

export function personaReply(body: unknown): Reply {
  const asked = requestSchema.parse(body);
  if (ANALYSIS.test(asked.messages[0]?.content ?? "")) {
    return { json: { summary: "They talked.", sentiment: "neutral" } };
  }
  const [last] = asked.messages.filter(({ role }) => role === "user").slice(-1);
  const said = last?.content ?? "";
  const direction = /^\[(?!pressed)([^\]]*)\]$/.exec(said.split("\n").at(-1) ?? "")?.[1];
  if (direction !== undefined) {
    const reply = DIRECTIONS.find(([sign]) => sign.test(direction))?.[1];
    return reply?.(asked) ?? say("Hello, this is a friendly voice. Is this a good moment to talk?");
  }
  return replyTo(said, asked);
}

function replyTo(said: string, asked: Asked): Reply {
  const wish = WISHES.find(({ sign }) => sign.test(said));
  if (wish !== undefined) {
    return { ...say(wish.words), tools: [{ name: "end_call", arguments: { reason: wish.reason } }] };
  }
  if (WANTS_HUMAN.test(said)) {
    const offered = asked.tools.some((tool) => tool.function.name === "transfer_to_human");
    const brief = "The customer asks for a person.";
    if (offered) return { tools: [{ name: "transfer_to_human", arguments: { brief } }] };
    return say(`A colleague will call you back. ${currentQuestion(asked)}`);
  }
  const reply = say(QUESTIONS[questionsAsked(asked)] ?? RAMBLING);
  if (!/thousand/i.test(said)) return reply;
  return { ...reply, tools: [{ name: "record_details", arguments: { details: { budget: 1000 } } }] };
}

function currentQuestion(asked: Asked): string {
  return QUESTIONS[Math.max(0, questionsAsked(asked) - 1)] ?? RAMBLING;
}

/** A question of which only the beginning was heard was asked all the same. */
function questionsAsked({ messages }: Asked): number {
  const said = messages.filter(({ role }) => role === "assistant").map(({ content }) => content ?? "");
  return QUESTIONS.findLastIndex((question) => said.some((text) => text.includes(question.slice(0, 8)))) + 1;
}

function say(text: string): Reply {
  return { words: text.split(/(?= )/) };
}
