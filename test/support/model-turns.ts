// One turn of an agent whose model is a test's own.

import { env } from "cloudflare:workers";
import type { Turn } from "../../src/agent/brain.ts";
import { llmBrain, type TurnTimes } from "../../src/agent/llm/llm-brain.ts";
import { openModel } from "../../src/agent/model.ts";
import type { Replies, Reply } from "./model-replies.ts";
import { openTalk, requestsOf, type ModelTalk } from "./model-talks.ts";
import { planOf, type PlanChanges } from "./plans.ts";
import { deedsIn, outputsOf, turnOf, wordsIn } from "./turns.ts";

/** Longer than any answer takes that comes at all. */
export const PATIENT: TurnTimes = { firstMs: 4_000, stallMs: 4_000, turnMs: 20_000 };
/** Shorter than any answer takes that is late; a test waits for it. */
export const HASTY: TurnTimes = { firstMs: 300, stallMs: 300, turnMs: 5_000 };

export const APOLOGY = "I am sorry, I had a small technical problem.";
export const GREETING = "Hi, this is Aria calling from Luminary Home. Is this a good time to talk?";
export const AGAIN = "Sorry, could you say that again?";
export const FINE: Reply = { words: ["Of", " course."] };

type Case = {
  replies: Replies;
  turn?: Partial<Turn>;
  plan?: PlanChanges;
  times?: TurnTimes;
  signal?: AbortSignal;
};

/** One turn of an agent whose model answers so. */
export async function take({ replies, turn = {}, plan = {}, times = PATIENT, signal }: Case) {
  const talk = await openTalk(replies);
  const outputs = await outputsOf(brainOf(talk, plan, times), ...turnTo(talk, turn, plan, signal));
  const requests = await requestsOf(talk);
  return { talk, outputs, words: wordsIn(outputs), deeds: deedsIn(outputs), requests };
}

export function brainOf(talk: ModelTalk, plan: PlanChanges, times: TurnTimes) {
  return llmBrain({ openModel: () => openModel(env, planFor(talk, plan)), times });
}

export function turnTo(
  talk: ModelTalk,
  turn: Partial<Turn>,
  plan: PlanChanges,
  signal = new AbortController().signal,
): [Turn, AbortSignal] {
  return [turnOf({ ...turn, plan: planFor(talk, plan) }), signal];
}

function planFor({ baseUrl }: ModelTalk, changes: PlanChanges) {
  return planOf({ model: { baseUrl, name: "test-model", apiKeyEncrypted: null }, ...changes });
}

/** An answer that asks for one tool, without a word. */
export const asks = (name: string, args: unknown): Reply => ({ tools: [{ name, arguments: args }] });
