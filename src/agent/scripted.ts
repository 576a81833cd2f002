// The agent that needs no model and no network: it qualifies a lead by script, in English, and heeds what
// the customer wishes. Deterministic, so a conversation can be told beforehand to the word.

import type { CallPlan } from "../contract/call-plan.ts";
import type { Line } from "../domain/transcript.ts";
import type { Brain, BrainOutput, Turn } from "./brain.ts";
import { briefOf } from "./brief.ts";
import { disclosureDue, isWithin } from "./disclosure.ts";
import { knownOf } from "./known.ts";
import { findLastWish, type Wish } from "./wishes.ts";

/** What the script goes by. */
export type ScriptTurn = Pick<Turn, "moment" | "lines" | "plan">;

export const scriptedBrain: Brain = {
  async *takeTurn(turn) {
    for (const output of scriptedTurn(turn)) yield output;
  },
};

/**
 * The whole turn at once. Sentences are separate outputs, as a model's words come in pieces.
 *
 * @param owed a disclosure that was not heard yet: it comes first, unless the greeting has it.
 */
export function scriptedTurn(turn: ScriptTurn, owed: string | null = disclosureDue(turn)): BrainOutput[] {
  const outputs = partOf(turn, owed !== null);
  const words = outputs.map((output) => (output.type === "words" ? output.text : "")).join("");
  if (owed === null || isWithin(words, owed)) return outputs;
  const [first, ...rest] = outputs;
  const joined: BrainOutput[] =
    first?.type === "words" ? [{ ...first, text: ` ${first.text}` }, ...rest] : outputs;
  return [{ type: "words", text: owed }, ...joined];
}

/** @param discloses whether a greeting has the disclosure. */
function partOf({ moment, lines, plan }: ScriptTurn, discloses: boolean): BrainOutput[] {
  switch (moment) {
    case "opened":
      return say(greeting(plan, discloses));
    case "resumed":
      return say(`${DROPPED} ${currentQuestion(lines, plan)}`);
    case "silence":
      return say(STILL_THERE);
    case "silence_end":
      return [
        ...say("I can't hear you, so I will hang up now. Goodbye."),
        { type: "end_call", reason: "silence" },
      ];
    case "transferring":
      return say(CONNECTING);
    case "transfer_failed":
      return say(`${NOT_TAKEN} ${currentQuestion(lines, plan)}`);
    case "no_human":
      return say(`${ALL_BUSY} ${currentQuestion(lines, plan)}`);
    case "customer_spoke":
      return reply(lines, plan, discloses);
    // What it asks is short, and each answer is a good end.
    case "time_almost_up":
      return [];
  }
}

const DROPPED = "Sorry, the line dropped for a moment.";
const STILL_THERE = "Hello, are you still there?";
const CONNECTING = "One moment please, I am connecting you with a colleague.";
const NOT_TAKEN = "I am sorry, none of my colleagues could take the call.";
const ALL_BUSY =
  "I am sorry, all my colleagues are busy at the moment. I will ask one of them to call you back.";
/** What is said beside the stages: after it the call stands where it stood. */
const ASIDES = [DROPPED, STILL_THERE, CONNECTING, NOT_TAKEN, ALL_BUSY];

const FAREWELLS: Record<
  Exclude<Wish, "human">,
  { words: string; reason: "dnc_request" | "wrong_number" | "hostile_caller" | "agent_hangup" }
> = {
  opt_out: {
    words: "I am sorry for the disturbance. I have taken your number off our list. Goodbye.",
    reason: "dnc_request",
  },
  wrong_number: {
    words: "I am sorry, I must have the wrong number. Goodbye.",
    reason: "wrong_number",
  },
  hostile: { words: "I am sorry to have bothered you. Goodbye.", reason: "hostile_caller" },
  later: { words: "No problem at all. Thank you for your time. Goodbye.", reason: "agent_hangup" },
  done: { words: "Thank you for your time. Have a lovely day. Goodbye!", reason: "agent_hangup" },
};

function reply(lines: readonly Line[], plan: CallPlan, discloses: boolean): BrainOutput[] {
  const wish = findLastWish(lines);
  if (wish === "human") {
    const target = plan.campaign.config.transfer_queue;
    if (target !== undefined) return [{ type: "transfer_to_human", target, brief: briefOf(plan, lines) }];
    return say(`I will ask a colleague to call you back. ${currentQuestion(lines, plan)}`);
  }
  if (wish !== null) {
    const { words, reason } = FAREWELLS[wish];
    return [...say(words), { type: "end_call", reason }];
  }
  const asked = stagesAsked(lines, plan);
  if (asked === 0) return say(greeting(plan, discloses));
  return say(stages(plan)[asked] ?? "I see. Please tell me more.");
}

/** The agent's part, one entry a turn. The first greets; after the last only the customer ends the call. */
function stages(plan: CallPlan): string[] {
  const { product, value } = knownOf(plan);
  return [
    greeting(plan, true),
    product === null
      ? "Great, thank you. What are you looking for at the moment?"
      : `Great, thank you. I saw that you were looking at the ${product}. What do you like about it?`,
    "That makes sense. What matters most to you: comfort, price or delivery?",
    value === null
      ? "Good to know. Do you have a budget in mind?"
      : `Good to know. Your basket comes to ${value}. Does that fit your budget?`,
    "Understood. How soon would you need it?",
    "We can do that. Which day suits you best?",
    "Perfect. Shall I send you the details by text message?",
    "Wonderful. Is there anything else I can help you with?",
  ];
}

function greeting(plan: CallPlan, discloses: boolean): string {
  const { agent, callType, campaign, organisationName } = plan;
  const firstName = knownOf(plan).name?.split(/\s+/)[0];
  const name = firstName === undefined ? "" : ` ${firstName}`;
  const [opening, question] =
    callType === "inbound"
      ? [
          `Hello${name}, thank you for calling ${organisationName}. This is ${agent.name}.`,
          "How can I help you?",
        ]
      : [
          `Hi${name}, this is ${agent.name} calling from ${organisationName}.`,
          "Is this a good time to talk?",
        ];
  const disclosure = discloses && campaign.config.record ? campaign.config.recording_disclosure : undefined;
  return [opening, disclosure, question].filter((part) => part !== undefined).join(" ");
}

/** How many stages were said, by the last one found in the transcript; a cut-off line still counts. */
function stagesAsked(lines: readonly Line[], plan: CallPlan): number {
  const said = saidBy(lines, plan);
  const asked = stages(plan).findLastIndex((stage) => said.some((text) => isPartOf(text, stage))) + 1;
  return asked === 0 && isTakenUp(said) ? 1 : asked;
}

/** The question that is open; of a talk that began without the script, the first that it would ask. */
function currentQuestion(lines: readonly Line[], plan: CallPlan): string {
  const asked = stagesAsked(lines, plan);
  const isFirst = asked === 1 && !saidBy(lines, plan).some((text) => isPartOf(text, stages(plan)[0] ?? ""));
  const stage = stages(plan)[isFirst ? 1 : Math.max(0, asked - 1)] ?? "";
  return stage.split(/(?<=[.!?])\s+/).at(-1) ?? "";
}

/** Without the disclosure that may stand before it: it is nobody's part. */
function saidBy(lines: readonly Line[], { campaign }: CallPlan): string[] {
  const disclosure = campaign.config.recording_disclosure?.trim() ?? "";
  return lines
    .filter((line) => line.speaker === "agent")
    .map(({ text }) => (text.startsWith(disclosure) ? text.slice(disclosure.length).trimStart() : text))
    .filter((text) => text !== "" && !disclosure.startsWith(text));
}

/** The agent has talked otherwise than by the script, and so has greeted. */
function isTakenUp(said: readonly string[]): boolean {
  return said.some((text) => !ASIDES.some((aside) => isPartOf(text, aside) || text.startsWith(aside)));
}

function isPartOf(text: string, stage: string): boolean {
  return text !== "" && (stage.startsWith(text) || text.endsWith(stage));
}

function say(text: string): BrainOutput[] {
  return text
    .split(/(?<=[.!?])\s+/)
    .filter((sentence) => sentence !== "")
    .map((sentence, index) => ({ type: "words", text: index === 0 ? sentence : ` ${sentence}` }));
}
