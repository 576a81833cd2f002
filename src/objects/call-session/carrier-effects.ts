// What the machine asks of the outside while it dials and watches over a call. Each effect is answered by
// the event that tells the machine what came of it; none for a hang-up, whose proof is the call's end.

import { readConfig } from "../../config.ts";
import type { CallPlan } from "../../contract/call-plan.ts";
import type { Db } from "../../db/client.ts";
import { isOptedOut } from "../../db/opt-outs.ts";
import type { CallEffect, CallEvent } from "../../domain/call/events.ts";
import { REDIRECT } from "../../domain/call/questions.ts";
import { logError, logInfo } from "../../lib/log.ts";
import { carrierGateOf } from "../../stubs/stubs.ts";
import type {
  CommandResult,
  CreateResult,
  LookupResult,
  RecordingList,
  TelephonyProvider,
} from "../../telephony/provider.ts";
import { nearestPlaceOf, openProvider } from "../../telephony/registry.ts";
import { callUrls } from "../../telephony/urls.ts";
import { instructLine } from "./instructions.ts";
import type { Call } from "./store.ts";
import { timeLimitSeconds, USUAL_TIME_LIMIT_SECONDS } from "./time-limits.ts";

export type EffectContext = { env: Env; db: Db };

/** A slot is kept for no longer than a call can live after its dial deadline, the ways to humans included. */
const LEASE_MARGIN_MS = 720_000;

export type CarrierEffect = Extract<
  CallEffect,
  {
    type:
      | "reserve_slot"
      | "check_opt_out"
      | "create_call"
      | "find_call"
      | "fetch_call"
      | "redirect"
      | "hang_up";
  }
>;

export async function runCarrierEffect(
  context: EffectContext,
  call: Call,
  effect: CarrierEffect,
): Promise<CallEvent | null> {
  switch (effect.type) {
    case "reserve_slot":
      return reserveSlot(context, call);
    case "check_opt_out":
      return {
        type: "opt_out_checked",
        optedOut: await isOptedOut(context.db, call.plan.orgId, call.plan.to),
      };
    case "create_call":
      return createCall(context, call);
    case "find_call":
    case "fetch_call":
      return lookUp(context, call);
    case "redirect":
      return redirect(context, call);
    case "hang_up":
      await hangUp(context, call);
      return null;
  }
}

/** Hangs up at the carrier. Throws if that can't be said to have been heard. */
export async function hangUp({ env }: EffectContext, { plan, state }: Call): Promise<void> {
  if (state.carrierCallId === null) return;
  const provider = await providerOf(env, plan);
  const result = await provider.hangUp(state.carrierCallId);
  if (result.kind === "failed") throw new Error(`The carrier did not hang up: ${result.detail}`);
}

/**
 * Tells the carrier how long the call may last by now; an inbound one also to report, as one that it placed for us
 * was created to do. One request for both, so that none can overtake the other with an older limit.
 */
export async function setLimits({ env }: EffectContext, call: Call): Promise<void> {
  const { plan, state } = call;
  const { carrierCallId } = state;
  if (carrierCallId === null || state.status === "ended") return;
  const provider = await providerOf(env, plan);
  const { status: statusUrl } = callUrls(readConfig(env).PUBLIC_BASE_URL, plan.carrierId, plan.callId);
  const tell = (seconds: number): Promise<CommandResult> =>
    state.inbound
      ? provider.takeCharge(carrierCallId, { timeLimitSeconds: seconds, statusUrl })
      : provider.setTimeLimit(carrierCallId, seconds);
  const seconds = timeLimitSeconds(call);
  const result = await tell(seconds);
  if (result.kind !== "failed") return;
  logInfo("limit_not_taken", { call_id: plan.callId, seconds, detail: result.detail });
  // An account without the switch for long calls: as long as it may be, then.
  const isTooLong = isRefused(result.httpStatus) && seconds > USUAL_TIME_LIMIT_SECONDS;
  const usual = isTooLong ? await tell(USUAL_TIME_LIMIT_SECONDS) : result;
  if (usual.kind === "failed") throw new Error(`The carrier did not take the limit: ${usual.detail}`);
}

/** What the carrier has recorded of the call. Throws if it does not say. */
export async function listRecordings(
  { env }: EffectContext,
  { plan, state }: Call,
): Promise<Extract<RecordingList, { kind: "listed" }>> {
  if (state.carrierCallId === null) return { kind: "listed", ready: [], isAwaited: false };
  const provider = await providerOf(env, plan);
  const list = await provider.listRecordings(state.carrierCallId);
  if (list.kind === "failed") throw new Error(`The carrier did not list the recordings: ${list.detail}`);
  logInfo("recordings_listed", {
    call_id: plan.callId,
    ready: list.ready.length,
    awaited: list.isAwaited,
  });
  return list;
}

function isRefused(httpStatus: number | null): boolean {
  return httpStatus !== null && httpStatus >= 400 && httpStatus < 500 && httpStatus !== 429;
}

function providerOf(env: Env, { carrierId, carrier }: CallPlan): Promise<TelephonyProvider> {
  return openProvider({ id: carrierId, ...carrier }, readConfig(env));
}

async function reserveSlot({ env }: EffectContext, { plan, state }: Call): Promise<CallEvent> {
  const { dialDeadlineMs, ringTimeoutMs, maxDurationMs, bridgeMaxDurationMs } = state.limits;
  const answer = await carrierGateOf(env, plan.carrierId, nearestPlaceOf(plan.carrier)).reserve({
    callId: plan.callId,
    attempt: state.dialAttempt,
    limits: plan.gate,
    leaseMs: dialDeadlineMs + ringTimeoutMs + maxDurationMs + bridgeMaxDurationMs + LEASE_MARGIN_MS,
    deadlineMs: state.acceptedAtMs + dialDeadlineMs,
  });
  switch (answer.kind) {
    case "granted":
      return { type: "slot_granted", startAtMs: answer.startAtMs };
    case "full":
      return { type: "slot_full", retryAtMs: answer.retryAtMs };
    case "too_late":
      return { type: "slot_too_late" };
  }
}

/** The one call of `provider.createCall`. That it is asked was stored before this runs. */
async function createCall(context: EffectContext, call: Call): Promise<CallEvent> {
  const { plan, state } = call;
  const provider = await openOrNull(context.env, plan);
  if (provider === null) return { type: "create_refused", reason: "platform_error" };
  const urls = callUrls(readConfig(context.env).PUBLIC_BASE_URL, plan.carrierId, plan.callId);
  const result = await provider.createCall({
    to: plan.to,
    from: plan.from,
    ringTimeoutSeconds: Math.round(state.limits.ringTimeoutMs / 1000),
    timeLimitSeconds: timeLimitSeconds(call),
    // Whoever speaks into a machine's own greeting is not heard.
    machineDetection: plan.campaign.config.voicemail === "leave_message" ? "message_end" : "answer",
    urls,
  });
  if (result.kind !== "accepted") logInfo("create_not_accepted", describe(plan.callId, result));
  switch (result.kind) {
    case "accepted":
      return { type: "create_accepted", carrierCallId: result.carrierCallId };
    case "refused":
      return { type: "create_refused", reason: result.reason };
    case "throttled":
      return { type: "create_throttled", retryAfterMs: result.retryAfterMs };
    case "unknown":
      return { type: "create_unanswered" };
  }
}

/** Null if the account can't be opened: then nothing was asked of the carrier, and the call may say so. */
async function openOrNull(env: Env, plan: CallPlan): Promise<TelephonyProvider | null> {
  try {
    return await providerOf(env, plan);
  } catch (error) {
    logError("carrier_account_unusable", error, { call_id: plan.callId });
    return null;
  }
}

/** By id where the id is known, else by numbers and time. */
async function lookUp(context: EffectContext, { plan, state }: Call): Promise<CallEvent> {
  const provider = await providerOf(context.env, plan);
  const result: LookupResult =
    state.carrierCallId === null
      ? await provider.findCall({
          to: plan.to,
          from: plan.from,
          sinceMs: state.requestedAtMs ?? state.acceptedAtMs,
        })
      : await provider.fetchCall(state.carrierCallId);
  switch (result.kind) {
    case "found":
      return { type: "carrier_report", report: result.report };
    case "none":
      return { type: "lookup_empty" };
    case "failed":
      logInfo("carrier_lookup_failed", { call_id: plan.callId, detail: result.detail });
      return { type: "lookup_failed" };
  }
}

/** Tells the carrier what to do with the line. If the line is gone, the carrier's record tells how. */
async function redirect(context: EffectContext, call: Call): Promise<CallEvent | null> {
  const { plan, state } = call;
  const { carrierCallId, transfer } = state;
  const instruction = instructLine(context.env, call, { asker: REDIRECT, part: "resumption" });
  // Another order has taken the place of this one.
  if (carrierCallId === null || instruction.kind === "wait") return null;
  const provider = await providerOf(context.env, plan);
  const result = await provider.redirect(carrierCallId, instruction);
  if (result.kind === "done") return null;
  if (result.kind === "already_over") return lookUp(context, call);
  logInfo("redirect_failed", { call_id: plan.callId, detail: result.detail });
  const human = instruction.kind === "dial" ? transfer?.human : null;
  const was = transfer && human ? { transferId: transfer.id, humanId: human.id } : null;
  return { type: "redirect_failed", was, isCertain: isNotDone(result.httpStatus) };
}

/** After another failure of its own it may have been done all the same. */
function isNotDone(httpStatus: number | null): boolean {
  return httpStatus !== null && ((httpStatus >= 400 && httpStatus < 500) || httpStatus === 503);
}

function describe(callId: string, result: Exclude<CreateResult, { kind: "accepted" }>) {
  const detail =
    result.kind === "refused"
      ? `${result.reason} ${result.carrierCode}`
      : result.kind === "unknown"
        ? result.detail
        : `retry after ${result.retryAfterMs} ms`;
  return { call_id: callId, kind: result.kind, detail };
}
