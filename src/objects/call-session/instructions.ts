// What the carrier is told to do with a line, in the words of the provider's contract.

import { readConfig } from "../../config.ts";
import type { CallPlan } from "../../contract/call-plan.ts";
import { lineInstruction } from "../../domain/call/carrier.ts";
import { ownNumberOf } from "../../domain/call/parties.ts";
import type { TransferState } from "../../domain/call/transfer-state.ts";
import { HUMAN_RINGS_SECONDS } from "../../domain/call/transfer-steps.ts";
import { KEY_WAIT_SECONDS, whisperWords } from "../../domain/call/whisper.ts";
import type { LineInstruction } from "../../telephony/provider.ts";
import { callUrls, humanUrls, type HumanUrls } from "../../telephony/urls.ts";
import type { Call } from "./store.ts";

/** The carrier's own limit on two people's talk stands behind ours, so that ours decides; no carrier takes more. */
const BRIDGE_MARGIN_SECONDS = 60;
const LONGEST_BRIDGE_SECONDS = 86_400;

/**
 * What is to be done with the customer's line, given where the call stands.
 *
 * @param part the recording is ordered at the talk's beginning and lasts to the call's end.
 */
export function instructLine(env: Env, call: Call, part: "beginning" | "resumption"): LineInstruction {
  const { plan, state } = call;
  switch (lineInstruction(state)) {
    case "hang_up":
      return { kind: "hang_up" };
    case "relay":
      return relayInstruction(env, plan, part);
    case "dial": {
      const dial = state.transfer === null ? null : dialInstruction(env, call, state.transfer);
      return dial ?? relayInstruction(env, plan, part);
    }
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

function dialInstruction(env: Env, { plan, state }: Call, transfer: TransferState): LineInstruction | null {
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
    timeLimitSeconds: Math.min(LONGEST_BRIDGE_SECONDS, bridgeSeconds),
    whisperUrl: urls.whisper,
    actionUrl: urls.dialEnd,
  };
}

function urlsFor(env: Env, plan: CallPlan, { id, human }: TransferState): HumanUrls | null {
  if (human === null) return null;
  const which = { transferId: id, humanId: human.id };
  return humanUrls(readConfig(env).PUBLIC_BASE_URL, plan.carrierId, plan.callId, which);
}

function relayInstruction(env: Env, plan: CallPlan, part: "beginning" | "resumption"): LineInstruction {
  const urls = callUrls(readConfig(env).PUBLIC_BASE_URL, plan.carrierId, plan.callId);
  const { language_code: language, provider, speaker } = plan.agent.voice;
  return {
    kind: "relay",
    relayUrl: urls.relay,
    actionUrl: urls.relayEnd,
    recordingUrl: part === "beginning" && plan.campaign.config.record ? urls.recording : null,
    language,
    voice: { provider: provider ?? null, speaker: speaker ?? null },
  };
}
