// A call that comes in: answered at once, never dialled, and given our conditions when the talk begins.

import { describe, expect, test } from "vitest";
import { newInboundCall } from "../../src/domain/call/state.ts";
import { ACCEPTED_MS, CallDrive, LIMITS, OURS, OTHER_SESSION } from "../support/call-machine.ts";

const TAKES_CHARGE = { type: "take_charge" } as const;

function ringing(): CallDrive {
  const call = new CallDrive();
  call.state = newInboundCall(LIMITS, ACCEPTED_MS, OURS);
  return call;
}

test("is talked with as soon as the carrier asks, and bounded from its first ring", () => {
  const call = ringing().isAnswered();
  expect(call.state).toMatchObject({ status: "in_progress", answeredBy: "person", relay: "awaited" });
  expect(call.told).toBe("relay");
  expect(call.due("must_end")).toBe(30 + 600 + 60);
  expect(call.due("max_duration")).toBe(600);
});

test("that never hears from the carrier again ends by its timers", () => {
  const call = ringing().runsOut();
  expect(call.state.ending).toMatchObject({ outcome: "failed" });
  expect(call.allEffects).not.toContainEqual({ type: "create_call" });
});

describe("our conditions", () => {
  test("are given when the first relay opens, and not again", () => {
    const call = ringing().isAnswered().relayOpens();
    expect(call.effects).toEqual([TAKES_CHARGE]);
    call.relayEnds().relayOpens(OTHER_SESSION);
    expect(call.effects).toEqual([]);
  });

  test("are given by the second if the first did not open, or was slow", () => {
    const failed = ringing().isAnswered().relayEnds({ failed: true, sessionId: OTHER_SESSION }).relayOpens();
    expect(failed.effects).toEqual([TAKES_CHARGE]);
    const slow = ringing().isAnswered().fires("ask_carrier").relayOpens();
    expect(slow.effects).toEqual([TAKES_CHARGE]);
  });

  test("are given once if the carrier names no sessions", () => {
    const call = ringing().isAnswered();
    call.accepts({ type: "relay_opened", sessionId: null });
    call.isAnswered().accepts({ type: "relay_opened", sessionId: null });
    expect(call.allEffects.filter(({ type }) => type === "take_charge")).toHaveLength(1);
  });

  test("are not given to a call that is to end", () => {
    const call = ringing().isAnswered().accepts({ type: "end_requested", reason: "workflow_close" });
    expect(call.relayOpens().effects).not.toContainEqual(TAKES_CHARGE);
  });

  test("are not given to a call that we placed", () => {
    const call = new CallDrive().asksToDial().accepts({ type: "create_accepted", carrierCallId: OURS });
    call.isAnswered().relayOpens();
    expect(call.allEffects).not.toContainEqual(TAKES_CHARGE);
  });
});

test.for([
  ["canceled", "customer_hangup"],
  ["no_answer", "customer_hangup"],
  ["completed", "customer_hangup"],
  ["failed", "relay_lost"],
] as const)("a caller who is gone before a word was said: the carrier says %s, we %s", ([phase, reason]) => {
  const call = ringing().isAnswered().wait(1).reports(phase);
  expect(call.state.ending).toMatchObject({ outcome: "connected", reason });
});

test("the end of a relay that never opened is one loss, however often the carrier asks", () => {
  const call = ringing().isAnswered().relayEnds({ failed: true, sessionId: OTHER_SESSION });
  for (let asked = 0; asked < 5; asked += 1) call.relayEnds({ failed: true, sessionId: OTHER_SESSION });
  expect(call.state).toMatchObject({ relay: "awaited", relayLosses: 1, closing: null });
  call.relayEnds({ failed: true, sessionId: "VX-third" });
  expect(call.state.relayLosses).toBe(2);
});
