// What the machine knows of one call. Plain JSON, stored whole after each step. All times are epoch
// milliseconds; a field that ends in `Ms` and is no time of day is a span.

import { z } from "zod";
import { MOMENTS } from "./moments.ts";
import { CALL_STATUSES, ENDED_REASONS, FAULTS, OUTCOMES } from "./status.ts";
import { transferStateSchema } from "./transfer-state.ts";

/**
 * How far the hand-over to the carrier got. `requested` is stored before the carrier is asked, and no
 * path leads from it back to asking but the carrier's own word that it placed nothing (`waiting`).
 */
export const SUBMISSIONS = ["waiting", "requested", "unknown", "placed"] as const;
export type Submission = (typeof SUBMISSIONS)[number];

/** Who picked up. What the carrier can't tell apart from a person counts as one. */
export const ANSWERERS = ["person", "machine", "fax"] as const;
export type AnsweredBy = (typeof ANSWERERS)[number];

/** The socket on which the carrier exchanges words with us. `lost` may open again. */
export const RELAY_STATES = ["none", "awaited", "open", "lost"] as const;

export const TIMERS = [
  "dial",
  "dial_deadline",
  "create_answer",
  "lookup",
  "ask_carrier",
  "ring_timeout",
  "silence",
  "keys",
  "wrap_up",
  "max_duration",
  "transfer",
  "redirect",
  "last_words",
  "hang_up",
  "must_end",
] as const;
export type TimerName = (typeof TIMERS)[number];
export type Timers = Partial<Record<TimerName, number>>;

const timeMs = z.number().int();

export const callLimitsSchema = z.object({
  dialDeadlineMs: z.number().positive(),
  ringTimeoutMs: z.number().positive(),
  /** The agent's part. */
  maxDurationMs: z.number().positive(),
  /** A human agent's part, after it. */
  bridgeMaxDurationMs: z.number().positive().default(14_400_000),
});
export type CallLimits = z.infer<typeof callLimitsSchema>;

export const callStateSchema = z.object({
  /** Somebody called us. The carrier then knows none of our limits until it is told. */
  inbound: z.boolean().default(false),
  /** An inbound call of which we have taken charge. */
  charged: z.boolean().default(false),
  status: z.enum(CALL_STATUSES),
  submission: z.enum(SUBMISSIONS),
  carrierCallId: z.string().nullable(),
  limits: callLimitsSchema,
  acceptedAtMs: timeMs,
  requestedAtMs: timeMs.nullable(),
  answeredAtMs: timeMs.nullable(),
  endedAtMs: timeMs.nullable(),
  answeredBy: z.enum(ANSWERERS).nullable(),
  relay: z.enum(RELAY_STATES),
  /** The carrier's id of the relay that was opened last; null if it gave none. */
  relaySession: z.string().nullable().default(null),
  /** That of the relay whose end the carrier told of last. */
  endedSession: z.string().nullable().default(null),
  /** Times in a row that the relay was lost without the customer saying a word. */
  relayLosses: z.number().int(),
  /** Re-prompts in a row that met silence. */
  silences: z.number().int(),
  /** Why the agent has its turn; null while it has none. */
  turn: z.enum(MOMENTS).nullable().default(null),
  /** Why it had the turn in which it spoke last. */
  lastTurn: z.enum(MOMENTS).nullable().default(null),
  /** What the agent has yet to react to, for nothing was heard of its turn; null for nothing. */
  owedTurn: z.enum(MOMENTS).nullable().default(null),
  /** How often it was given that turn anew. */
  owedTries: z.number().int().default(0),
  /** When keys were last answered. */
  keysAnsweredAtMs: timeMs.nullable().default(null),
  /** When the customer last gave a sign of life. */
  heardAtMs: timeMs.nullable().default(null),
  /** The agent was told, or could have been, that its time is almost up. */
  warned: z.boolean().default(false),
  /** What the agent has recorded. */
  details: z.record(z.string(), z.unknown()).default({}),
  /** The agent's model has failed it: the call goes on by script. */
  byScript: z.boolean().default(false),
  /** The last one that was asked for. */
  transfer: transferStateSchema.nullable().default(null),
  /** Transfers for which somebody could be reserved. */
  transfers: z.number().int().default(0),
  /** Redirects in a row that the carrier did not take. */
  redirectLosses: z.number().int().default(0),
  /** Set once the call is meant to end; the carrier's confirmation is still to come. */
  closing: z.object({ reason: z.enum(ENDED_REASONS) }).nullable(),
  /** When we meant to end it for having lasted too long. */
  cutAtMs: z.number().nullable().default(null),
  /** … but not before a machine has heard a message. */
  leavesMessage: z.boolean().default(false),
  ending: z
    .object({ reason: z.enum(ENDED_REASONS), outcome: z.enum(OUTCOMES), fault: z.enum(FAULTS) })
    .nullable(),
  durationSeconds: z.number().int().nullable(),
  lookups: z.number().int(),
  /** How often the call has stood in line at the gate: once, and once more for each throttled create. */
  dialAttempt: z.number().int().default(1),
  timers: z.partialRecord(z.enum(TIMERS), timeMs),
  /** Those that the agent's farewell has put off: it may be taken back, so often at most (talk.ts). */
  putOff: z.partialRecord(z.enum(TIMERS), timeMs).default({}),
  farewellsCut: z.number().int().default(0),
});
export type CallState = z.infer<typeof callStateSchema>;

/** When a call that is handed over at `fromMs` has ended, whatever is lost (contract, part B). */
export function mustEndMs(limits: CallLimits, fromMs: number): number {
  return fromMs + limits.ringTimeoutMs + limits.maxDurationMs + 60_000;
}

/** A call that waits to be dialled. */
export function newOutboundCall(limits: CallLimits, acceptedAtMs: number): CallState {
  return {
    ...newCall(limits, acceptedAtMs),
    timers: { dial: acceptedAtMs, dial_deadline: acceptedAtMs + limits.dialDeadlineMs },
  };
}

/** A call that rings with us: the carrier holds the line until it hears what to do with it. */
export function newInboundCall(limits: CallLimits, arrivedAtMs: number, carrierCallId: string): CallState {
  return {
    ...newCall(limits, arrivedAtMs),
    inbound: true,
    status: "ringing",
    submission: "placed",
    carrierCallId,
    requestedAtMs: arrivedAtMs,
    timers: { must_end: mustEndMs(limits, arrivedAtMs) },
  };
}

function newCall(limits: CallLimits, acceptedAtMs: number): Omit<CallState, "timers"> {
  return {
    inbound: false,
    charged: false,
    status: "dialing",
    submission: "waiting",
    carrierCallId: null,
    limits,
    acceptedAtMs,
    requestedAtMs: null,
    answeredAtMs: null,
    endedAtMs: null,
    answeredBy: null,
    relay: "none",
    relaySession: null,
    endedSession: null,
    relayLosses: 0,
    silences: 0,
    turn: null,
    lastTurn: null,
    owedTurn: null,
    owedTries: 0,
    keysAnsweredAtMs: null,
    heardAtMs: null,
    warned: false,
    details: {},
    byScript: false,
    transfer: null,
    transfers: 0,
    redirectLosses: 0,
    closing: null,
    cutAtMs: null,
    leavesMessage: false,
    ending: null,
    durationSeconds: null,
    lookups: 0,
    dialAttempt: 1,
    putOff: {},
    farewellsCut: 0,
  };
}

/** Sets timers to times, and clears those given as null. */
export function withTimers(state: CallState, changes: Partial<Record<TimerName, number | null>>): CallState {
  const timers: Timers = { ...state.timers };
  for (const name of TIMERS) {
    const at = changes[name];
    if (at === null) delete timers[name];
    else if (at !== undefined) timers[name] = at;
  }
  return { ...state, timers };
}

/** The timers that are due at `nowMs`, earliest first. */
export function dueTimers(state: CallState, nowMs: number): TimerName[] {
  const at = (name: TimerName): number => state.timers[name] ?? Number.POSITIVE_INFINITY;
  return TIMERS.filter((name) => at(name) <= nowMs).toSorted((a, b) => at(a) - at(b));
}

/** When the next timer fires; null once none is pending. */
export function nextTimerMs(state: CallState): number | null {
  const times = Object.values(state.timers);
  return times.length === 0 ? null : Math.min(...times);
}
