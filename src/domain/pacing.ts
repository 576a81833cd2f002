// When a carrier account may be asked for its next call: calls per second, and slots held by calls
// that live. Pure: the CarrierGate object keeps the slots and hands in what is needed of them.
//
// A slot is a lease: a call that never gives it back loses it at `expiresAtMs`, so nothing leaks.
// Asking again for the same call answers the same grant, so a lost answer costs nothing.

export type GateLimits = { callsPerSecond: number; maxConcurrent: number | null };

export type SlotRequest = {
  callId: string;
  /** Counts the call's tries: a higher one keeps the slot but takes its turn in the pace anew. */
  attempt: number;
  limits: GateLimits;
  /** How long the slot may be held at most. */
  leaseMs: number;
  /** A start after this is of no use to the call. */
  deadlineMs: number;
};

export type Slot = { callId: string; attempt: number; startAtMs: number; expiresAtMs: number };

/** What the gate knows at the moment of asking. `liveSlots` counts leases that have not expired. */
export type GateView = { held: Slot | null; liveSlots: number; nextStartAtMs: number };

export type Reservation =
  | { kind: "granted"; slot: Slot; nextStartAtMs: number }
  | { kind: "full"; retryAtMs: number }
  | { kind: "too_late" };

/** How soon a call that found no free slot asks again. */
const RETRY_MS = 2_000;

export function decideReservation(view: GateView, request: SlotRequest, nowMs: number): Reservation {
  if (nowMs > request.deadlineMs) return { kind: "too_late" };
  const { held } = view;
  if (held !== null && held.attempt >= request.attempt) {
    return { kind: "granted", slot: held, nextStartAtMs: view.nextStartAtMs };
  }
  const { callsPerSecond, maxConcurrent } = request.limits;
  if (held === null && maxConcurrent !== null && view.liveSlots >= maxConcurrent) {
    return { kind: "full", retryAtMs: nowMs + RETRY_MS };
  }
  const startAtMs = Math.max(nowMs, view.nextStartAtMs);
  if (startAtMs > request.deadlineMs) return { kind: "too_late" };
  const { callId, attempt, leaseMs } = request;
  return {
    kind: "granted",
    slot: { callId, attempt, startAtMs, expiresAtMs: startAtMs + leaseMs },
    nextStartAtMs: startAtMs + Math.ceil(1000 / callsPerSecond),
  };
}
