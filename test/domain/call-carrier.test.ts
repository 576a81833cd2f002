// What the carrier says: late, twice, out of order, of another call, or not at all.

import { describe, expect, test } from "vitest";
import type { CallEvent, CarrierPhase } from "../../src/domain/call/events.ts";
import { CARRIER_PHASES } from "../../src/domain/call/events.ts";
import {
  ACCEPTED_MS,
  FOREIGN,
  LIMITS,
  SITUATION_NAMES,
  SITUATIONS,
  relayEnded,
  reportOf,
} from "../support/call-machine.ts";

const at = (seconds: number): number => ACCEPTED_MS + seconds * 1000;

describe("reports of a call that lives", () => {
  const STATUS_AFTER: [keyof typeof SITUATIONS, CarrierPhase, string][] = [
    ["placed", "queued", "dialing"],
    ["placed", "ringing", "ringing"],
    ["placed", "answered", "ringing"],
    ["ringing", "queued", "ringing"],
    ["ringing", "answered", "ringing"],
    ["pickedUp", "ringing", "ringing"],
    ["talking", "queued", "in_progress"],
    ["talking", "ringing", "in_progress"],
    ["talking", "answered", "in_progress"],
  ];
  test.for(STATUS_AFTER)("in `%s`, %s leaves it %s", ([situation, phase, status]) => {
    expect(SITUATIONS[situation]().wait(1).reports(phase).state.status).toBe(status);
  });

  test.for(["ringing", "answered"] as const)("%s said three times is as if said once", (phase) => {
    const call = SITUATIONS.placed().wait(1).reports(phase);
    const before = call.state;
    expect(call.reports(phase).reports(phase).state).toEqual(before);
    expect(call.effects).toEqual([]);
  });

  const QUIET: [keyof typeof SITUATIONS, number, "fetch_call" | "redirect"][] = [
    ["placed", 15, "fetch_call"],
    ["ringing", LIMITS.ringTimeoutMs / 1000 + 5, "fetch_call"],
    ["pickedUp", 10, "fetch_call"],
    ["answered", 15, "redirect"],
  ];
  test.for(QUIET)("in `%s`, %i seconds without a word lead to %s", ([situation, seconds, type]) => {
    const call = SITUATIONS[situation]();
    expect(call.due("ask_carrier")).toBe(seconds);
    expect(call.fires("ask_carrier").effects).toEqual([{ type }]);
    expect(call.due("ask_carrier")).toBe(15);
  });

  test("while the relay is open, the carrier need not be asked", () => {
    const call = SITUATIONS.talking();
    expect(call.due("ask_carrier")).toBeNull();
    expect(call.reports("answered").due("ask_carrier")).toBeNull();
  });

  test.for(["lookup_empty", "lookup_failed"] as const)("%s for a known call is asked again later", (type) => {
    const call = SITUATIONS.ringing().fires("ask_carrier").wait(5).accepts({ type });
    expect(call.state.status).toBe("ringing");
    expect(call.due("ask_carrier")).toBe(15);
  });

  test("a carrier that never says a word more is asked until the bound, and told to hang up", () => {
    const call = SITUATIONS.placed().runsOut();
    expect(call.seconds).toBe(690);
    expect(call.state.ending).toEqual({ reason: "carrier_failed", outcome: "failed", fault: "carrier" });
    expect(call.effects).toEqual([{ type: "ensure_hung_up" }, { type: "release_slot" }]);
  });
});

describe("ringing", () => {
  test("that the carrier does not end is hung up ten seconds after its time, as no answer", () => {
    const call = SITUATIONS.ringing();
    expect(call.due("ring_timeout")).toBe(LIMITS.ringTimeoutMs / 1000 + 10);
    expect(call.fires("ring_timeout").effects).toEqual([{ type: "hang_up", via: "carrier" }]);
    expect(call.state.closing).toEqual({ reason: "no_answer" });
    expect(call.wait(1).reports("canceled").state.ending?.reason).toBe("no_answer");
  });

  test("that is hung up just as a person picks up hung up on that person", () => {
    const hungUpOn = { reason: "agent_hangup", outcome: "connected", fault: "none" };
    const asked = SITUATIONS.ringing().fires("ring_timeout").isAnswered();
    expect(asked.told).toBe("hang_up");
    expect(asked.wait(1).reports("completed", { durationSeconds: 2 }).state.ending).toEqual(hungUpOn);
    const told = SITUATIONS.ringing().fires("ring_timeout").reports("answered");
    expect(told.wait(1).reports("completed", { durationSeconds: 2 }).state.ending).toEqual(hungUpOn);
  });

  test("that is hung up just as a machine picks up was not answered", () => {
    const call = SITUATIONS.ringing().fires("ring_timeout").isAnswered("machine");
    expect(call.wait(1).reports("completed", { durationSeconds: 2 }).state).toMatchObject({
      ending: { reason: "no_answer" },
      durationSeconds: 0,
    });
  });

  test("has its time from the first word of it, however often it is said", () => {
    const call = SITUATIONS.ringing().wait(25).reports("ringing").reports("queued");
    expect(call.due("ring_timeout")).toBe(LIMITS.ringTimeoutMs / 1000 - 15);
  });

  test("is over when somebody picked up, or is asked for words, or the call is to end", () => {
    expect(SITUATIONS.pickedUp().due("ring_timeout")).toBeNull();
    expect(SITUATIONS.placed().reports("answered").reports("ringing").due("ring_timeout")).toBeNull();
    expect(SITUATIONS.ringing().isAnswered().due("ring_timeout")).toBeNull();
    const ends = SITUATIONS.ringing().accepts({ type: "end_requested", reason: "workflow_close" });
    expect(ends.due("ring_timeout")).toBeNull();
    const late = SITUATIONS.placed().accepts({ type: "end_requested", reason: "workflow_close" });
    expect(late.reports("ringing").due("ring_timeout")).toBeNull();
  });
});

describe("another call's id", () => {
  const FOREIGN_EVENTS: [string, CallEvent][] = [
    ...CARRIER_PHASES.map((phase): [string, CallEvent] => [
      phase,
      reportOf(phase, { carrierCallId: FOREIGN }),
    ]),
    ["an answer request", { type: "answer_requested", carrierCallId: FOREIGN, answeredBy: "person" }],
    ["a relay's end", relayEnded({ carrierCallId: FOREIGN })],
    [
      "a recording",
      { type: "recording_ready", carrierCallId: FOREIGN, recordingId: "RE1", durationSeconds: 1 },
    ],
    ["a create's answer", { type: "create_accepted", carrierCallId: FOREIGN }],
  ];
  for (const situation of ["placed", "ringing", "talking", "hangingUp"] as const) {
    test.for(FOREIGN_EVENTS)(`in \`${situation}\`, %s is refused`, ([, event]) => {
      expect(SITUATIONS[situation]().refuses(event)).toBe("foreign_call");
    });
  }
});

test.for(CARRIER_PHASES)("another call's %s is no word about a call that has ended", (phase) => {
  expect(SITUATIONS.ended().refuses(reportOf(phase, { carrierCallId: FOREIGN }))).toBe("foreign_call");
});

describe("the answer request", () => {
  test("of a person brings the relay", () => {
    const call = SITUATIONS.answered();
    expect(call.state).toMatchObject({ status: "in_progress", answeredBy: "person", relay: "awaited" });
    expect(call.told).toBe("relay");
  });

  test("that can't tell who it is takes it for a person", () => {
    const { state } = SITUATIONS.pickedUp().isAnswered(null);
    expect(state).toMatchObject({ status: "in_progress", answeredBy: "person" });
  });

  test.for([
    ["machine", "voicemail"],
    ["fax", "fax"],
  ] as const)("of a %s is answered by a hang-up, as %s", ([answeredBy, reason]) => {
    const call = SITUATIONS.pickedUp().isAnswered(answeredBy);
    expect(call.told).toBe("hang_up");
    expect(call.effects).toEqual([]);
    expect(call.state.closing).toEqual({ reason });
    expect(call.fires("hang_up").effects).toContainEqual({ type: "hang_up", via: "carrier" });
  });

  test("before any report is the answer, by arrival", () => {
    const call = SITUATIONS.placed().wait(9).isAnswered();
    expect(call.state).toMatchObject({ status: "in_progress", answeredAtMs: at(10) });
    expect(call.due("max_duration")).toBe(600);
  });

  test("counts the agent's time from the pick-up, not from itself", () => {
    const call = SITUATIONS.ringing().reports("answered").wait(4).isAnswered();
    expect(call.due("max_duration")).toBe(596);
  });

  test("delivered twice does not make the open relay deaf", () => {
    const call = SITUATIONS.talking().isAnswered();
    expect([call.state.relay, call.due("ask_carrier")]).toEqual(["open", null]);
    expect(call.accepts({ type: "customer_spoke" }).effects).toEqual([
      { type: "agent_turn", moment: "customer_spoke" },
    ]);
  });

  test("that later speaks of a machine does not undo the person", () => {
    const call = SITUATIONS.answered().isAnswered("machine");
    expect(call.told).toBe("relay");
    expect(call.wait(1).reports("completed").state.ending?.outcome).toBe("connected");
  });

  test.for([null, "person"] as const)("that later speaks of %s does not undo the machine", (answeredBy) => {
    const call = SITUATIONS.pickedUp().isAnswered("machine").isAnswered(answeredBy);
    expect(call.told).toBe("hang_up");
    expect(call.wait(1).reports("completed").state.ending?.reason).toBe("voicemail");
  });

  test("does not undo what a report has told of who answered", () => {
    const call = SITUATIONS.ringing().reports("answered", { answeredBy: "machine" }).isAnswered();
    expect(call.state).toMatchObject({ answeredBy: "machine", closing: { reason: "voicemail" } });
  });

  test("of a call that is to end is answered by a hang-up, and the person was connected", () => {
    const call = SITUATIONS.ringing()
      .accepts({ type: "end_requested", reason: "workflow_close" })
      .isAnswered();
    expect(call.told).toBe("hang_up");
    expect(call.wait(1).reports("completed").state.ending?.reason).toBe("workflow_close");
  });
});

describe("what the end means", () => {
  test("completed, but nobody ever picked up: no answer", () => {
    const call = SITUATIONS.ringing().wait(30).reports("completed", { durationSeconds: 0 });
    expect(call.state).toMatchObject({
      ending: { reason: "no_answer" },
      answeredAtMs: null,
      durationSeconds: 0,
    });
  });

  test("a person was on the line and we were never asked for words: our failure", () => {
    const call = SITUATIONS.pickedUp()
      .wait(20)
      .reports("completed", { answeredBy: "person", durationSeconds: 20 });
    expect(call.state.ending).toEqual({ reason: "agent_failed", outcome: "connected", fault: "platform" });
  });

  test("the carrier's own limit cut the call: max duration", () => {
    const call = SITUATIONS.talking()
      .wait(620)
      .reports("completed", { atMs: at(640), durationSeconds: 620 });
    expect(call.state.ending?.reason).toBe("max_duration");
  });

  test("a person that only a report told of was connected too", () => {
    const call = SITUATIONS.ringing().reports("answered", { answeredBy: "person" }).runsOut();
    expect(call.state.ending?.outcome).toBe("connected");
  });

  test.for(["completed", "failed", "canceled"] as const)(
    "an end that was asked for keeps its reason, though by the carrier's clock `%s` came before",
    (phase) => {
      const call = SITUATIONS.talking().wait(30).accepts({ type: "end_requested", reason: "workflow_close" });
      call.reports(phase, { atMs: call.nowMs - 20_000 });
      expect(call.state.ending?.reason).toBe("workflow_close");
    },
  );

  test("a customer who hung up before the limit hung up, however late we hear of it", () => {
    const call = SITUATIONS.talking()
      .wait(650)
      .reports("completed", { atMs: at(100), durationSeconds: 92 });
    expect(call.state.ending?.reason).toBe("customer_hangup");
  });

  test.for(["busy", "declined", "no_answer", "unreachable", "failed", "canceled"] as const)(
    "once a person answered, even `%s` ends a connected call",
    (phase) => {
      const { ending } = SITUATIONS.talking().wait(3).reports(phase).state;
      expect(ending).toEqual({ reason: "relay_lost", outcome: "connected", fault: "carrier" });
    },
  );
});

test.for(SITUATION_NAMES)("in `%s` the line is only given to the relay while people talk", (situation) => {
  const expected = situation === "answered" || situation === "talking" ? "relay" : "hang_up";
  expect(SITUATIONS[situation]().told).toBe(expected);
});
