// The analysis by a model. Its answer is asked for as plain text with a JSON object in it, not by an API's own way of
// structured output: not every endpoint has one, and those that don't refuse the question or ignore the wish.

import type { LanguageModelV4 } from "@ai-sdk/provider";
import { z } from "zod";
import { err, ok, type Result } from "../../lib/result.ts";
import { wishesOptOutForSure } from "../opt-out-wish.ts";
import { wordsOfCustomer, type AnalysedCall, type Analysis } from "./analysed-call.ts";
import { cleanObject } from "./clean.ts";
import { findJsonObjects } from "./find-json.ts";
import type * as generating from "./generate.ts";
import type { NoAnalysis } from "./generate.ts";
import { callPrompt, systemPrompt } from "./prompt.ts";
import { modelAnalysisSchema, type ModelAnalysis } from "./schema.ts";

export type { NoAnalysis };

/** What a model is told of its own answer that did not fit, in characters. */
const MAX_QUOTED_LENGTH = 4_000;

/** @param byRules the analysis by rules: what it says where the model does not. */
export async function analyseByModel(
  model: LanguageModelV4,
  call: AnalysedCall,
  byRules: Analysis,
): Promise<Result<Analysis, NoAnalysis>> {
  const answered = await askTwice(model, call);
  if (!answered.ok) return answered;
  const { summary, sentiment, extraction, qms_scores: qmsScores, opt_out_requested: wished } = answered.value;
  return ok({
    summary,
    sentiment,
    extraction: { ...cleanObject(call.details), ...extraction },
    qmsScores,
    optOut: (wished ?? byRules.optOut) || wordsOfCustomer(call).some(wishesOptOutForSure),
  });
}

let loaded: typeof generating | undefined;

/** As with the providers of a talk: the module is kept, no promise. */
export async function loadGenerate(): Promise<typeof generating> {
  return (loaded ??= await import("./generate.ts"));
}

/** Once more, with what was wrong, if the first answer does not fit. */
async function askTwice(
  model: LanguageModelV4,
  call: AnalysedCall,
): Promise<Result<ModelAnalysis, NoAnalysis>> {
  const { generate } = await loadGenerate();
  const instructions = systemPrompt(call);
  const question = { role: "user" as const, content: callPrompt(call) };
  const first = await generate(model, { instructions, messages: [question] });
  if (!first.ok) return first;
  const read = readAnswer(call, first.value);
  if (read.ok) return read;
  const correction = `Your answer can't be used: ${read.error}. Answer with the JSON object alone, as described.`;
  const second = await generate(model, {
    instructions,
    messages: [
      question,
      { role: "assistant", content: first.value.slice(0, MAX_QUOTED_LENGTH).toWellFormed() || "(nothing)" },
      { role: "user", content: correction },
    ],
  });
  if (!second.ok) return second;
  const readAgain = readAnswer(call, second.value);
  return readAgain.ok ? readAgain : err({ mayPass: false, detail: `unusable twice: ${readAgain.error}` });
}

/** The last object that fits: what comes before it was thought aloud. */
function readAnswer(call: AnalysedCall, text: string): Result<ModelAnalysis, string> {
  const schema = modelAnalysisSchema(call);
  let problem = "there is no JSON object in it";
  for (const object of findJsonObjects(text).toReversed()) {
    const parsed = schema.safeParse(object);
    if (parsed.success) return ok(parsed.data);
    problem = z.prettifyError(parsed.error).replaceAll("\n", " ").slice(0, 1_000);
  }
  return err(problem);
}
