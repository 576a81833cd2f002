// From acceptance to the carrier's word that it has the call. What matters most: a phone rings once at most.

import { describe, expect, test } from "vitest";
import type { CallEvent } from "../../src/domain/call/events.ts";
import { callStateSchema } from "../../src/domain/call/state.ts";
import {
  ACCEPTED_MS,
  CallDrive,
  FOREIGN,
  LIMITS,
  OURS,
  SITUATIONS,
  reportOf,
} from "../support/call-machine.ts";

const BOUND_SECONDS = (LIMITS.ringTimeoutMs + LIMITS.maxDurationMs) / 1000 + 60;

describe("waiting for a slot", () => {
  test("a new call is due at once, and has its deadline", () => {
    const { state } = new CallDrive();
    expect(state.timers).toEqual({ dial: ACCEPTED_MS, dial_deadline: ACCEPTED_MS + LIMITS.dialDeadlineMs });
  });

  test("a slot request that gets no answer is made again", () => {
    const call = new CallDrive().fires("dial").fires("dial");
    expect(call.seconds).toBe(15);
    expect(call.effects).toEqual([{ type: "reserve_slot" }]);
  });

  test("an opt-out check that gets no answer begins again with the slot", () => {
    const call = new CallDrive().fires("dial").wait(1);
    call.accepts({ type: "slot_granted", startAtMs: call.nowMs }).fires("dial");
    expect(call.effects).toEqual([{ type: "reserve_slot" }]);
  });

  test("a slot for later is waited for, and then asked for again", () => {
    const call = new CallDrive().fires("dial");
    call.accepts({ type: "slot_granted", startAtMs: call.nowMs + 40_000 });
    expect(call.effects).toEqual([]);
    expect(call.fires("dial").seconds).toBe(40);
    expect(call.effects).toEqual([{ type: "reserve_slot" }]);
  });

  test("a full gate is asked again when it says", () => {
    const call = new CallDrive().fires("dial");
    call.accepts({ type: "slot_full", retryAtMs: call.nowMs + 2_000 });
    expect(call.effects).toEqual([]);
    expect(call.fires("dial").seconds).toBe(2);
  });

  test("the deadline holds while the gate stays full", () => {
    const call = new CallDrive();
    while (call.state.timers.dial !== undefined && call.state.timers.dial < ACCEPTED_MS + 300_000) {
      call.fires("dial").accepts({ type: "slot_full", retryAtMs: call.nowMs + 2_000 });
    }
    call.fires("dial_deadline");
    expect(call.state).toMatchObject({
      ending: { reason: "dial_expired" },
      endedAtMs: ACCEPTED_MS + 300_000,
    });
  });

  test("a timer does nothing before its time", () => {
    const call = new CallDrive();
    expect(call.wait(299.999).refuses({ type: "timer", name: "dial_deadline" })).toBe("not_applicable");
    expect(call.refuses({ type: "timer", name: "max_duration" })).toBe("not_applicable");
  });

  test("an opted-out number is never asked for, and nothing more is done about it", () => {
    const call = new CallDrive().fires("dial").accepts({ type: "slot_granted", startAtMs: ACCEPTED_MS });
    call.accepts({ type: "opt_out_checked", optedOut: true });
    expect(call.allEffects.map(({ type }) => type)).toEqual([
      "reserve_slot",
      "check_opt_out",
      "release_slot",
    ]);
    expect(call.state.ending).toEqual({ reason: "contact_opted_out", outcome: "failed", fault: "none" });
  });
});

describe("after the dial deadline no phone begins to ring", () => {
  const checked: CallEvent = { type: "opt_out_checked", optedOut: false };

  test("though the opt-out list answered only then", () => {
    const call = new CallDrive().fires("dial").accepts({ type: "slot_granted", startAtMs: ACCEPTED_MS });
    expect(call.wait(300.001).accepts(checked).state.ending?.reason).toBe("dial_expired");
    expect(call.effects).toEqual([{ type: "release_slot" }]);
  });

  test("though the slot was granted only then", () => {
    const call = new CallDrive().fires("dial").wait(300.001);
    call.accepts({ type: "slot_granted", startAtMs: call.nowMs });
    expect(call.state.ending?.reason).toBe("dial_expired");
    expect(call.effects).toEqual([{ type: "release_slot" }]);
  });

  test("but at the deadline it may", () => {
    const call = new CallDrive().fires("dial").wait(300);
    call.accepts({ type: "slot_granted", startAtMs: call.nowMs }).accepts(checked);
    expect(call.effects).toEqual([{ type: "create_call" }]);
  });

  test("an opted-out number is called that, even then", () => {
    const call = new CallDrive().fires("dial").accepts({ type: "slot_granted", startAtMs: ACCEPTED_MS });
    call.wait(301).accepts({ type: "opt_out_checked", optedOut: true });
    expect(call.state.ending?.reason).toBe("contact_opted_out");
  });
});

describe("asking the carrier", () => {
  test("that it is asked is stored, with the time and the bound of the whole call", () => {
    const call = new CallDrive().wait(7).asksToDial();
    expect(call.state).toMatchObject({ submission: "requested", requestedAtMs: ACCEPTED_MS + 7_000 });
    expect(call.due("must_end")).toBe(BOUND_SECONDS);
    expect(call.due("dial")).toBeNull();
  });

  const STALE: CallEvent[] = [
    { type: "opt_out_checked", optedOut: false },
    { type: "opt_out_checked", optedOut: true },
    { type: "slot_granted", startAtMs: ACCEPTED_MS },
    { type: "slot_full", retryAtMs: ACCEPTED_MS },
    { type: "slot_too_late" },
  ];
  test.for(["requested", "unknown", "placed", "ringing", "talking"] as const)(
    "in `%s` no late word of gate or opt-out list can make it ring again",
    (situation) => {
      const call = SITUATIONS[situation]();
      for (const event of STALE) expect(call.refuses(event), event.type).toBe("not_applicable");
    },
  );

  test.for(["waiting", "placed", "ringing", "talking"] as const)(
    "in `%s` no answer to a create is out, so none counts",
    (situation) => {
      const call = SITUATIONS[situation]();
      expect(call.refuses({ type: "create_refused", reason: "invalid_number" })).toBe("not_applicable");
      expect(call.refuses({ type: "create_throttled", retryAfterMs: 1_000 })).toBe("not_applicable");
      expect(call.refuses({ type: "create_unanswered" })).toBe("not_applicable");
    },
  );

  test("while the create's answer is out, the deadline ends nothing", () => {
    const call = new CallDrive({ dialDeadlineMs: 5_000 }).asksToDial().fires("dial_deadline");
    expect(call.state).toMatchObject({ status: "dialing", submission: "requested" });
    expect(call.accepts({ type: "create_accepted", carrierCallId: OURS }).state.submission).toBe("placed");
  });

  test("once accepted, it asks how the call stands if nothing is heard for 15 seconds", () => {
    const call = SITUATIONS.placed();
    expect(call.due("ask_carrier")).toBe(15);
    expect(call.due("dial_deadline")).toBeNull();
    expect(call.due("create_answer")).toBeNull();
    expect(call.fires("ask_carrier").effects).toEqual([{ type: "fetch_call" }]);
  });

  test("an accepted create that is reported twice changes nothing", () => {
    const call = SITUATIONS.placed();
    const before = call.state;
    expect(call.wait(3).accepts({ type: "create_accepted", carrierCallId: OURS }).state).toEqual(before);
    expect(call.effects).toEqual([]);
  });

  test("another call's id is refused", () => {
    const call = SITUATIONS.placed();
    expect(call.refuses({ type: "create_accepted", carrierCallId: FOREIGN })).toBe("foreign_call");
  });
});

describe("a throttled create", () => {
  test("is made again when the carrier says, through slot and opt-out check", () => {
    const call = SITUATIONS.requested().accepts({ type: "create_throttled", retryAfterMs: 4_000 });
    expect(call.state).toMatchObject({ submission: "waiting", requestedAtMs: null });
    expect(call.effects).toEqual([]);
    expect(call.fires("dial").seconds).toBe(4);
    expect(call.effects).toEqual([{ type: "reserve_slot" }]);
  });

  test("keeps its slot, and is the next attempt at the gate", () => {
    const call = SITUATIONS.requested();
    expect(call.state.dialAttempt).toBe(1);
    call.accepts({ type: "create_throttled", retryAfterMs: 1_000 });
    expect(call.state.dialAttempt).toBe(2);
    expect(call.fires("dial").fires("dial").state.dialAttempt).toBe(2);
    call.asksToDial().accepts({ type: "create_throttled", retryAfterMs: 1_000 });
    expect(call.state.dialAttempt).toBe(3);
    expect(call.allEffects.map(({ type }) => type)).not.toContain("release_slot");
  });

  test.for([
    [0, 1],
    [999.5, 1],
    [1_000.5, 1.001],
  ] as const)("with a wait of %d ms is made again after %d s", ([retryAfterMs, seconds]) => {
    const call = SITUATIONS.requested().accepts({ type: "create_throttled", retryAfterMs });
    expect(call.due("dial")).toBe(seconds);
    expect(callStateSchema.parse(JSON.parse(JSON.stringify(call.state)))).toEqual(call.state);
  });

  test("has its bound counted from the create that counts", () => {
    const call = SITUATIONS.requested().wait(1).accepts({ type: "create_throttled", retryAfterMs: 60_000 });
    expect(call.due("must_end")).toBeNull();
    expect(call.asksToDial().due("must_end")).toBe(BOUND_SECONDS);
  });

  test("still has its deadline", () => {
    const call = SITUATIONS.requested().accepts({ type: "create_throttled", retryAfterMs: 250_000 });
    call.runsOut();
    expect(call.state.ending?.reason).toBe("dial_expired");
    expect(call.seconds).toBe(300);
  });

  test("has its deadline again if that passed while the answer was out", () => {
    const call = SITUATIONS.requested().fires("dial_deadline");
    call.accepts({ type: "create_throttled", retryAfterMs: 0 });
    expect(call.state).toMatchObject({ ending: { reason: "dial_expired" }, timers: {} });
    expect(call.effects).toEqual([{ type: "release_slot" }]);
  });

  test("may come back at the deadline, not after it", () => {
    const at = SITUATIONS.requested().accepts({ type: "create_throttled", retryAfterMs: 300_000 });
    expect(at.state.status).toBe("dialing");
    const after = SITUATIONS.requested().accepts({ type: "create_throttled", retryAfterMs: 300_001 });
    expect(after.state.ending?.reason).toBe("dial_expired");
  });

  test("is not made again once the call is to end", () => {
    const call = SITUATIONS.requested().accepts({ type: "end_requested", reason: "workflow_close" });
    call.accepts({ type: "create_throttled", retryAfterMs: 1_000 });
    expect(call.state.ending?.reason).toBe("canceled");
    expect(call.effects).toEqual([{ type: "release_slot" }]);
  });
});

describe("a create without an answer", () => {
  test("counts as lost after 30 seconds", () => {
    const call = SITUATIONS.requested().fires("create_answer");
    expect(call.seconds).toBe(30);
    expect(call.state.submission).toBe("unknown");
    expect(call.due("dial_deadline")).toBeNull();
    expect(call.effects).toEqual([]);
  });

  test("is looked for six times at growing distances, and then given up", () => {
    const call = SITUATIONS.requested().accepts({ type: "create_unanswered" });
    const askedAt: number[] = [];
    while (call.state.status !== "ended") {
      call.fires("lookup");
      expect(call.effects).toEqual([{ type: "find_call" }]);
      askedAt.push(call.seconds);
      call.accepts({ type: "lookup_empty" });
    }
    expect(askedAt).toEqual([2, 5, 10, 20, 35, 55]);
    expect(call.state.ending).toEqual({ reason: "submission_unknown", outcome: "failed", fault: "carrier" });
  });

  test("whose look-up is not answered is looked up again", () => {
    const call = SITUATIONS.unknown().fires("lookup").fires("lookup");
    expect(call.effects).toEqual([{ type: "find_call" }]);
    expect(call.state.lookups).toBe(0);
  });

  test("ends within the bound even if no look-up is ever answered", () => {
    const call = SITUATIONS.unknown().runsOut();
    expect(call.state.ending?.reason).toBe("submission_unknown");
    expect(call.seconds).toBe(BOUND_SECONDS);
  });

  test("is `carrier_unreachable` if the carrier's last answer was none", () => {
    const call = SITUATIONS.unknown();
    for (let asked = 0; asked < 5; asked += 1) call.fires("lookup").accepts({ type: "lookup_empty" });
    call.fires("lookup").accepts({ type: "lookup_failed" });
    expect(call.state.ending).toEqual({ reason: "carrier_unreachable", outcome: "failed", fault: "carrier" });
  });

  test("that is found lives on as if it had been answered", () => {
    const call = SITUATIONS.unknown().fires("lookup").reports("ringing");
    expect(call.state).toMatchObject({ status: "ringing", submission: "placed", carrierCallId: OURS });
    expect(call.due("lookup")).toBeNull();
    expect(call.effects).toEqual([]);
  });

  test("is never made again, whatever timers fire", () => {
    const call = SITUATIONS.unknown().runsOut();
    expect(call.allEffects.filter(({ type }) => type === "create_call")).toHaveLength(1);
  });

  test("that was refused, as is heard late, is refused", () => {
    const call = SITUATIONS.unknown().accepts({ type: "create_refused", reason: "invalid_number" });
    expect(call.state.ending?.reason).toBe("invalid_number");
  });

  test("that was throttled, as is heard late, is made again, and its answer awaited as ever", () => {
    const call = SITUATIONS.unknown().accepts({ type: "create_throttled", retryAfterMs: 4_000 });
    expect(call.effects).toEqual([]);
    expect(call.state).toMatchObject({ dialAttempt: 2, lookups: 0 });
    expect(call.state.timers).toEqual({
      dial: call.nowMs + 4_000,
      dial_deadline: ACCEPTED_MS + LIMITS.dialDeadlineMs,
    });
    expect(call.asksToDial().due("create_answer")).toBe(30);
    expect(call.refuses({ type: "lookup_empty" })).toBe("not_applicable");
  });

  test("has all its look-ups, though an earlier create was looked for too", () => {
    const call = SITUATIONS.unknown().fires("lookup").accepts({ type: "lookup_empty" });
    call.accepts({ type: "create_throttled", retryAfterMs: 1_000 }).asksToDial();
    call.accepts({ type: "create_unanswered" });
    let asked = 0;
    for (; call.state.status !== "ended"; asked += 1) call.fires("lookup").accepts({ type: "lookup_empty" });
    expect(asked).toBe(6);
  });

  test.for(["waiting", "requested"] as const)("is not looked for in `%s`", (situation) => {
    const call = SITUATIONS[situation]();
    expect(call.refuses({ type: "lookup_empty" })).toBe("not_applicable");
    expect(call.refuses({ type: "lookup_failed" })).toBe("not_applicable");
  });

  test("may still be answered late", () => {
    const call = SITUATIONS.unknown().accepts({ type: "create_accepted", carrierCallId: OURS });
    expect(call.state).toMatchObject({ submission: "placed", carrierCallId: OURS });
    expect(call.due("lookup")).toBeNull();
  });
});

describe("a callback before the create's answer", () => {
  const FIRST: [string, CallEvent][] = [
    ["queued", reportOf("queued")],
    ["ringing", reportOf("ringing")],
    ["answered", reportOf("answered")],
    ["the answer request", { type: "answer_requested", carrierCallId: OURS, answeredBy: "person" }],
  ];

  for (const situation of ["requested", "unknown"] as const) {
    test.for(FIRST)(`in \`${situation}\`, %s brings the id`, ([, event]) => {
      const call = SITUATIONS[situation]().accepts(event);
      expect(call.state).toMatchObject({ submission: "placed", carrierCallId: OURS });
      expect(call.due("create_answer")).toBeNull();
      expect(call.due("lookup")).toBeNull();
      const { status } = call.state;
      call.accepts({ type: "create_accepted", carrierCallId: OURS });
      expect(call.state.status).toBe(status);
      expect(call.refuses({ type: "create_accepted", carrierCallId: FOREIGN })).toBe("foreign_call");
    });
  }

  test("a create's refusal cannot undo what the carrier has reported since", () => {
    const call = SITUATIONS.requested().reports("ringing");
    expect(call.refuses({ type: "create_refused", reason: "carrier_rejected" })).toBe("not_applicable");
  });

  test("an end before the create's answer counts", () => {
    const call = SITUATIONS.requested().wait(1).reports("busy");
    expect(call.state.ending?.reason).toBe("busy");
    expect(call.refuses({ type: "create_unanswered" })).toBe("call_ended");
  });
});
