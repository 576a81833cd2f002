import { expect, test } from "vitest";
import { factsOf } from "../../src/domain/call/facts.ts";
import {
  callStateSchema,
  dueTimers,
  newOutboundCall,
  nextTimerMs,
  withTimers,
} from "../../src/domain/call/state.ts";
import { ACCEPTED_MS, LIMITS, OURS, SITUATION_NAMES, SITUATIONS } from "../support/call-machine.ts";

const ACCEPTED_AT = ACCEPTED_MS / 1000;

test.for(SITUATION_NAMES.filter((name) => name !== "ended"))(
  "in `%s` nothing is told of an end",
  (situation) => {
    const facts = factsOf(SITUATIONS[situation]().state);
    expect(facts).toMatchObject({
      outcome: null,
      endedReason: null,
      fault: null,
      duration: null,
      endedAt: null,
    });
  },
);

test("of a call that has ended everything is told, in whole seconds", () => {
  expect(factsOf(SITUATIONS.ended().state)).toEqual({
    status: "ended",
    outcome: "connected",
    endedReason: "agent_hangup",
    fault: "none",
    duration: 25,
    answeredAt: ACCEPTED_AT + 7,
    endedAt: ACCEPTED_AT + 33,
    carrierCallId: OURS,
    transfer: null,
  });
});

test("an answer is told once a person is known to have given it, or the call has ended", () => {
  expect(factsOf(SITUATIONS.pickedUp().state).answeredAt).toBeNull();
  expect(factsOf(SITUATIONS.answered().state).answeredAt).toBe(ACCEPTED_AT + 7);
  const voicemail = SITUATIONS.pickedUp().isAnswered("machine");
  expect(factsOf(voicemail.state).answeredAt).toBeNull();
  expect(factsOf(voicemail.reports("completed").state).answeredAt).toBe(ACCEPTED_AT + 7);
});

test("timers are set, kept and cleared by name", () => {
  const call = newOutboundCall(LIMITS, ACCEPTED_MS);
  const changed = withTimers(call, { dial: null, silence: 5, lookup: null });
  expect(changed.timers).toEqual({ dial_deadline: ACCEPTED_MS + LIMITS.dialDeadlineMs, silence: 5 });
  expect(call.timers.dial).toBe(ACCEPTED_MS);
});

test("due timers come earliest first, and only when due", () => {
  const call = withTimers(newOutboundCall(LIMITS, ACCEPTED_MS), {
    dial: 30,
    dial_deadline: 40,
    silence: 10,
    lookup: 20,
  });
  expect(dueTimers(call, 30)).toEqual(["silence", "lookup", "dial"]);
  expect(dueTimers(call, 9)).toEqual([]);
  expect(nextTimerMs(call)).toBe(10);
  expect(nextTimerMs(SITUATIONS.ended().state)).toBeNull();
});

test("a state that was stored before it knew of relay sessions, attempts and transfers is read all the same", () => {
  const {
    relaySession: _,
    dialAttempt: __,
    inbound: ___,
    charged: ____,
    endedSession: _____,
    transfer: ______,
    transfers: _______,
    limits: { bridgeMaxDurationMs: ________, ...limits },
    ...others
  } = SITUATIONS.talking().state;
  const older = { ...others, limits };
  expect(callStateSchema.parse(older)).toEqual({
    ...older,
    limits: { ...limits, bridgeMaxDurationMs: 4 * 3_600_000 },
    transfer: null,
    transfers: 0,
    relaySession: null,
    dialAttempt: 1,
    inbound: false,
    charged: false,
    endedSession: null,
  });
});
