// The call machine in each situation of a transfer to a human agent.

import type { CallEvent } from "../../src/domain/call/events.ts";
import type { ReservedHuman } from "../../src/domain/call/transfer-state.ts";
import { OURS, relayEnded, SITUATIONS, type CallDrive } from "./call-machine.ts";

export const TRANSFER = "trf-first";
export const QUEUE = "que-sales";
export const ANN: ReservedHuman = { id: "hum-ann", name: "Ann", phone: "+15005550090", sip: null };
export const BEN: ReservedHuman = { id: "hum-ben", name: "Ben", phone: null, sip: "sip:ben@example.com" };

type Of<T extends CallEvent["type"]> = Extract<CallEvent, { type: T }>;

export function transferRequested(changes: Partial<Of<"transfer_requested">> = {}): CallEvent {
  return {
    type: "transfer_requested",
    transferId: TRANSFER,
    target: "sales",
    queueId: QUEUE,
    accept: "key",
    brief: "Dana asks for a discount.",
    origin: "client",
    context: null,
    ...changes,
  };
}

export function humanReserved(human = ANN, transferId = TRANSFER): CallEvent {
  return { type: "human_reserved", transferId, queueId: QUEUE, human };
}

export const NO_HUMAN: CallEvent = { type: "no_human", transferId: TRANSFER };
export const RELEASED = { type: "release_human", queueId: QUEUE, transferId: TRANSFER } as const;

/** The human's phone asks for the brief. */
export function whisperRequested(changes: Partial<Of<"whisper_requested">> = {}): CallEvent {
  return {
    type: "whisper_requested",
    parentCallId: OURS,
    transferId: TRANSFER,
    humanId: ANN.id,
    ...changes,
  };
}

export function humanAccepted(changes: Partial<Of<"human_accepted">> = {}): CallEvent {
  return {
    type: "human_accepted",
    parentCallId: OURS,
    transferId: TRANSFER,
    humanId: ANN.id,
    pressedKey: true,
    ...changes,
  };
}

export function dialEnded(changes: Partial<Of<"dial_ended">> = {}): CallEvent {
  return {
    type: "dial_ended",
    carrierCallId: OURS,
    transferId: TRANSFER,
    humanId: ANN.id,
    talked: false,
    callOver: false,
    ...changes,
  };
}

export const TRANSFER_NAMES = [
  "reserving",
  "announcing",
  "announced",
  "leaving",
  "dialing",
  "whispering",
  "trying",
  "bridged",
] as const;
export type TransferSituation = (typeof TRANSFER_NAMES)[number];
/** Each a second or more after the one before. The call has been answered for 21 seconds when it begins. */
export const TRANSFERS: Record<TransferSituation, () => CallDrive> = {
  reserving: () => SITUATIONS.talking().wait(20).accepts(transferRequested()),
  announcing: () => TRANSFERS.reserving().wait(1).accepts(humanReserved()),
  announced: () => says(TRANSFERS.announcing().wait(1)),
  leaving: () => TRANSFERS.announced().wait(3).accepts({ type: "words_played" }),
  dialing: () => TRANSFERS.leaving().wait(1).accepts(relayEnded()),
  whispering: () => TRANSFERS.dialing().wait(4).accepts(whisperRequested()),
  trying: () => TRANSFERS.dialing().wait(9).accepts(dialEnded()),
  bridged: () => TRANSFERS.whispering().wait(6).accepts(humanAccepted()),
};

/** The agent's words to that have been sent, and take three seconds. */
function says(call: CallDrive): CallDrive {
  return call.accepts({ type: "agent_spoke", playsUntilMs: call.nowMs + 3_000 });
}
