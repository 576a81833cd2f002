// What the systems of a customer are told of a call, step by step.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { customerEventsOf, customerEventsOfLost } from "../../src/domain/call/customer-events.ts";
import { step } from "../../src/domain/call/machine.ts";
import { dueTimers, nextTimerMs, type CallState } from "../../src/domain/call/state.ts";
import { type CallDrive, OURS, reportOf, SITUATIONS } from "../support/call-machine.ts";
import {
  dialEnded,
  humanAccepted,
  humanReserved,
  NO_HUMAN,
  TRANSFER,
  transferRequested,
  TRANSFERS,
} from "../support/transfer-machine.ts";
import { live, lives, livesInTalk } from "./call-lives.ts";

/** What comes of what happens to the call next. */
function broughtBy(call: CallDrive, happens: (call: CallDrive) => CallDrive) {
  const before = call.state;
  return customerEventsOf(before, happens(call).state);
}

const namesOf = (events: readonly { name: string }[]) => events.map(({ name }) => name);

describe("a step brings", () => {
  const completed = (call: CallDrive) => call.reports("completed", { durationSeconds: 5 });
  test.for([
    ["nothing when it rings", SITUATIONS.placed, (call) => call.reports("ringing"), []],
    [
      "nothing when nobody knows yet who picked up",
      SITUATIONS.ringing,
      (call) => call.reports("answered"),
      [],
    ],
    ["that a person answered", SITUATIONS.pickedUp, (call) => call.isAnswered(), ["call.started"]],
    ["… but once", SITUATIONS.answered, (call) => call.isAnswered(), []],
    ["nothing when a machine answered", SITUATIONS.pickedUp, (call) => call.isAnswered("machine"), []],
    ["the end", SITUATIONS.hangingUp, completed, ["call.ended"]],
    [
      "the answer with the end, where nothing else told of it",
      SITUATIONS.ringing,
      completed,
      ["call.started", "call.ended"],
    ],
    [
      "the end, and that nobody answered",
      SITUATIONS.ringing,
      (call) => call.reports("busy"),
      ["call.ended", "call.no_answer"],
    ],
    [
      "the end, and that a machine answered",
      () => SITUATIONS.pickedUp().isAnswered("machine"),
      completed,
      ["call.ended", "call.voicemail"],
    ],
    [
      "the end alone, of a call that failed",
      SITUATIONS.ringing,
      (call) => call.reports("failed"),
      ["call.ended"],
    ],
    [
      "nothing when a human is asked for",
      SITUATIONS.talking,
      (call) => call.accepts(transferRequested()),
      [],
    ],
    ["nothing when one is found", TRANSFERS.reserving, (call) => call.accepts(humanReserved()), []],
    ["that nobody is free", TRANSFERS.reserving, (call) => call.accepts(NO_HUMAN), ["call.transferred"]],
    ["nothing when one does not take it", TRANSFERS.dialing, (call) => call.wait(9).accepts(dialEnded()), []],
    ["that nobody took it", TRANSFERS.trying, (call) => call.accepts(NO_HUMAN), ["call.transferred"]],
    [
      "that a human took it",
      TRANSFERS.whispering,
      (call) => call.accepts(humanAccepted()),
      ["call.transferred"],
    ],
    [
      "nothing more of it when their talk is over",
      TRANSFERS.bridged,
      (call) => call.accepts(dialEnded({ talked: true })),
      [],
    ],
    ["the end of their talk as that of the call", TRANSFERS.bridged, completed, ["call.ended"]],
    [
      "that a transfer will not be, before the end that is why",
      TRANSFERS.dialing,
      completed,
      ["call.transferred", "call.ended"],
    ],
  ] as [string, () => CallDrive, (call: CallDrive) => CallDrive, string[]][])(
    "%s",
    ([, situation, happens, expected]) => {
      expect(namesOf(broughtBy(situation(), happens))).toEqual(expected);
    },
  );

  test("the transfer as it stands, and each transfer of a call for itself", () => {
    const call = TRANSFERS.reserving();
    const [first] = broughtBy(call, () => call.accepts(NO_HUMAN));
    expect(first).toMatchObject({
      key: `call.transferred ${TRANSFER}`,
      transfer: { id: TRANSFER, status: "no_agents" },
    });
    const again = { transferId: "trf-second" };
    expect(broughtBy(call, () => call.accepts(transferRequested(again)))).toEqual([]);
    const [second] = broughtBy(call, () => call.accepts({ type: "no_human", ...again }));
    expect(second?.key).toBe("call.transferred trf-second");
    const [taken] = broughtBy(TRANSFERS.whispering(), (ringing) => ringing.accepts(humanAccepted()));
    expect(taken?.transfer).toMatchObject({ status: "bridged", human: { name: "Ann" } });
  });

  test("what comes after the end brings nothing", () => {
    const call = SITUATIONS.ended();
    const result = step(call.state, reportOf("ringing"), call.nowMs);
    expect(result.ok && customerEventsOf(call.state, result.value.state)).toEqual([]);
    const late = step(
      call.state,
      { type: "recording_ready", carrierCallId: OURS, recordingId: "RE1", durationSeconds: 1 },
      1,
    );
    expect(late.ok && customerEventsOf(call.state, late.value.state)).toEqual([]);
  });
});

describe("whatever happens to a call, and in whatever order", () => {
  const whole = fc.oneof(lives, livesInTalk).map((life) => {
    const { moments, state, nowMs } = live(life);
    const brought = moments.flatMap(({ before, after }) => customerEventsOf(before, after));
    return { events: [...brought, ...untilEnd(state, nowMs)], asked: moments };
  });
  const always = (law: (life: typeof whole extends fc.Arbitrary<infer T> ? T : never) => void) =>
    fc.assert(fc.property(whole, law), { numRuns: 600 });

  /** Left to its timers, it ends. */
  function untilEnd(from: CallState, fromMs: number) {
    const events = [];
    let [state, nowMs] = [from, fromMs];
    for (let next = nextTimerMs(state); next !== null; next = nextTimerMs(state)) {
      nowMs = Math.max(nowMs, next);
      const [name] = dueTimers(state, nowMs);
      const result = name === undefined ? null : step(state, { type: "timer", name }, nowMs);
      if (result === null || !result.ok) throw new Error(`It stands still: ${name}`);
      events.push(...customerEventsOf(state, result.value.state));
      state = result.value.state;
    }
    return events;
  }

  test("the draws bring all that there is", () => {
    const drawn = fc.sample(whole, { numRuns: 2_000, seed: 7 });
    const seen = new Set(drawn.flatMap(({ events }) => namesOf(events)));
    for (const name of ["started", "ended", "no_answer", "voicemail", "transferred"]) {
      expect(seen).toContain(`call.${name}`);
    }
  });

  test("nothing is told twice, and the end once", () => {
    always(({ events }) => {
      const keys = events.map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
      expect(namesOf(events).filter((name) => name === "call.ended")).toHaveLength(1);
    });
  });

  test("it has started, if ever, before all else; after the end comes only what the end was", () => {
    always(({ events }) => {
      const names = namesOf(events);
      expect(names.indexOf("call.started")).toBeLessThanOrEqual(0);
      const rest = names.slice(names.indexOf("call.ended") + 1);
      expect(["", "call.no_answer", "call.voicemail"]).toContain(rest.join());
      // Who was not talked with was not transferred either.
      if (rest.length > 0) expect(names).toEqual(["call.ended", ...rest]);
    });
  });

  test("of each transfer it is told what came of it", () => {
    always(({ events, asked }) => {
      const requested = asked.flatMap(({ event }) =>
        event.type === "transfer_requested" ? [`call.transferred ${event.transferId}`] : [],
      );
      const told = events.filter(({ name }) => name === "call.transferred");
      expect(told.map(({ key }) => key)).toEqual(requested);
      for (const { transfer } of told) {
        expect(["bridged", "not_accepted", "no_agents", "canceled"]).toContain(transfer?.status);
      }
    });
  });
});

describe("of a call that was lost", () => {
  test("the end is told, and its analysis, with numbers above those that may have been given", () => {
    const lost = { projectedSeq: 0, outcome: "failed", answeredAt: null, endedAt: 1_000 } as const;
    expect(customerEventsOfLost(lost)).toEqual([
      { key: "call.ended", name: "call.ended", transfer: null, seq: 1, atMs: 1_000_000 },
      { key: "call.analyzed", name: "call.analyzed", transfer: null, seq: 2, atMs: 1_000_000 },
    ]);
  });

  test("who was talked with is told to have answered, if that was not told before", () => {
    const lost = { projectedSeq: 7, outcome: "connected", answeredAt: 900, endedAt: 1_000 } as const;
    expect(customerEventsOfLost(lost).map(({ name, seq, atMs }) => [name, seq, atMs])).toEqual([
      ["call.started", 8, 900_000],
      ["call.ended", 9, 1_000_000],
      ["call.analyzed", 10, 1_000_000],
    ]);
  });
});
