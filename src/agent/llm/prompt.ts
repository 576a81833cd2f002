// All that a model is told for one turn.

import type { LanguageModelV4Prompt } from "@ai-sdk/provider";
import type { Turn } from "../brain.ts";
import { instructionsOf } from "./instructions.ts";
import { messagesOf } from "./messages.ts";
import type { ToolName } from "./tools.ts";

export function promptOf(turn: Turn, tools: readonly ToolName[]): LanguageModelV4Prompt {
  return [{ role: "system", content: instructionsOf(turn, tools) }, ...messagesOf(turn)];
}
