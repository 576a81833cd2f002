// The one place that loads the model SDK's providers. Never imported but by `import()`.

import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import type { LanguageModelV4 } from "@ai-sdk/provider";
import { createWorkersAI } from "workers-ai-provider";

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
    fetch: (input, init) => fetch(input, { ...init, redirect: "manual" }),
  });
  return provider(name);
}

export function openWorkersAi(binding: Ai, name: string): LanguageModelV4 {
  return createWorkersAI({ binding })(name);
}
