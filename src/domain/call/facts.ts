import { toEpochSeconds } from "../../lib/time.ts";
import type { CallStatus, EndedReason, Fault, Outcome } from "./status.ts";
import type { CallState } from "./state.ts";

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
  };
}
