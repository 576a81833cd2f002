import type { LanguageModelV4 } from "@ai-sdk/provider";
import { readConfig } from "../config.ts";
import type { CallPlan } from "../contract/call-plan.ts";
import { AGENT_TURN_MS } from "../domain/call/relay.ts";
import type { Brain } from "./brain.ts";
import { llmBrain } from "./llm/llm-brain.ts";
import { hasModel, openModel } from "./model.ts";
import { scriptedBrain } from "./scripted.ts";

/** A model that has begun to speak goes on soon or not at all. */
const STALL_MS = 5_000;
/** Time enough to say something else before the agent counts as silent. */
const MARGIN_MS = 5_000;

/** What speaks in a call: the model that its organisation or the deployment has, else the script. */
export function openBrain(env: Env, plan: CallPlan): Brain {
  if (!hasModel(env, plan)) return scriptedBrain;
  return llmBrain({
    openModel: () => openOnce(env, plan),
    times: {
      firstMs: readConfig(env).MODEL_TIMEOUT_SECONDS * 1000,
      stallMs: STALL_MS,
      turnMs: AGENT_TURN_MS - MARGIN_MS,
    },
  });
}

/** A key is unsealed once for each plan in memory, not at each turn. */
const models = new WeakMap<CallPlan, LanguageModelV4>();

async function openOnce(env: Env, plan: CallPlan): Promise<LanguageModelV4 | null> {
  const known = models.get(plan);
  if (known !== undefined) return known;
  const model = await openModel(env, plan);
  if (model !== null) models.set(plan, model);
  return model;
}
