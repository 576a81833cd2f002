// What the carrier is told to do with a line, in the words of the provider's contract.

import { readConfig } from "../../config.ts";
import type { CallPlan } from "../../contract/call-plan.ts";
import { ownNumberOf } from "../../domain/call/parties.ts";
import { lineInstruction } from "../../domain/call/questions.ts";
import type { TransferState } from "../../domain/call/transfer-state.ts";
import { HUMAN_RINGS_SECONDS } from "../../domain/call/transfer-steps.ts";
import { voicemailMessage } from "../../domain/voicemail.ts";
import { KEY_WAIT_SECONDS, whisperWords } from "../../domain/call/whisper.ts";
import type { LineInstruction } from "../../telephony/provider.ts";
import { callUrls, humanUrls, type CallUrls, type HumanUrls } from "../../telephony/urls.ts";
import { longestTimeLimitSeconds } from "./time-limits.ts";
import type { Call } from "./store.ts";

/** The carrier's own limit on two people's talk stands behind ours, so that ours decides. */
const BRIDGE_MARGIN_SECONDS = 60;
/** An order that is on its way to the carrier has come by then. */
const WAIT_SECONDS = 5;

/**
 * What is to be done with the customer's line, given where the call stands.
 *
 * @param asker the question that is answered, or the redirect (domain/call/questions.ts).
 * @param part the recording is ordered at the talk's beginning and lasts to the call's end.
 */
export function instructLine(
  env: Env,
  call: Call,
  { asker, part }: { asker: string; part: "beginning" | "resumption" },
): LineInstruction {
  const { plan, state } = call;
  switch (lineInstruction(state, asker)) {
    case "hang_up":
      return { kind: "hang_up" };
    case "leave_message": {
      const message = voicemailMessage(plan);
      return message === null ? { kind: "hang_up" } : { kind: "say", ...message };
    }
    case "relay":
      return relayInstruction(env, plan, part);
    case "dial": {
      const dial = state.transfer === null ? null : dialInstruction(env, call, state.transfer, part);
      return dial ?? relayInstruction(env, plan, part);
    }
    case "wait":
      return { kind: "wait", seconds: WAIT_SECONDS, thenUrl: urlsOf(env, plan).relayEnd };
  }
}

/** Told to the human who has picked up; null if nobody is offered the call. */
export function whisperInstruction(env: Env, { plan, state }: Call): LineInstruction | null {
  const { transfer } = state;
  const urls = transfer === null ? null : urlsFor(env, plan, transfer);
  if (transfer === null || urls === null) return null;
  return {
    kind: "whisper",
    text: whisperWords(transfer),
    language: plan.agent.voice.language_code,
    keyWaitSeconds: transfer.accept === "key" ? KEY_WAIT_SECONDS : null,
    acceptUrl: urls.accept,
  };
}

function dialInstruction(
  env: Env,
  { plan, state }: Call,
  transfer: TransferState,
  part: "beginning" | "resumption",
): LineInstruction | null {
  const urls = urlsFor(env, plan, transfer);
  const { human } = transfer;
  if (urls === null || human === null) return null;
  const bridgeSeconds = Math.round(state.limits.bridgeMaxDurationMs / 1000) + BRIDGE_MARGIN_SECONDS;
  return {
    kind: "dial",
    to:
      human.phone === null
        ? { kind: "sip", address: human.sip ?? "" }
        : { kind: "phone", number: human.phone },
    callerId: ownNumberOf(plan),
    ringTimeoutSeconds: HUMAN_RINGS_SECONDS,
    timeLimitSeconds: Math.min(longestTimeLimitSeconds(state.limits), bridgeSeconds),
    whisperUrl: urls.whisper,
    actionUrl: urls.dialEnd,
    recordingUrl: recordingUrl(env, plan, part),
  };
}

function urlsFor(env: Env, plan: CallPlan, { id, human }: TransferState): HumanUrls | null {
  if (human === null) return null;
  const which = { transferId: id, humanId: human.id };
  return humanUrls(readConfig(env).PUBLIC_BASE_URL, plan.carrierId, plan.callId, which);
}

function relayInstruction(env: Env, plan: CallPlan, part: "beginning" | "resumption"): LineInstruction {
  const urls = urlsOf(env, plan);
  const { language_code: language, provider, speaker } = plan.agent.voice;
  return {
    kind: "relay",
    relayUrl: urls.relay,
    actionUrl: urls.relayEnd,
    recordingUrl: recordingUrl(env, plan, part),
    language,
    voice: { provider: provider ?? null, speaker: speaker ?? null },
  };
}

function recordingUrl(env: Env, plan: CallPlan, part: "beginning" | "resumption"): string | null {
  return part === "beginning" && plan.campaign.config.record ? urlsOf(env, plan).recording : null;
}

function urlsOf(env: Env, { carrierId, callId }: CallPlan): CallUrls {
  return callUrls(readConfig(env).PUBLIC_BASE_URL, carrierId, callId);
}
