// How a call is brought to its end: who asks for it, who confirms it, and what if nobody does.

import { describe, expect, test } from "vitest";
import { finish } from "../../src/domain/call/ending.ts";
import type { CallEvent } from "../../src/domain/call/events.ts";
import { step } from "../../src/domain/call/machine.ts";
import { ENDINGS, REQUESTED_END_REASONS } from "../../src/domain/call/status.ts";
import { CallDrive, OURS, SITUATIONS, reportOf, type Situation } from "../support/call-machine.ts";

const CONNECTED = "connected";
const CLIENT_ENDS: CallEvent = { type: "end_requested", reason: "workflow_close" };

describe("an end that is asked for", () => {
  test.for(REQUESTED_END_REASONS)("%s, while people talk, ends so", (reason) => {
    const call = SITUATIONS.talking().accepts({ type: "end_requested", reason });
    expect(call.effects).toContainEqual({ type: "hang_up", via: "relay" });
    expect(call.effects.some(({ type }) => type === "opt_out")).toBe(reason === "dnc_request");
    call.wait(1).reports("completed");
    expect(call.state.ending).toEqual({ reason, outcome: "connected", fault: "none" });
  });

  type Row = [situation: Situation, asks: string[], reason: string];
  const ROWS: Row[] = [
    ["requested", [], "canceled"],
    ["unknown", [], "canceled"],
    ["placed", ["carrier"], "canceled"],
    ["ringing", ["carrier"], "canceled"],
    ["answered", ["carrier"], "workflow_close"],
    ["talking", ["relay"], "workflow_close"],
  ];
  test.for(ROWS)("in `%s` hangs up via %j and ends %s", ([situation, asks, reason]) => {
    const call = SITUATIONS[situation]().accepts({ type: "end_requested", reason: "workflow_close" });
    expect(call.effects.map((effect) => effect.type === "hang_up" && effect.via)).toEqual(asks);
    expect(call.state.status).not.toBe("ended");
    call.wait(1).reports(reason === "canceled" ? "canceled" : "completed");
    expect(call.state.ending).toMatchObject({ reason });
  });

  test("in `waiting` there is no carrier to tell: it has ended", () => {
    const call = new CallDrive().accepts({ type: "end_requested", reason: "dnc_request" });
    expect(call.state.ending).toEqual({ reason: "canceled", outcome: "no-answer", fault: "none" });
    expect(call.effects).toEqual([{ type: "opt_out" }, { type: "release_slot" }]);
  });

  test.for(["lastWords", "hangingUp"] as const)(
    "in `%s` is taken, and the first reason stays",
    (situation) => {
      const call = SITUATIONS[situation]();
      const { closing } = call.state;
      call.wait(1).accepts({ type: "end_requested", reason: "workflow_close" });
      expect(call.state.closing).toEqual(closing);
      expect(call.effects).toEqual([]);
    },
  );

  test("while the create's answer is out, hangs up as soon as the id is known", () => {
    const call = SITUATIONS.requested().accepts({ type: "end_requested", reason: "workflow_close" });
    expect(call.fires("hang_up").effects).toEqual([]);
    call.accepts({ type: "create_accepted", carrierCallId: OURS });
    expect(call.effects).toEqual([{ type: "hang_up", via: "carrier" }]);
    expect(call.accepts({ type: "create_accepted", carrierCallId: OURS }).effects).toEqual([]);
  });

  test("by a report as well as by the create's answer", () => {
    const call = SITUATIONS.unknown().accepts({ type: "end_requested", reason: "workflow_close" });
    expect(call.reports("ringing").effects).toEqual([{ type: "hang_up", via: "carrier" }]);
  });

  test("while it rings, the carrier is not asked for news but told to hang up", () => {
    const call = SITUATIONS.ringing().accepts({ type: "end_requested", reason: "workflow_close" });
    expect(call.due("ask_carrier")).toBeNull();
    expect(call.reports("ringing").due("ask_carrier")).toBeNull();
    expect(call.due("hang_up")).toBe(5);
  });

  test("a phone that nobody picked up says how it really ended", () => {
    const call = SITUATIONS.ringing().accepts({ type: "end_requested", reason: "workflow_close" });
    expect(call.reports("no_answer").state.ending?.reason).toBe("no_answer");
  });

  test.for([
    ["our giving up on the ringing", () => SITUATIONS.ringing().fires("ring_timeout"), "no_answer"],
    ["a voicemail", () => SITUATIONS.pickedUp().isAnswered("machine"), "voicemail"],
    ["a fax", () => SITUATIONS.pickedUp().isAnswered("fax"), "fax"],
    ["a client", () => SITUATIONS.ringing().accepts(CLIENT_ENDS), "canceled"],
    ["a client, before it rang", () => SITUATIONS.placed().accepts(CLIENT_ENDS), "canceled"],
    ["nobody", () => SITUATIONS.ringing(), "canceled"],
  ] as const)("what the carrier calls canceled ended by %s", ([, lives, reason]) => {
    expect(lives().wait(1).reports("canceled").state.ending?.reason).toBe(reason);
  });

  test("a line that breaks then was still ended for the reason asked for", () => {
    const call = SITUATIONS.talking().accepts({ type: "end_requested", reason: "workflow_close" });
    expect(call.reports("failed").state).toMatchObject({
      ending: { reason: "workflow_close" },
      relay: "lost",
    });
  });

  test("a create that was lost and not found was canceled", () => {
    const call = SITUATIONS.unknown().accepts({ type: "end_requested", reason: "workflow_close" });
    for (let asked = 0; asked < 6; asked += 1) call.fires("lookup").accepts({ type: "lookup_empty" });
    expect(call.state.ending?.reason).toBe("canceled");
  });

  test("a refused create says how it really ended", () => {
    const call = SITUATIONS.requested().accepts({ type: "end_requested", reason: "workflow_close" });
    call.accepts({ type: "create_refused", reason: "invalid_number" });
    expect(call.state.ending?.reason).toBe("invalid_number");
  });
});

describe("the wish never to be called again is heard", () => {
  const asksFor: CallEvent = { type: "end_requested", reason: "dnc_request" };
  const optOut = [{ type: "opt_out" }];

  test.for(["lastWords", "hangingUp"] as const)(
    "from a client in `%s`; nothing else changes",
    (situation) => {
      const call = SITUATIONS[situation]();
      const before = call.state;
      expect(call.accepts(asksFor).effects).toEqual(optOut);
      expect(call.state).toEqual(before);
    },
  );

  test("from the agent, just as the time is up", () => {
    const call = SITUATIONS.talking().accepts({ type: "customer_spoke" }).fires("max_duration");
    const before = call.state;
    expect(call.saysGoodbye("dnc_request").effects).toEqual(optOut);
    expect(call.state).toEqual(before);
  });

  test("from the agent, though the customer has just hung up", () => {
    const call = SITUATIONS.talking().accepts({ type: "customer_spoke" }).reports("completed");
    const before = call.state;
    expect(call.saysGoodbye("dnc_request").effects).toEqual(optOut);
    expect(call.state).toEqual(before);
  });
});

describe("a hang-up that is not confirmed", () => {
  test("is insisted on, at the carrier, and the carrier is asked", () => {
    const call = SITUATIONS.hangingUp();
    const insistedAt: number[] = [];
    const from = call.nowMs;
    for (let times = 0; times < 3; times += 1) {
      call.fires("hang_up");
      insistedAt.push((call.nowMs - from) / 1000);
      expect(call.effects).toEqual([{ type: "hang_up", via: "carrier" }, { type: "fetch_call" }]);
    }
    expect(insistedAt).toEqual([5, 15, 25]);
  });

  test("whose call still lives, by the carrier's word, is insisted on further", () => {
    const call = SITUATIONS.hangingUp();
    const { closing } = call.state;
    call.fires("hang_up").reports("answered");
    expect(call.due("hang_up")).toBe(10);
    expect(call.due("ask_carrier")).toBeNull();
    expect(call.state.closing).toEqual(closing);
  });

  test.for(["lookup_empty", "lookup_failed"] as const)("is insisted on after %s too", (type) => {
    const call = SITUATIONS.hangingUp().fires("hang_up").accepts({ type });
    expect(call.due("hang_up")).toBe(10);
    expect(call.due("ask_carrier")).toBeNull();
  });

  test("ends within a minute, for the reason it was meant to, the carrier being told once more", () => {
    const call = SITUATIONS.talking().wait(20).accepts({ type: "end_requested", reason: "hostile_caller" });
    const from = call.nowMs;
    call.runsOut();
    expect(call.nowMs - from).toBe(60_000);
    expect(call.state.ending?.reason).toBe("hostile_caller");
    expect(call.effects).toEqual([{ type: "ensure_hung_up" }, { type: "release_slot" }]);
  });

  test("of a call without an id ends with nobody to tell", () => {
    const call = SITUATIONS.unknown().accepts({ type: "end_requested", reason: "workflow_close" }).runsOut();
    expect(call.effects).toEqual([{ type: "release_slot" }]);
  });

  test("never outlives the bound of the call, though words were still to be played", () => {
    const call = SITUATIONS.talking().saysGoodbye("agent_hangup", 100_000).runsOut();
    expect(call.seconds).toBe(690);
    expect(call.state.ending?.reason).toBe("agent_hangup");
  });
});

describe("the bounds", () => {
  test("the agent's time runs from the pick-up; then it hangs up", () => {
    const call = SITUATIONS.talking();
    const answeredAt = call.state.answeredAtMs ?? 0;
    call.fires("max_duration");
    expect(call.nowMs - answeredAt).toBe(600_000);
    expect(call.effects).toEqual([{ type: "hang_up", via: "relay" }]);
    expect(call.wait(1).reports("completed").state.ending?.reason).toBe("max_duration");
  });

  test("who had hung up before the agent's time ran out, and nobody told us, has hung up", () => {
    const call = SITUATIONS.talking();
    const hungUpAtMs = call.nowMs + 5_000;
    call.fires("max_duration").wait(10).reports("completed", { atMs: hungUpAtMs, durationSeconds: 5 });
    expect(call.state.ending?.reason).toBe("customer_hangup");
    expect(call.state.durationSeconds).toBe(5);
  });

  test("the agent's time ends before the call's own bound cuts it", () => {
    const call = SITUATIONS.ringing().wait(110).isAnswered().relayOpens();
    expect(call.state.timers.max_duration).toBe((call.state.timers.must_end ?? 0) - 10_000);
    while ((call.due("max_duration") ?? 0) > 5) call.wait(5).accepts({ type: "customer_spoke" });
    expect(call.runsOut().state.ending?.reason).toBe("max_duration");
  });

  test("voicemail that the carrier never hangs up on", () => {
    const call = SITUATIONS.pickedUp().isAnswered("machine").runsOut();
    expect(call.state).toMatchObject({ ending: { reason: "voicemail" }, durationSeconds: 0 });
  });

  const LEFT_ALONE: [Situation, string, number][] = [
    ["waiting", "dial_expired", 300],
    ["requested", "submission_unknown", 690],
    ["unknown", "submission_unknown", 690],
    ["placed", "carrier_failed", 690],
    ["ringing", "no_answer", 102],
    ["pickedUp", "carrier_failed", 690],
    ["answered", "relay_lost", 158],
    ["talking", "silence", 249],
    ["lastWords", "agent_hangup", 94],
    ["hangingUp", "agent_hangup", 94],
  ];
  test.for(LEFT_ALONE)("left alone in `%s`, it ends %s at second %i", ([situation, reason, second]) => {
    const call = SITUATIONS[situation]().runsOut();
    expect([call.state.ending?.reason, call.seconds]).toEqual([reason, second]);
  });
});

describe("the list of endings", () => {
  test("is the contract's", () => {
    expect(reasonsOf(CONNECTED, "none")).toEqual([
      "customer_hangup",
      "agent_hangup",
      "human_hangup",
      "dnc_request",
      "wrong_number",
      "hostile_caller",
      "workflow_close",
      "silence",
      "max_duration",
    ]);
    expect(reasonsOf(CONNECTED, "carrier")).toEqual(["relay_lost"]);
    expect(reasonsOf(CONNECTED, "platform")).toEqual(["agent_failed"]);
    expect(reasonsOf("voicemail", "none")).toEqual(["voicemail"]);
    expect(reasonsOf("no-answer", "none")).toEqual(["busy", "no_answer", "declined", "canceled"]);
    expect(reasonsOf("failed", "callee")).toEqual(["invalid_number", "unreachable_number", "fax"]);
    expect(reasonsOf("failed", "config")).toEqual([
      "destination_blocked",
      "carrier_credentials",
      "caller_id_refused",
    ]);
    expect(reasonsOf("failed", "carrier")).toEqual([
      "carrier_failed",
      "carrier_rejected",
      "carrier_unreachable",
      "submission_unknown",
    ]);
    expect(reasonsOf("failed", "platform")).toEqual(["dial_expired", "platform_error"]);
    expect(reasonsOf("failed", "none")).toEqual(["contact_opted_out"]);
    expect(Object.keys(ENDINGS)).toHaveLength(29);
  });

  test("a reason that can't be is bent to what happened", () => {
    const nobody = SITUATIONS.requested().accepts({ type: "create_refused", reason: "customer_hangup" });
    expect(nobody.state.ending?.reason).toBe("canceled");
    const { state, nowMs } = SITUATIONS.talking();
    const lost = { reason: "relay_lost", outcome: CONNECTED, fault: "carrier" };
    for (const reason of ["platform_error", "voicemail", "canceled", "no_answer"] as const) {
      expect(finish(state, reason, nowMs).state.ending, reason).toEqual(lost);
    }
  });

  test("whoever picked up while we gave up on the ringing was hung up on, however that ended", () => {
    const call = SITUATIONS.ringing().fires("ring_timeout").isAnswered();
    for (const phase of ["completed", "no_answer", "canceled", "failed"] as const) {
      const after = step(call.state, reportOf(phase), call.nowMs);
      expect(after.ok && after.value.state.ending?.reason, phase).toBe("agent_hangup");
    }
    expect(call.runsOut().state.ending).toEqual({
      reason: "agent_hangup",
      outcome: CONNECTED,
      fault: "none",
    });
  });
});

function reasonsOf(outcome: string, fault: string): string[] {
  return Object.entries(ENDINGS)
    .filter(([, ending]) => ending.outcome === outcome && ending.fault === fault)
    .map(([reason]) => reason);
}
