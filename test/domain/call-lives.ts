// Random lives of a call: all events, repeated, late, of another call, with due timers fired or forgotten. Of
// the carrier nothing is assumed: its clock may be off by hours either way, and it may say now one thing of
// who answered, now another.

import * as fc from "fast-check";
import {
  CARRIER_PHASES,
  type CallEffect,
  type CallEvent,
  type CarrierReport,
} from "../../src/domain/call/events.ts";
import { step } from "../../src/domain/call/machine.ts";
import {
  ANSWERERS,
  dueTimers,
  newInboundCall,
  newOutboundCall,
  TIMERS,
  type AnsweredBy,
  type CallState,
} from "../../src/domain/call/state.ts";
import { AGENT_END_REASONS, ENDED_REASONS, REQUESTED_END_REASONS } from "../../src/domain/call/status.ts";
import { ACCEPTED_MS, FOREIGN, LIMITS, OTHER_SESSION, OURS, SESSION } from "../support/call-machine.ts";
import { transferMakers } from "./transfer-draws.ts";

/** Times in an event are drawn as spans, and become times of day when their turn comes. */
export type Draw = {
  waitMs: number;
  firesDue: boolean;
  make: (state: CallState, nowMs: number) => CallEvent;
};
export type Moment = {
  before: CallState;
  event: CallEvent;
  nowMs: number;
  after: CallState;
  effects: CallEffect[];
};

const HOURS_SECONDS = 5 * 3_600;

const carrierId = fc.oneof(
  { weight: 9, arbitrary: fc.constant(OURS) },
  { weight: 1, arbitrary: fc.constant(FOREIGN) },
);
/** Of which relay the carrier speaks: of the one that was opened last, of another, or it does not tell. */
const whichSession = fc.constantFrom("same", SESSION, OTHER_SESSION, null);
const spanMs = fc.integer({ min: 0, max: 60_000 });
const share = fc.double({ min: 0, max: 1, noNaN: true });

const fixed = (event: CallEvent) => fc.constant(() => event);

/** What the carrier takes the answerer for, each time anew, though most often for the same. */
function whom(usual: AnsweredBy | null): fc.Arbitrary<AnsweredBy | null> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(null, ...ANSWERERS) },
  );
}

function eventMakers(usual: AnsweredBy | null): fc.Arbitrary<Draw["make"]> {
  return fc.oneof(
    fc.constantFrom(...TIMERS).map((name) => () => ({ type: "timer", name }) as const),
    {
      weight: 3,
      arbitrary: fc.constant(
        (_: CallState, nowMs: number) => ({ type: "slot_granted", startAtMs: nowMs }) as const,
      ),
    },
    spanMs.map(
      (span) => (_: CallState, nowMs: number) => ({ type: "slot_granted", startAtMs: nowMs + span }) as const,
    ),
    spanMs.map(
      (span) => (_: CallState, nowMs: number) => ({ type: "slot_full", retryAtMs: nowMs + span }) as const,
    ),
    fixed({ type: "slot_too_late" }),
    { weight: 5, arbitrary: fixed({ type: "opt_out_checked", optedOut: false }) },
    fixed({ type: "opt_out_checked", optedOut: true }),
    {
      weight: 3,
      arbitrary: carrierId.map((id) => () => ({ type: "create_accepted", carrierCallId: id }) as const),
    },
    fc.constantFrom(...ENDED_REASONS).map((reason) => () => ({ type: "create_refused", reason }) as const),
    {
      weight: 2,
      arbitrary: fc
        .oneof(
          fc.constant(0),
          fc.integer({ min: 1, max: 60_000 }),
          fc.double({ min: 0, max: 5_000, noNaN: true }),
        )
        .map((span) => () => ({ type: "create_throttled", retryAfterMs: span }) as const),
    },
    fixed({ type: "create_unanswered" }),
    { weight: 4, arbitrary: reports(usual) },
    { weight: 2, arbitrary: fixed({ type: "lookup_empty" }) },
    { weight: 2, arbitrary: fixed({ type: "lookup_failed" }) },
    {
      weight: 4,
      arbitrary: fc.tuple(carrierId, whom(usual), fc.constantFrom(undefined, undefined, 20_000)).map(
        ([id, answeredBy, messageMs]) =>
          () =>
            ({ type: "answer_requested", carrierCallId: id, answeredBy, messageMs }) as const,
      ),
    },
    {
      weight: 4,
      arbitrary: fc
        .constantFrom(SESSION, "VX-second", null)
        .map((sessionId) => () => ({ type: "relay_opened", sessionId }) as const),
    },
    fixed({ type: "relay_closed" }),
    {
      weight: 3,
      arbitrary: fc
        .tuple(carrierId, whichSession, fc.boolean(), fc.boolean())
        .map(([carrierCallId, which, failed, callOver]) => ({ relaySession }: CallState) => {
          const sessionId = which === "same" ? relaySession : which;
          return { type: "relay_ended", carrierCallId, sessionId, failed, callOver } as const;
        }),
    },
    { weight: 2, arbitrary: fixed({ type: "customer_heard" }) },
    { weight: 3, arbitrary: fixed({ type: "customer_spoke" }) },
    fc.boolean().map((isLast) => () => ({ type: "key_pressed", isLast }) as const),
    fc.tuple(fc.boolean(), spanMs).map(
      ([wasHeard, span]) =>
        (_: CallState, nowMs: number) =>
          ({ type: "turn_cut", wasHeard, playsUntilMs: nowMs + span }) as const,
    ),
    spanMs.map(
      (span) => (_: CallState, nowMs: number) =>
        ({ type: "agent_silent", playsUntilMs: nowMs + span }) as const,
    ),
    fixed({ type: "details_recorded", details: { interested: true } }),
    fixed({ type: "model_failed" }),
    spanMs.map(
      (span) => (_: CallState, nowMs: number) =>
        ({ type: "agent_spoke", playsUntilMs: nowMs + span }) as const,
    ),
    fc.tuple(fc.constantFrom(...AGENT_END_REASONS), spanMs).map(
      ([reason, span]) =>
        (_: CallState, nowMs: number) =>
          ({ type: "agent_finished", reason, playsUntilMs: nowMs + span }) as const,
    ),
    fixed({ type: "words_played" }),
    spanMs.map(
      (span) => (_: CallState, nowMs: number) =>
        ({ type: "words_played", playsUntilMs: nowMs + span }) as const,
    ),
    {
      weight: 2,
      arbitrary: fc.tuple(fc.boolean(), fc.boolean()).map(
        ([wasHeard, answers]) =>
          () =>
            ({ type: "words_cut", wasHeard, answers }) as const,
      ),
    },
    fc
      .constantFrom(...REQUESTED_END_REASONS)
      .map((reason) => () => ({ type: "end_requested", reason }) as const),
    { weight: 6, arbitrary: transferMakers },
    carrierId.map(
      (id) => () =>
        ({ type: "recording_ready", carrierCallId: id, recordingId: "RE1", durationSeconds: 9 }) as const,
    ),
  );
}

/** Times within the call's life, to the carrier's whole second, or off by as much as a wrong clock may be. */
function reports(usual: AnsweredBy | null): fc.Arbitrary<Draw["make"]> {
  const clock = fc.oneof(
    fc.constant(null),
    fc.record({ share: share, offSeconds: fc.constant(0) }),
    fc.record({ share: share, offSeconds: fc.integer({ min: -HOURS_SECONDS, max: HOURS_SECONDS }) }),
  );
  const talkSeconds = fc.oneof(
    fc.constant(null),
    fc.integer({ min: 0, max: 60 }),
    fc.integer({ min: 0, max: HOURS_SECONDS }),
  );
  return fc
    .tuple(carrierId, fc.constantFrom(...CARRIER_PHASES), clock, talkSeconds, fc.boolean(), whom(usual))
    .map(([carrierCallId, phase, when, talked, tells, answeredBy]) => (_: CallState, nowMs: number) => {
      const lifeSeconds = (nowMs - ACCEPTED_MS) / 1000;
      const atSeconds = when === null ? 0 : Math.floor(lifeSeconds * when.share) + when.offSeconds;
      const report: CarrierReport = {
        carrierCallId,
        phase,
        atMs: when === null ? null : ACCEPTED_MS + atSeconds * 1000,
        durationSeconds: phase === "completed" ? talked : null,
        answeredBy: tells ? answeredBy : null,
      };
      return { type: "carrier_report", report };
    });
}

export type Life = { inbound: boolean; draws: readonly Draw[] };

const draw = (makes: fc.Arbitrary<Draw["make"]>): fc.Arbitrary<Draw> =>
  fc.record({
    waitMs: fc.oneof(
      fc.constant(0),
      fc.integer({ max: 5_000, min: 0 }),
      fc.integer({ max: 120_000, min: 0 }),
    ),
    firesDue: fc.boolean(),
    make: makes,
  });

/** One call in five has come in. */
export const lives: fc.Arbitrary<Life> = fc.record({
  inbound: fc.constantFrom(false, false, false, false, true),
  draws: fc
    .constantFrom(null, ...ANSWERERS)
    .chain((usual) => fc.array(draw(eventMakers(usual)), { maxLength: 60, size: "max" })),
});

/** Calls that have come in and talk: what is drawn comes after, and half of it is about transfers. */
export const livesInTalk: fc.Arbitrary<Life> = fc
  .array(draw(fc.oneof(eventMakers("person"), transferMakers)), { maxLength: 60, size: "max" })
  .map((draws) => ({ inbound: true, draws: [...TALK.map(happens), ...draws] }));

const TALK: readonly CallEvent[] = [
  { type: "answer_requested", carrierCallId: OURS, answeredBy: "person" },
  { type: "relay_opened", sessionId: SESSION },
];

/** … and whose agent has spoken shortly before its time is almost up. */
export const livesNearTheirEnd: fc.Arbitrary<Life> = fc
  .array(draw(eventMakers("person")), { maxLength: 20, size: "max" })
  .map((draws) => ({ inbound: true, draws: [...TALK.map(happens), SPEAKS_LATE, ...draws] }));

const SPEAKS_LATE: Draw = {
  waitMs: LIMITS.maxDurationMs - 36_000,
  firesDue: false,
  make: (_, nowMs) => ({ type: "agent_spoke", playsUntilMs: nowMs }),
};

/** … and in which the agent says goodbye, and is often cut off. */
export const livesWithGoodbyes: fc.Arbitrary<Life> = fc
  .array(draw(fc.oneof(eventMakers("person"), goodbyes())), { maxLength: 30, size: "max" })
  .map((draws) => ({ inbound: true, draws: [...TALK.map(happens), ...draws] }));

function goodbyes(): fc.Arbitrary<Draw["make"]> {
  const cut = { type: "words_cut", wasHeard: true, answers: false } as const;
  const says = (_: CallState, nowMs: number) =>
    ({ type: "agent_finished", reason: "agent_hangup", playsUntilMs: nowMs + 60_000 }) as const;
  return fc.oneof(fc.constant(says), fixed(cut));
}

function happens(event: CallEvent): Draw {
  return { waitMs: 1_000, firesDue: true, make: () => event };
}

export function live({ inbound, draws }: Life): { moments: Moment[]; state: CallState; nowMs: number } {
  let state = freeze(
    inbound ? newInboundCall(LIMITS, ACCEPTED_MS, OURS) : newOutboundCall(LIMITS, ACCEPTED_MS),
  );
  let nowMs = ACCEPTED_MS;
  const moments: Moment[] = [];
  const happen = (event: CallEvent): void => {
    const result = step(state, event, nowMs);
    if (!result.ok) return;
    const after = freeze(result.value.state);
    moments.push({ before: state, event, nowMs, after, effects: result.value.effects });
    state = after;
  };
  for (const { waitMs, firesDue, make } of draws) {
    nowMs += waitMs;
    if (firesDue) for (const name of dueTimers(state, nowMs)) happen({ type: "timer", name });
    happen(make(state, nowMs));
  }
  return { moments, state, nowMs };
}

/** A step that wrote into the state it was given would throw. */
function freeze(state: CallState): CallState {
  for (const part of [state, state.timers, state.limits, state.closing, state.ending]) {
    if (part !== null) Object.freeze(part);
  }
  return state;
}
