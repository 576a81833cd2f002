// The transfer of a call to a human agent: who is asked for, who is rung, who took it, and the way back.
//
// Guarantees: of a call at most one human is reserved; each reservation is given back when the transfer is over;
// only who is rung at the moment can take the call, and from then on nothing but the longest time ends the talk.

import { close, hangUpByDocument } from "./ending.ts";
import type { CallEvent, Step, StepResult, WhichHuman } from "./events.ts";
import { giveTurn } from "./relay.ts";
import { withTimers, type CallState } from "./state.ts";
import {
  askQueue,
  awaitKey,
  backToAgent,
  begin,
  bridge,
  dialHuman,
  endTransfer,
  tryNext,
} from "./transfer-steps.ts";
import { isUnderWay, type TransferState } from "./transfer-state.ts";
import { assertNever } from "../../lib/assert-never.ts";
import { err, ok } from "../../lib/result.ts";

/** Each may lengthen the call, and a call must end. */
const MAX_TRANSFERS = 10;
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

type Of<T extends CallEvent["type"]> = Extract<CallEvent, { type: T }>;

/** Why a transfer can't be asked for now; null if it can. */
export type TransferRefusal = "call_not_active" | "transfer_in_progress" | "no_agents_available";

export function transferRefusal(state: CallState): TransferRefusal | null {
  const isLive =
    state.status === "in_progress" || state.status === "transferring" || state.status === "bridged";
  if (!isLive || state.closing !== null) return "call_not_active";
  if (isUnderWay(state.transfer)) return "transfer_in_progress";
  return state.transfers >= MAX_TRANSFERS ? "no_agents_available" : null;
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
    tried: [],
    way: "redirect",
    requestedAtMs: nowMs,
    bridgedAtMs: null,
    endedAtMs: null,
    giveUpAtMs: nowMs,
    agentLeftMs: 0,
    untold: false,
  };
  return ok(askQueue(state, transfer, nowMs));
}

export function onTransferImpossible(state: CallState, nowMs: number): StepResult {
  if (state.status !== "in_progress" || state.closing !== null || state.relay !== "open") {
    return err("not_applicable");
  }
  return ok(giveTurn(state, "no_human", nowMs));
}

export function onHumanReserved(state: CallState, event: Of<"human_reserved">, nowMs: number): StepResult {
  const { transfer } = state;
  if (!isUnderWay(transfer) || transfer.id !== event.transferId) return ok(giveBackLate(state, event));
  if (transfer.phase !== "reserving") return err("not_applicable");
  if (state.closing !== null) return ok(endTransfer(state, transfer, "canceled", nowMs));
  const { human } = event;
  if (state.status === "transferring") return ok(dialHuman(state, transfer, human, transfer.way, nowMs));
  const begun = begin(state, transfer, nowMs);
  const started = begun.transfer ?? transfer;
  if (state.relay !== "open") {
    const dialled = dialHuman(begun, started, human, "redirect", nowMs);
    return ok({ state: dialled.state, effects: [{ type: "raise_limit" }, ...dialled.effects] });
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
  if (state.closing !== null) return endTransfer(state, transfer, "canceled", nowMs);
  if (state.status === "transferring") return backToAgent(state, transfer, transfer.way, nowMs);
  const over = endTransfer(state, transfer, "no_agents", nowMs);
  // Who asked by the API is answered there; the customer knows of nothing.
  if (transfer.origin === "client" || state.relay !== "open") return over;
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

/** The carrier asks what comes after the relay: the human that was reserved. Asked again, it is answered the same. */
export function onRelayLeft(state: CallState, nowMs: number): Step {
  const { transfer } = state;
  const waits =
    transfer?.phase === "announcing" || transfer?.phase === "announced" || transfer?.phase === "leaving";
  if (!waits || transfer.human === null) return { state, effects: [] };
  return dialHuman(state, transfer, transfer.human, "document", nowMs);
}

export function onWhisperRequested(
  state: CallState,
  event: Of<"whisper_requested">,
  nowMs: number,
): StepResult {
  if (isOfAnotherCall(state, event.parentCallId)) return err("foreign_call");
  const transfer = transferTo(state, event);
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
  const transfer = transferTo(state, event);
  if (transfer?.phase !== "dialing" && transfer?.phase !== "bridged") return ok({ state, effects: [] });
  if (event.callOver) return ok({ state: awaitEnd(state, nowMs), effects: [] });
  if (transfer.phase === "bridged") return ok(close(state, "human_hangup", nowMs, true));
  // They talked, and only the human's acceptance was lost on its way.
  if (event.talked) return ok(close(bridge(state, transfer, nowMs).state, "human_hangup", nowMs, true));
  return ok(tryNext(state, transfer, "document", nowMs));
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
      return askQueue(state, { ...transfer, way: "redirect" }, nowMs);
    case "announcing":
    case "announced":
      return leave(state, transfer, nowMs);
    case "leaving":
      if (human === null) return backToAgent(state, transfer, "redirect", nowMs);
      return dialHuman(state, transfer, human, "redirect", nowMs);
    case "dialing":
      return tryNext(state, transfer, "redirect", nowMs);
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
