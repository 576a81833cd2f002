import { z } from "zod";
import { wordsOfCustomer, type AnalysedCall, type Analysis } from "../../agent/analysis/analysed-call.ts";
import { analyseByModel, type NoAnalysis } from "../../agent/analysis/llm.ts";
import { analyseByRules } from "../../agent/analysis/rules.ts";
import { openModel } from "../../agent/model.ts";
import type { CallEventMessage } from "../../contract/messages.ts";
import { findCallToAnalyse, writeAnalysis, type CallToAnalyse } from "../../db/analyses.ts";
import type { Details } from "../../domain/call/details.ts";
import { parsePhone } from "../../domain/phone.ts";
import { describeError, logError, logInfo } from "../../lib/log.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import { askTwice } from "../../stubs/ask-twice.ts";
import { callSessionOf } from "../../stubs/stubs.ts";
import type { ServiceContext } from "../context.ts";

/** A model that fails is asked so often, and not waited for any longer. */
const MODEL_ATTEMPTS = 3;

/** Judges a call that is over, once, and tells the call's object that it is done. Throws to be tried again. */
export async function analyseCall(
  context: ServiceContext,
  { call_id: callId }: Extract<CallEventMessage, { type: "call_ended" }>,
  attempt: number,
): Promise<void> {
  const { env, db } = context;
  const [call, details] = await Promise.all([findCallToAnalyse(db, callId), readDetails(env, callId)]);
  if (call !== null && !call.isAnalysed) {
    const { optOut, ...analysis } = await judge(context, call, details, attempt);
    // Who withholds the number can't be called, and so not opted out either.
    const wish = {
      optOut: optOut && parsePhone(call.customer) !== null,
      atSeconds: toEpochSeconds(Date.now()),
    };
    await writeAnalysis(db, call, analysis, wish);
  }
  await askTwice(async () => callSessionOf(env, callId).callAnalysed());
}

/** What the agent recorded; nothing, if the object has forgotten the call. */
async function readDetails(env: Env, callId: string): Promise<Details> {
  const snapshot = await askTwice(async () => callSessionOf(env, callId).snapshot());
  return z.record(z.string(), z.unknown()).parse(JSON.parse(snapshot?.details ?? "{}"));
}

async function judge(
  context: ServiceContext,
  { status, outcome, endedReason, ...rest }: CallToAnalyse,
  details: Details,
  attempt: number,
): Promise<Analysis> {
  if (status !== "ended" || outcome === null || endedReason === null) {
    throw new Error("The call's row does not say that it has ended");
  }
  const call = { ...rest, outcome, endedReason, details };
  const byRules = analyseByRules(call);
  const mayAsk = isTalk(call) && attempt <= MODEL_ATTEMPTS;
  const byModel = mayAsk ? await askModel(context, call, byRules) : null;
  if (byModel?.ok === true) {
    logInfo("call_analysed", { call_id: call.callId, by: "model" });
    return byModel.value;
  }
  if (byModel !== null) {
    const { mayPass, detail } = byModel.error;
    if (mayPass && attempt < MODEL_ATTEMPTS) throw new Error(`The model does not answer: ${detail}`);
    logError("model_analysis_failed", detail, { call_id: call.callId, attempt });
  }
  logInfo("call_analysed", { call_id: call.callId, by: "rules" });
  return byRules;
}

/** A person answered, and said something: there is no use for a model where there is nothing to understand. */
function isTalk(call: AnalysedCall): boolean {
  return call.outcome === "connected" && wordsOfCustomer(call).length > 0;
}

/** Null if there is no model. */
async function askModel(
  { env }: ServiceContext,
  call: AnalysedCall & Pick<CallToAnalyse, "orgId" | "model">,
  byRules: Analysis,
): Promise<Result<Analysis, NoAnalysis> | null> {
  const opened = await openModel(env, call).then(ok, (error: unknown) =>
    // An address that is forbidden, or a key that does not open, is so tomorrow too.
    err({ mayPass: false, detail: describeError(error) }),
  );
  if (!opened.ok) return opened;
  if (opened.value === null) return null;
  return analyseByModel(opened.value, call, byRules);
}
