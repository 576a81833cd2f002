// What the analysis needs of the model SDK. Never imported but by `import()`, and apart from what a talk needs of it, which
// is less: a talk must not wait for this to be loaded.

import type { LanguageModelV4 } from "@ai-sdk/provider";
import { generateText, type ModelMessage } from "ai";
import { withDeadline } from "../../lib/deadline.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { failureOf } from "../llm/failure.ts";

const DEADLINE_MS = 60_000;

export type Prompt = { instructions: string; messages: ModelMessage[] };
/** `mayPass`: the same question may be answered later. */
export type NoAnalysis = { mayPass: boolean; detail: string };

/** The model's whole answer. It is asked once: whoever asks decides whether to ask again. */
export async function generate(model: LanguageModelV4, prompt: Prompt): Promise<Result<string, NoAnalysis>> {
  try {
    const { text } = await withDeadline(DEADLINE_MS, (abortSignal) =>
      generateText({ model, ...prompt, maxRetries: 0, abortSignal }),
    );
    return ok(text);
  } catch (error) {
    const { reason, mayPass } = failureOf(error);
    // A page of a proxy, say: it is told like any other answer that makes no sense.
    return reason === "broken_answer" ? ok("") : err({ mayPass, detail: reason });
  }
}
