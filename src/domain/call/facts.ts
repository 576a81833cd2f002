import { toEpochSeconds } from "../../lib/time.ts";
import type { CallStatus, EndedReason, Fault, Outcome } from "./status.ts";
import type { CallState } from "./state.ts";
import { transferStatus, type TransferFacts, type TransferState } from "./transfer-state.ts";

/** What the world is told of a call: its row in D1 and every answer show these. Times are epoch seconds. */
export type CallFacts = {
  status: CallStatus;
  outcome: Outcome | null;
  endedReason: EndedReason | null;
  fault: Fault | null;
  duration: number | null;
  answeredAt: number | null;
  endedAt: number | null;
  carrierCallId: string | null;
  transfer: TransferFacts | null;
};

/** `answeredAt` is shown once a person is known to have answered, or the call has ended. */
export function factsOf(state: CallState): CallFacts {
  const answerIsKnown = state.answeredBy === "person" || state.status === "ended";
  return {
    status: state.status,
    outcome: state.ending?.outcome ?? null,
    endedReason: state.ending?.reason ?? null,
    fault: state.ending?.fault ?? null,
    duration: state.durationSeconds,
    answeredAt: state.answeredAtMs === null || !answerIsKnown ? null : toEpochSeconds(state.answeredAtMs),
    endedAt: state.endedAtMs === null ? null : toEpochSeconds(state.endedAtMs),
    carrierCallId: state.carrierCallId,
    transfer: state.transfer === null ? null : transferFactsOf(state.transfer),
  };
}

function transferFactsOf(transfer: TransferState): TransferFacts {
  const { id, target, brief, human, requestedAtMs, bridgedAtMs, endedAtMs } = transfer;
  return {
    id,
    target,
    status: transferStatus(transfer),
    brief,
    human: human === null ? null : { id: human.id, name: human.name },
    requestedAt: toEpochSeconds(requestedAtMs),
    bridgedAt: bridgedAtMs === null ? null : toEpochSeconds(bridgedAtMs),
    endedAt: endedAtMs === null ? null : toEpochSeconds(endedAtMs),
  };
}
