import type { CallPlan } from "../contract/call-plan.ts";
import type { Brain } from "./brain.ts";
import { scriptedBrain } from "./scripted.ts";

/** What speaks in a call: the model that its organisation or the deployment has, else the script. */
export function openBrain(_env: Env, _plan: CallPlan): Brain {
  return scriptedBrain;
}
