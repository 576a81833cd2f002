// The relay: it opens, drops, comes back, or does not; and the carrier tells of its end, of which, and why.

import { describe, expect, test } from "vitest";
import {
  FOREIGN,
  OTHER_SESSION,
  SESSION,
  SITUATIONS,
  relayEnded,
  type CallDrive,
} from "../support/call-machine.ts";

describe("a relay that is lost", () => {
  test("the carrier is asked soon: most often the customer hung up", () => {
    const call = SITUATIONS.talking().accepts({ type: "relay_closed" });
    expect(call.state).toMatchObject({ status: "in_progress", relay: "lost" });
    expect(call.due("ask_carrier")).toBe(5);
    call.fires("ask_carrier").reports("completed", { durationSeconds: 8 });
    expect(call.state.ending?.reason).toBe("customer_hangup");
  });

  test("the carrier that asks what to do gets a new one, and the talk goes on", () => {
    const call = SITUATIONS.talking()
      .wait(10)
      .accepts({ type: "relay_closed" })
      .wait(1)
      .relayEnds({ failed: true });
    expect(call.told).toBe("relay");
    expect(call.due("ask_carrier")).toBe(15);
    call.wait(1).relayOpens();
    expect(call.state.relay).toBe("open");
    expect(call.due("ask_carrier")).toBeNull();
    expect(call.due("silence")).toBe(30);
  });

  test("resumes just so when the carrier asks before the socket is seen to close", () => {
    const call = SITUATIONS.talking().relayEnds();
    expect(call.refuses({ type: "relay_closed" })).toBe("not_applicable");
    expect(call.relayOpens().state.relay).toBe("open");
  });

  test("the agent's time is not counted anew", () => {
    const before = SITUATIONS.talking();
    const limit = before.state.timers.max_duration;
    const after = before.wait(60).relayEnds().wait(1).relayOpens();
    expect(after.state.timers.max_duration).toBe(limit);
  });

  test("comes back five times in a row without a word, not six", () => {
    const call = SITUATIONS.talking();
    for (let loss = 1; loss <= 5; loss += 1) {
      expect(call.relayEnds().told, `after loss ${loss}`).toBe("relay");
      call.wait(1).relayOpens();
    }
    expect(call.relayEnds().told).toBe("hang_up");
    expect(call.effects).toEqual([]);
    expect(call.wait(1).reports("completed").state.ending).toEqual({
      reason: "relay_lost",
      outcome: "connected",
      fault: "carrier",
    });
  });

  test("may be lost as often as it likes between words", () => {
    const call = SITUATIONS.talking();
    for (let loss = 0; loss < 12; loss += 1) {
      call.relayEnds().relayOpens().accepts({ type: "customer_spoke" });
    }
    expect(call.told).toBe("relay");
    expect(call.state.relayLosses).toBe(0);
  });

  test("because the call is over: nothing is lost, the end's report is awaited", () => {
    const call = SITUATIONS.talking().relayEnds({ callOver: true });
    expect(call.state).toMatchObject({ status: "in_progress", relay: "none", relayLosses: 0, closing: null });
    expect([call.due("ask_carrier"), call.due("silence"), call.effects]).toEqual([5, null, []]);
  });

  test("because the call is over: however often the carrier must be asked for it, none is lost", () => {
    const call = SITUATIONS.talking().relayEnds({ callOver: true });
    for (let asked = 0; asked < 10; asked += 1) {
      expect(call.fires("ask_carrier").effects).toEqual([{ type: "fetch_call" }]);
      call.accepts({ type: "lookup_failed" });
    }
    expect(call.state).toMatchObject({ relay: "none", relayLosses: 0, closing: null });
    expect(call.reports("completed", { durationSeconds: 5 }).state.ending?.reason).toBe("customer_hangup");
  });

  test("because the call is over: the customer hung up, though the carrier also tells that it was a person", () => {
    const call = SITUATIONS.talking().wait(30).relayEnds({ callOver: true }).wait(1);
    call.reports("completed", { answeredBy: "person", durationSeconds: 31 });
    expect(call.state.ending).toEqual({ reason: "customer_hangup", outcome: "connected", fault: "none" });
  });

  test("because the call is over, which was not so: a relay that opens goes on", () => {
    const call = SITUATIONS.talking().relayEnds({ callOver: true }).wait(1).relayOpens("VX-second");
    expect(call.state).toMatchObject({ relay: "open", relaySession: "VX-second" });
    expect([call.due("ask_carrier"), call.due("silence")]).toEqual([null, 30]);
  });

  test("because it failed and the call is over with it, was lost", () => {
    const call = SITUATIONS.talking().wait(30).relayEnds({ failed: true, callOver: true });
    expect(call.state.closing).toEqual({ reason: "relay_lost" });
    expect(call.effects).toEqual([]);
    expect(call.wait(1).reports("completed").state.ending?.reason).toBe("relay_lost");
  });

  test("so too if the carrier's word of it took two seconds", () => {
    const call = SITUATIONS.talking().wait(32).relayEnds({ failed: true, callOver: true });
    call.reports("completed", { atMs: call.nowMs - 2_000, durationSeconds: 31 });
    expect(call.state.ending?.reason).toBe("relay_lost");
  });

  const WITHOUT: [string, () => CallDrive][] = [
    ["never opened", () => SITUATIONS.answered()],
    ["closed", () => SITUATIONS.talking().accepts({ type: "relay_closed" })],
    ["ended, and did not open again", () => SITUATIONS.talking().relayEnds()],
    [
      "never opened, and the carrier says that the call lives",
      () => SITUATIONS.answered().reports("answered"),
    ],
  ];
  test.for(WITHOUT)("and that %s: the line is given a new one, and that counts as a loss", ([, lives]) => {
    const call = lives();
    const { relay, relayLosses } = call.state;
    expect(call.fires("ask_carrier").effects).toEqual([{ type: "redirect" }]);
    expect(call.state).toMatchObject({ relay, relayLosses: relayLosses + 1, closing: null });
    expect(call.due("ask_carrier")).toBe(15);
    call.wait(2).relayOpens("VX-second");
    expect([call.state.relay, call.due("ask_carrier")]).toEqual(["open", null]);
  });

  test("and whose line can't be given a new one, for the call is over, ends as the carrier tells", () => {
    const call = SITUATIONS.talking().wait(9).accepts({ type: "relay_closed" }).fires("ask_carrier");
    call.reports("completed", { durationSeconds: 11, answeredBy: "person" });
    expect(call.state.ending?.reason).toBe("customer_hangup");
  });

  test("and that never opens is lost, soon, not ten minutes of dead air", () => {
    const call = SITUATIONS.answered();
    for (let asked = 1; asked <= 5; asked += 1) {
      call.fires("ask_carrier").reports("answered");
      expect(call.state, `asked ${asked} times`).toMatchObject({ relayLosses: asked, closing: null });
    }
    call.fires("ask_carrier");
    expect(call.state.closing).toEqual({ reason: "relay_lost" });
    expect(call.effects).toEqual([{ type: "hang_up", via: "carrier" }]);
    expect(call.seconds).toBeLessThan(90);
  });

  test("so too if the carrier has no usable answer, or none", () => {
    const fruitless = SITUATIONS.answered();
    for (let asked = 1; asked <= 6; asked += 1) {
      expect(fruitless.state.closing).toBeNull();
      fruitless.fires("ask_carrier").accepts({ type: "lookup_failed" });
    }
    expect(fruitless.state.closing).toEqual({ reason: "relay_lost" });
    expect(fruitless.due("ask_carrier")).toBeNull();
    const unheard = SITUATIONS.talking().accepts({ type: "relay_closed" }).runsOut();
    expect(unheard.state.ending?.reason).toBe("relay_lost");
  });

  test("counts by the asking, not by the answers to it", () => {
    const call = SITUATIONS.answered();
    for (let said = 0; said < 10; said += 1) call.wait(1).reports("answered");
    expect(call.state).toMatchObject({ relayLosses: 0, closing: null });
    expect(call.fires("ask_carrier").state.relayLosses).toBe(1);
  });

  test("in the middle of a talk counts with those before it, until a word is said", () => {
    const call = SITUATIONS.talking();
    for (let loss = 0; loss < 4; loss += 1) call.relayEnds().relayOpens();
    call.accepts({ type: "relay_closed" }).fires("ask_carrier");
    expect(call.state).toMatchObject({ relayLosses: 5, closing: null });
    call.relayOpens().accepts({ type: "customer_spoke" });
    expect(call.accepts({ type: "relay_closed" }).fires("ask_carrier").state.relayLosses).toBe(1);
  });

  test("is not counted while it is open, or before the carrier asked for words", () => {
    expect(SITUATIONS.talking().reports("answered").state.relayLosses).toBe(0);
    expect(SITUATIONS.pickedUp().reports("answered").state.relayLosses).toBe(0);
    const call = SITUATIONS.pickedUp();
    for (let asked = 0; asked < 10; asked += 1) call.fires("ask_carrier");
    expect(call.state).toMatchObject({ relayLosses: 0, closing: null });
    expect(call.effects).toEqual([{ type: "fetch_call" }]);
  });

  for (const situation of ["waiting", "requested", "unknown", "placed", "ringing", "pickedUp"] as const) {
    test.for([{}, { failed: true, callOver: true }])(
      `in \`${situation}\` there was none to lose: %j`,
      (changes) => {
        expect(SITUATIONS[situation]().refuses(relayEnded(changes))).toBe("not_applicable");
      },
    );
  }

  test("is not counted again by the end of an earlier one", () => {
    const call = SITUATIONS.talking().relayEnds({ failed: true }).wait(1).relayOpens("VX-second");
    const before = call.state;
    call.wait(1).relayEnds({ failed: true });
    expect([call.state, call.effects]).toEqual([before, []]);
    expect(call.told).toBe("relay");
  });

  test("and opens while the carrier is asked: a fruitless answer leaves it alone", () => {
    const call = SITUATIONS.answered().fires("ask_carrier").relayOpens();
    expect(call.accepts({ type: "lookup_failed" }).due("ask_carrier")).toBeNull();
  });

  test("once the call is to end, is answered by a hang-up", () => {
    const call = SITUATIONS.lastWords().accepts({ type: "relay_closed" }).accepts(relayEnded());
    expect(call.told).toBe("hang_up");
    expect(call.due("last_words")).toBeNull();
    expect(call.due("hang_up")).toBe(5);
  });

  test("that opens when the call is to end is told to hang up", () => {
    const call = SITUATIONS.answered().accepts({ type: "end_requested", reason: "workflow_close" });
    call.relayOpens();
    expect(call.effects).toEqual([{ type: "hang_up", via: "relay" }]);
  });
});

describe("a relay's end, while one is open,", () => {
  const ENDS = [{}, { failed: true }, { callOver: true }, { failed: true, callOver: true }];

  test.for(ENDS)("changes nothing if it is another's: %j", (changes) => {
    const call = SITUATIONS.talking().wait(5);
    const before = call.state;
    call.relayEnds({ ...changes, sessionId: OTHER_SESSION });
    expect([call.state, call.effects]).toEqual([before, []]);
  });

  test.for(["lastWords", "hangingUp"] as const)("changes nothing in `%s` either", (situation) => {
    const call = SITUATIONS[situation]();
    const before = call.state;
    call.relayEnds({ sessionId: OTHER_SESSION });
    expect([call.state, call.effects]).toEqual([before, []]);
    expect(call.told).toBe("hang_up");
  });

  test.for([SESSION, null])("is its end if the session is %j", (sessionId) => {
    const call = SITUATIONS.talking().relayEnds({ sessionId });
    expect(call.state).toMatchObject({ relay: "awaited", relayLosses: 1 });
  });

  test("is told by the session that was opened last", () => {
    const call = SITUATIONS.talking().relayOpens("VX-second");
    expect(call.relayEnds({ sessionId: SESSION }).state.relay).toBe("open");
    expect(call.relayEnds({ sessionId: "VX-second" }).state.relay).toBe("awaited");
  });

  test("counts as one loss, however often the carrier asks", () => {
    const call = SITUATIONS.talking().relayEnds();
    const before = call.state;
    call.wait(1).relayEnds();
    expect([call.state, call.effects]).toEqual([before, []]);
    expect(call.told).toBe("relay");
    expect(call.relayEnds({ callOver: true }).state.relay).toBe("none");
  });

  test("of a relay that gave no session is its end", () => {
    const call = SITUATIONS.answered().accepts({ type: "relay_opened", sessionId: null });
    expect(call.relayEnds({ sessionId: OTHER_SESSION }).state.relay).toBe("awaited");
  });

  test("of another call is refused, whatever the session", () => {
    const event = relayEnded({ carrierCallId: FOREIGN, sessionId: OTHER_SESSION });
    expect(SITUATIONS.talking().refuses(event)).toBe("foreign_call");
  });
});

test.for([
  ["awaited", () => SITUATIONS.answered(), "awaited", 1],
  ["lost", () => SITUATIONS.talking().accepts({ type: "relay_closed" }), "awaited", 1],
] as const)(
  "with a relay that is %s, the end of any session is the end of one",
  ([, lives, relay, losses]) => {
    const call = lives().relayEnds({ sessionId: OTHER_SESSION });
    expect(call.state).toMatchObject({ relay, relayLosses: losses });
  },
);
