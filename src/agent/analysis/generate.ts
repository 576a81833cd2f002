// The one place that loads the model SDK itself. Never imported but by `import()`.

import { APICallError, type LanguageModelV4 } from "@ai-sdk/provider";
import { generateText, type ModelMessage } from "ai";
import { withDeadline } from "../../lib/deadline.ts";
import { describeError } from "../../lib/log.ts";
import { err, ok, type Result } from "../../lib/result.ts";

const DEADLINE_MS = 60_000;

export type Prompt = { instructions: string; messages: ModelMessage[] };
/** `mayPass`: the same question may be answered later. */
export type ModelFailure = { mayPass: boolean; detail: string };

/** The model's whole answer. It is asked once: whoever asks decides whether to ask again. */
export async function generate(
  model: LanguageModelV4,
  prompt: Prompt,
): Promise<Result<string, ModelFailure>> {
  try {
    const { text } = await withDeadline(DEADLINE_MS, (abortSignal) =>
      generateText({ model, ...prompt, maxRetries: 0, abortSignal }),
    );
    return ok(text);
  } catch (error) {
    // What is no answer of an API in the way it should be is told like any other that makes no sense.
    if (APICallError.isInstance(error) && error.statusCode !== undefined && error.statusCode < 300)
      return ok("");
    return err({ mayPass: mayPass(error), detail: describeError(error) });
  }
}

/** A time-out, a network that failed, a model that is overloaded or out of order; but not a refusal. */
function mayPass(error: unknown): boolean {
  if (!APICallError.isInstance(error) || error.statusCode === undefined) return true;
  return error.statusCode >= 500 || [408, 409, 425, 429].includes(error.statusCode);
}
