// The transfer of a call to a human agent: who is asked for, who is rung, who took it, and the way back.
//
// Guarantees: of a call at most one human is reserved; each reservation is given back when the transfer is over;
// only who is rung at the moment can take the call, and from then on nothing but the longest time ends the talk.
// One way owns each order to ring a human: the answer to one question of the carrier, or a redirect. Whatever else
// the carrier asks meanwhile is answered with what rings nobody: it may run both documents.

import { close, hangUpByDocument } from "./ending.ts";
import type { CallEvent, Step, StepResult, WhichHuman } from "./events.ts";
import { questionOf } from "./questions.ts";
import { giveTurn } from "./relay.ts";
import { withTimers, type CallState } from "./state.ts";
import {
  askQueue,
  awaitKey,
  awaitSign,
  backToAgent,
  begin,
  begunAtMs,
  bridge,
  BY_REDIRECT,
  byDocument,
  dialHuman,
  endTransfer,
  tryNext,
} from "./transfer-steps.ts";
import { isUnderWay, type TransferState } from "./transfer-state.ts";
import { assertNever } from "../../lib/assert-never.ts";
import { err, ok } from "../../lib/result.ts";

/** Each may lengthen the call, and a call must end. */
const MAX_TRANSFERS = 5;
/** The agent may take this long to find the words for what comes … */
const ANNOUNCE_MS = 10_000;
/** … and they may play this long. */
const LONGEST_ANNOUNCEMENT_MS = 15_000;
/** Speech time is an estimate; the words get this much more before the relay is left. */
const WORDS_MARGIN_MS = 2_000;
/** The carrier asks what comes next within this after it was told that the relay is over. */
const LEAVE_MS = 10_000;
/** … or after the relay closed by itself. */
const AFTER_RELAY_MS = 5_000;
const CALL_OVER_MS = 5_000;
/** So soon a redirect that the carrier did not take is sent again, at most so often. */
const REDIRECT_AGAIN_MS = 2_000;
const MAX_REDIRECT_LOSSES = 4;

type Of<T extends CallEvent["type"]> = Extract<CallEvent, { type: T }>;

/** Why a transfer can't be asked for now; null if it can. */
export type TransferObstacle = "call_not_active" | "transfer_in_progress" | "no_agents_available";

export function transferRefusal(state: CallState): TransferObstacle | null {
  const isLive =
    state.status === "in_progress" || state.status === "transferring" || state.status === "bridged";
  if (!isLive || state.closing !== null || isCustomerGone(state)) return "call_not_active";
  if (isUnderWay(state.transfer)) return "transfer_in_progress";
  return state.transfers >= MAX_TRANSFERS ? "no_agents_available" : null;
}

/** The carrier has said so at the relay's end, and its report is still to come. */
function isCustomerGone({ status, relay }: CallState): boolean {
  return status === "in_progress" && relay === "none";
}

export function onTransferRequested(
  state: CallState,
  { transferId, target, queueId, accept, brief, origin }: Of<"transfer_requested">,
  nowMs: number,
): StepResult {
  if (transferRefusal(state) !== null) return err("not_applicable");
  const transfer: TransferState = {
    id: transferId,
    target,
    queueId,
    accept,
    brief,
    origin,
    phase: "reserving",
    human: null,
    pickedUp: false,
    tried: [],
    ...BY_REDIRECT,
    requestedAtMs: nowMs,
    bridgedAtMs: null,
    endedAtMs: null,
    giveUpAtMs: nowMs,
    agentLeftMs: 0,
    untold: false,
    wished: false,
  };
  return ok(askQueue(state, transfer, nowMs));
}

export function onTransferImpossible(state: CallState, nowMs: number): StepResult {
  if (state.status !== "in_progress" || state.closing !== null || state.relay !== "open") {
    return err("not_applicable");
  }
  return ok(giveTurn(state, "no_human", nowMs));
}

/** What a client has asked for the customer wishes now too: they must hear it if there is nobody. */
export function onTransferWished(state: CallState): StepResult {
  const { transfer } = state;
  const isAsked = transfer?.phase === "reserving" && state.status === "in_progress" && state.closing === null;
  if (!isAsked) return err("not_applicable");
  return ok({ state: { ...state, transfer: { ...transfer, wished: true } }, effects: [] });
}

export function onHumanReserved(state: CallState, event: Of<"human_reserved">, nowMs: number): StepResult {
  const { transfer } = state;
  if (!isUnderWay(transfer) || transfer.id !== event.transferId) return ok(giveBackLate(state, event));
  if (transfer.phase !== "reserving") return err("not_applicable");
  if (state.closing !== null || isCustomerGone(state)) {
    return ok(endTransfer(state, transfer, "canceled", nowMs));
  }
  const { human } = event;
  if (state.status === "transferring") return ok(dialHuman(state, transfer, human, transfer, nowMs));
  const begun = begin(state, transfer, nowMs);
  const started = begun.transfer ?? transfer;
  if (state.relay !== "open") {
    // It asks soon what comes after the relay that is gone, or that it does not get now: that answer rings the human.
    const leaving: TransferState = { ...started, phase: "leaving", human };
    const waits = withTimers({ ...begun, transfer: leaving }, { transfer: nowMs + AFTER_RELAY_MS });
    return ok({ state: waits, effects: [{ type: "raise_limit" }] });
  }
  const announcing: TransferState = { ...started, phase: "announcing", human };
  return ok({
    state: withTimers({ ...begun, transfer: announcing }, { transfer: nowMs + ANNOUNCE_MS }),
    effects: [{ type: "raise_limit" }, { type: "agent_turn", moment: "transferring" }],
  });
}

/** The queue was still asked when the transfer was over, and had nobody to take back then. */
export function giveBackLate(
  state: CallState,
  { queueId, transferId }: Pick<Of<"human_reserved">, "queueId" | "transferId">,
): Step {
  return { state, effects: [{ type: "release_human", queueId, transferId }] };
}

export function onNoHuman(state: CallState, event: Of<"no_human">, nowMs: number): StepResult {
  const { transfer } = state;
  if (!isUnderWay(transfer) || transfer.id !== event.transferId || transfer.phase !== "reserving") {
    return err("not_applicable");
  }
  return ok(findNobody(state, transfer, nowMs));
}

function findNobody(state: CallState, transfer: TransferState, nowMs: number): Step {
  if (state.closing !== null || isCustomerGone(state)) {
    return endTransfer(state, transfer, "canceled", nowMs);
  }
  if (state.status === "transferring") return backToAgent(state, transfer, transfer.way, nowMs);
  const over = endTransfer(state, transfer, "no_agents", nowMs);
  // Who asked by the API is answered there; the customer knows of nothing.
  const isKnown = transfer.origin === "agent" || transfer.wished;
  if (!isKnown || state.relay !== "open") return over;
  const turn = giveTurn(over.state, "no_human", nowMs);
  return { state: turn.state, effects: [...over.effects, ...turn.effects] };
}

/** The agent has said that a human takes over; it will have been heard at `playsUntilMs`. */
export function onAnnounced(state: CallState, playsUntilMs: number, nowMs: number): StepResult {
  const { transfer } = state;
  if (transfer?.phase !== "announcing") return err("not_applicable");
  const heardByMs = Math.min(playsUntilMs + WORDS_MARGIN_MS, nowMs + LONGEST_ANNOUNCEMENT_MS);
  const announced: TransferState = { ...transfer, phase: "announced" };
  return ok({ state: withTimers({ ...state, transfer: announced }, { transfer: heardByMs }), effects: [] });
}

/** It takes longer than was thought, or less. */
export function onAnnouncementPlaying(state: CallState, playsUntilMs: number): StepResult {
  const { transfer } = state;
  if (transfer?.phase !== "announced") return err("not_applicable");
  const latestMs = begunAtMs(transfer) + ANNOUNCE_MS + LONGEST_ANNOUNCEMENT_MS;
  const heardByMs = Math.min(playsUntilMs + WORDS_MARGIN_MS, latestMs);
  return ok({ state: withTimers(state, { transfer: heardByMs }), effects: [] });
}

export function onAnnouncementPlayed(state: CallState, nowMs: number): StepResult {
  const { transfer } = state;
  return transfer?.phase === "announced" ? ok(leave(state, transfer, nowMs)) : err("not_applicable");
}

function leave(state: CallState, transfer: TransferState, nowMs: number): Step {
  const leaving: TransferState = { ...transfer, phase: "leaving" };
  return {
    state: withTimers({ ...state, transfer: leaving }, { transfer: nowMs + LEAVE_MS }),
    effects: [{ type: "leave_relay" }],
  };
}

/** The relay's socket is gone: usually the carrier asks what comes next at once. */
export function onRelayClosedInTransfer(state: CallState, nowMs: number): Step {
  const { transfer } = state;
  const isBeforeDial = transfer?.phase === "announcing" || transfer?.phase === "announced";
  if (!isBeforeDial) return { state, effects: [] };
  const leaving: TransferState = { ...transfer, phase: "leaving" };
  return {
    state: withTimers({ ...state, transfer: leaving }, { transfer: nowMs + AFTER_RELAY_MS }),
    effects: [],
  };
}

/** The carrier asks what to do with the line: if nobody else has been told to ring the human, the answer does. */
export function onLineAsked(state: CallState, question: string, nowMs: number): Step {
  const { transfer } = state;
  if (state.status !== "transferring" || state.closing !== null || !isUnderWay(transfer)) {
    return { state, effects: [] };
  }
  const { phase, human, way } = transfer;
  if (phase === "reserving" && way === "redirect") {
    return { state: { ...state, transfer: { ...transfer, ...byDocument(question) } }, effects: [] };
  }
  const isBeforeDial = phase === "announcing" || phase === "announced" || phase === "leaving";
  if (!isBeforeDial || human === null) return { state, effects: [] };
  return dialHuman(state, transfer, human, byDocument(question), nowMs);
}

/** The carrier did not take what it was told to do with the line. */
export function onRedirectFailed(state: CallState, event: Of<"redirect_failed">, nowMs: number): StepResult {
  const { was, isCertain } = event;
  if (!isRedirectWanted(state, was)) return err("not_applicable");
  if (was !== null && !isCertain) return ok({ state: awaitSign(state, nowMs), effects: [] });
  const redirectLosses = state.redirectLosses + 1;
  if (redirectLosses > MAX_REDIRECT_LOSSES) return err("not_applicable");
  const again = nowMs + REDIRECT_AGAIN_MS;
  return ok({ state: withTimers({ ...state, redirectLosses }, { redirect: again }), effects: [] });
}

export function onRedirectTimer(state: CallState): Step {
  const { transfer } = state;
  const human = transfer?.phase === "dialing" ? transfer.human : null;
  const which = transfer === null || human === null ? null : { transferId: transfer.id, humanId: human.id };
  return { state, effects: isRedirectWanted(state, which) ? [{ type: "redirect" }] : [] };
}

/** Whether the line is still to ring this human by a redirect, or, for none, to come back to the agent. */
function isRedirectWanted(state: CallState, was: WhichHuman | null): boolean {
  if (state.closing !== null) return false;
  if (was === null) return state.status === "in_progress" && ["awaited", "lost"].includes(state.relay);
  const transfer = transferTo(state, was);
  return transfer?.phase === "dialing" && transfer.way === "redirect" && !transfer.pickedUp;
}

export function onWhisperRequested(
  state: CallState,
  event: Of<"whisper_requested">,
  nowMs: number,
): StepResult {
  if (isOfAnotherCall(state, event.parentCallId)) return err("foreign_call");
  const transfer = transferTo(state, event);
  // Asked again by who has the call by now.
  if (transfer?.phase === "bridged") return ok({ state, effects: [] });
  if (transfer?.phase !== "dialing") return err("not_applicable");
  return ok({ state: awaitKey(state, transfer, nowMs), effects: [] });
}

export function onHumanAccepted(state: CallState, event: Of<"human_accepted">, nowMs: number): StepResult {
  if (isOfAnotherCall(state, event.parentCallId)) return err("foreign_call");
  const transfer = transferTo(state, event);
  if (transfer?.phase === "bridged") return ok({ state, effects: [] });
  if (transfer?.phase !== "dialing") return err("not_applicable");
  if (transfer.accept === "key" && !event.pressedKey) return err("not_applicable");
  return ok(bridge(state, transfer, nowMs));
}

/** Whatever human the question is about, the customer's line gets what the call has come to by now. */
export function onDialEnded(state: CallState, event: Of<"dial_ended">, nowMs: number): StepResult {
  if (isOfAnotherCall(state, event.carrierCallId)) return err("foreign_call");
  if (state.transfer === null) return err("not_applicable");
  if (state.closing !== null) return ok(hangUpByDocument(state, nowMs));
  const question = questionOf(event);
  const transfer = transferTo(state, event);
  if (transfer?.phase !== "dialing" && transfer?.phase !== "bridged") {
    return ok(event.callOver ? { state, effects: [] } : onLineAsked(state, question, nowMs));
  }
  if (event.callOver) return ok({ state: awaitEnd(state, nowMs), effects: [] });
  if (transfer.phase === "bridged") return ok(close(state, "human_hangup", nowMs, true));
  // They talked, and only the human's acceptance was lost on its way. Where a key is asked for, nobody is put through
  // without one that we have heard of: then the carrier speaks of a voicemail.
  if (event.talked && transfer.accept === "auto") {
    return ok(close(bridge(state, transfer, nowMs).state, "human_hangup", nowMs, true));
  }
  return ok(tryNext(state, transfer, byDocument(question), nowMs));
}

/** The customer has hung up, says the carrier: its word for that is on its way. */
export function awaitEnd(state: CallState, nowMs: number): CallState {
  return withTimers(state, { transfer: null, ask_carrier: nowMs + CALL_OVER_MS });
}

/** What was to happen has not, or not in time. */
export function onTransferTimer(state: CallState, nowMs: number): Step {
  const { transfer } = state;
  if (!isUnderWay(transfer)) return { state, effects: [] };
  const { phase, human } = transfer;
  switch (phase) {
    case "reserving":
      if (state.status === "transferring" && nowMs >= transfer.giveUpAtMs) {
        return backToAgent(state, transfer, "redirect", nowMs);
      }
      // Whoever waited for the answer does so no more.
      return askQueue(state, { ...transfer, ...BY_REDIRECT }, nowMs);
    case "announcing":
    case "announced":
      return leave(state, transfer, nowMs);
    case "leaving":
      if (human === null) return backToAgent(state, transfer, "redirect", nowMs);
      return dialHuman(state, transfer, human, BY_REDIRECT, nowMs);
    case "dialing":
      return tryNext(state, transfer, BY_REDIRECT, nowMs);
    case "bridged":
    case "completed":
    case "not_accepted":
    case "no_agents":
    case "canceled":
      return { state, effects: [] };
    default:
      return assertNever(phase);
  }
}

/** The transfer in which this human is offered the call, or has it, while the call is not to end. */
function transferTo(state: CallState, { transferId, humanId }: WhichHuman): TransferState | null {
  const { transfer, closing } = state;
  if (closing !== null || !isUnderWay(transfer)) return null;
  return transfer.id === transferId && transfer.human?.id === humanId ? transfer : null;
}

function isOfAnotherCall(state: CallState, carrierCallId: string | null): boolean {
  return carrierCallId !== null && state.carrierCallId !== null && state.carrierCallId !== carrierCallId;
}
