import type { LanguageModelV4 } from "@ai-sdk/provider";
import { readConfig } from "../config.ts";
import type { CallPlan } from "../contract/call-plan.ts";
import { AGENT_TURN_MS } from "../domain/call/relay.ts";
import type { Brain } from "./brain.ts";
import { llmBrain, TRIES, type TurnTimes } from "./llm/llm-brain.ts";
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
    times: turnTimes(readConfig(env).MODEL_TIMEOUT_SECONDS * 1000),
  });
}

/** All tries may take their whole time; the variable's bound leaves the last of them enough for its first words. */
export function turnTimes(firstMs: number): TurnTimes {
  const turnMs = Math.max(AGENT_TURN_MS - MARGIN_MS, TRIES * firstMs + STALL_MS);
  return { firstMs, stallMs: STALL_MS, turnMs };
}

/**
 * Has the model ready before the call's first turn: loading what speaks to it takes time that nobody waits for while
 * the line is still being connected. Whether it can be had, that turn will tell.
 */
export async function prepareBrain(env: Env, plan: CallPlan): Promise<void> {
  if (hasModel(env, plan)) await openOnce(env, plan).catch(() => null);
}

/** A key is unsealed once for each plan in memory, not at each turn. */
const models = new WeakMap<CallPlan, Promise<LanguageModelV4 | null>>();

function openOnce(env: Env, plan: CallPlan): Promise<LanguageModelV4 | null> {
  const known = models.get(plan);
  if (known !== undefined) return known;
  const opened = openModel(env, plan);
  models.set(plan, opened);
  opened.catch(() => models.delete(plan));
  return opened;
}
