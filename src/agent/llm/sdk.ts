// The one place that loads the model SDK's providers. Never imported but by `import()`.

import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import type { LanguageModelV4, LanguageModelV4CallOptions } from "@ai-sdk/provider";
import { createWorkersAI } from "workers-ai-provider";
import { bounded } from "../../lib/bounded.ts";

/** Far more than any answer has; errors and answers that are not streamed are read whole. */
const LONGEST_ANSWER_BYTES = 4 * 1024 * 1024;
/** Workers AI ends an answer at 256 unless it is told otherwise, which is too little for an analysis. */
const LONGEST_OUTPUT_TOKENS = 4_000;

export function openEndpoint(endpoint: {
  baseUrl: string;
  name: string;
  apiKey: string | null;
}): LanguageModelV4 {
  const { baseUrl, name, apiKey } = endpoint;
  const provider = createOpenAICompatible({
    name: "model",
    baseURL: baseUrl,
    ...(apiKey === null ? {} : { apiKey }),
    // A redirect would carry the key away.
    fetch: async (input, init) =>
      bounded(await fetch(input, { ...init, redirect: "manual" }), LONGEST_ANSWER_BYTES),
  });
  return provider(name);
}

/**
 * The provider tells the console of an event that is no JSON, with its text, and can't be told not to: the one place
 * where a model's words may come into the log, and only broken ones.
 */
export function openWorkersAi(binding: Ai, name: string): LanguageModelV4 {
  const model = createWorkersAI({ binding })(name);
  const { specificationVersion, provider, modelId, supportedUrls } = model;
  return {
    specificationVersion,
    provider,
    modelId,
    supportedUrls,
    doGenerate: (options) => model.doGenerate(limited(options)),
    doStream: (options) => model.doStream(limited(options)),
  };
}

function limited(options: LanguageModelV4CallOptions): LanguageModelV4CallOptions {
  return { ...options, maxOutputTokens: options.maxOutputTokens ?? LONGEST_OUTPUT_TOKENS };
}
