import { describe, expect, test } from "vitest";
import { ACCEPTED_MS, CallDrive, OURS } from "../support/call-machine.ts";

describe("the way of a good call", () => {
  const call = new CallDrive();
  const way: { what: string; does: () => unknown; status: string; effects: object[] }[] = [
    {
      what: "its dial timer asks for a slot",
      does: () => call.fires("dial"),
      status: "dialing",
      effects: [{ type: "reserve_slot" }],
    },
    {
      what: "a slot leads to the opt-out check",
      does: () => call.accepts({ type: "slot_granted", startAtMs: call.nowMs }),
      status: "dialing",
      effects: [{ type: "check_opt_out" }],
    },
    {
      what: "a number that is not opted out is rung",
      does: () => call.accepts({ type: "opt_out_checked", optedOut: false }),
      status: "dialing",
      effects: [{ type: "create_call" }],
    },
    {
      what: "the create's answer is noted",
      does: () => call.wait(1).accepts({ type: "create_accepted", carrierCallId: OURS }),
      status: "dialing",
      effects: [],
    },
    { what: "the phone rings", does: () => call.wait(1).reports("ringing"), status: "ringing", effects: [] },
    {
      what: "somebody picks up, and who is not yet known",
      does: () => call.wait(8).reports("answered"),
      status: "ringing",
      effects: [],
    },
    {
      what: "the carrier asks for words, as it is a person",
      does: () => call.wait(2).isAnswered(),
      status: "in_progress",
      effects: [],
    },
    {
      what: "the relay opens",
      does: () => call.wait(1).relayOpens(),
      status: "in_progress",
      effects: [],
    },
    {
      what: "the agent speaks",
      does: () => call.accepts({ type: "agent_spoke", playsUntilMs: call.nowMs + 4_000 }),
      status: "in_progress",
      effects: [],
    },
    {
      what: "the customer speaks, so the agent takes a turn",
      does: () => call.wait(6).accepts({ type: "customer_spoke" }),
      status: "in_progress",
      effects: [{ type: "agent_turn", moment: "customer_spoke" }],
    },
    {
      what: "the agent says goodbye, and its words are left to play",
      does: () => call.saysGoodbye("agent_hangup"),
      status: "in_progress",
      effects: [],
    },
    {
      what: "the words were played, so the line is hung up",
      does: () => call.wait(3).accepts({ type: "words_played" }),
      status: "in_progress",
      effects: [{ type: "hang_up", via: "relay" }],
    },
    {
      what: "the carrier confirms",
      does: () => call.wait(1).reports("completed", { durationSeconds: 13 }),
      status: "ended",
      effects: [{ type: "release_slot" }],
    },
  ];

  test("it goes from timer to slot, ring, talk and end, and asks for nothing else", () => {
    for (const { what, does, status, effects } of way) {
      does();
      expect({ status: call.state.status, effects: call.effects }, what).toEqual({ status, effects });
    }
    expect(call.state).toMatchObject({
      ending: { reason: "agent_hangup", outcome: "connected", fault: "none" },
      answeredAtMs: ACCEPTED_MS + 10_000,
      endedAtMs: ACCEPTED_MS + 23_000,
      durationSeconds: 13,
      closing: null,
      timers: {},
    });
  });
});
