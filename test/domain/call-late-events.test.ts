// What comes after the end: kept, answered with a hang-up, and without consequence.

import { describe, expect, test } from "vitest";
import { CARRIER_PHASES, type CallEvent, type CarrierPhase } from "../../src/domain/call/events.ts";
import { AGENT_END_REASONS } from "../../src/domain/call/status.ts";
import {
  ACCEPTED_MS,
  FOREIGN,
  OURS,
  SESSION,
  SITUATIONS,
  relayEnded,
  reportOf,
} from "../support/call-machine.ts";

describe("a call that has ended", () => {
  const live: CarrierPhase[] = ["queued", "ringing", "answered"];

  test.for(CARRIER_PHASES)("%s reopens nothing", (phase) => {
    const call = SITUATIONS.ended().wait(60);
    const before = call.state;
    if (live.includes(phase)) {
      call.reports(phase, { atMs: call.nowMs, durationSeconds: 99, answeredBy: "machine" });
      expect(call.effects).toEqual([{ type: "ensure_hung_up" }]);
      expect(call.state).toEqual(before);
    } else {
      expect(call.refuses(reportOf(phase, { durationSeconds: 99 }))).toBe("call_ended");
    }
  });

  test("a call given up that rings after all is hung up, by the id that the report brings", () => {
    const call = SITUATIONS.unknown();
    while (call.state.status !== "ended") call.fires("lookup").accepts({ type: "lookup_empty" });
    const { ending } = call.state;
    call.wait(60).reports("ringing");
    expect(call.state).toMatchObject({ status: "ended", ending, carrierCallId: OURS });
    expect(call.effects).toEqual([{ type: "ensure_hung_up" }]);
    expect(call.refuses(reportOf("ringing", { carrierCallId: FOREIGN }))).toBe("foreign_call");
  });

  test("so is one whose create is answered after the end", () => {
    const call = SITUATIONS.unknown();
    while (call.state.status !== "ended") call.fires("lookup").accepts({ type: "lookup_empty" });
    call.accepts({ type: "create_accepted", carrierCallId: OURS });
    expect(call.effects).toEqual([{ type: "ensure_hung_up" }]);
    expect(call.state.carrierCallId).toBe(OURS);
  });

  test("one whose id was known needs no hang-up when its create is answered", () => {
    const call = SITUATIONS.requested().wait(1).reports("busy");
    expect(call.refuses({ type: "create_accepted", carrierCallId: OURS })).toBe("call_ended");
    expect(call.refuses({ type: "create_accepted", carrierCallId: FOREIGN })).toBe("foreign_call");
  });

  test.for(AGENT_END_REASONS.filter((reason) => reason !== "dnc_request"))(
    "an agent that says goodbye as %s changes nothing",
    (reason) => {
      const finished: CallEvent = { type: "agent_finished", reason, playsUntilMs: ACCEPTED_MS };
      expect(SITUATIONS.ended().refuses(finished)).toBe("not_applicable");
    },
  );

  const TOO_LATE: CallEvent[] = [
    { type: "opt_out_checked", optedOut: false },
    { type: "create_unanswered" },
    { type: "lookup_empty" },
    { type: "answer_requested", carrierCallId: OURS, answeredBy: "person" },
    { type: "relay_opened", sessionId: SESSION },
    { type: "relay_closed" },
    relayEnded(),
    { type: "customer_heard" },
    { type: "customer_spoke" },
    { type: "agent_spoke", playsUntilMs: ACCEPTED_MS },
    { type: "words_played" },
    { type: "end_requested", reason: "workflow_close" },
  ];
  test("learns which of the carrier's calls it was, when that is found at last, and nothing else", () => {
    const call = SITUATIONS.unknown().runsOut();
    const before = call.state;
    call.reports("completed", { durationSeconds: 9 });
    expect([call.state, call.effects]).toEqual([{ ...before, carrierCallId: OURS }, []]);
    expect(call.refuses(reportOf("completed"))).toBe("call_ended");
  });

  test("gives a slot back that is granted only now", () => {
    const call = SITUATIONS.ended();
    const before = call.state;
    call.accepts({ type: "slot_granted", startAtMs: ACCEPTED_MS });
    expect([call.state, call.effects]).toEqual([before, [{ type: "release_slot" }]]);
  });

  test.for(TOO_LATE.map((event) => [event.type, event] as const))("%s comes too late", ([, event]) => {
    const call = SITUATIONS.ended();
    expect(call.refuses(event)).toBe("call_ended");
    expect(call.told).toBe("hang_up");
  });
});

describe("a recording", () => {
  test.for(["talking", "ended"] as const)("is stored in `%s`, and nothing else changes", (situation) => {
    const call = SITUATIONS[situation]();
    const before = call.state;
    call.accepts({ type: "recording_ready", carrierCallId: OURS, recordingId: "RE1", durationSeconds: 24 });
    expect(call.state).toEqual(before);
    expect(call.effects).toEqual([{ type: "store_recording", recordingId: "RE1", durationSeconds: 24 }]);
  });
});
