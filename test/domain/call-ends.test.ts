// Each end that a call can come to; the numbers are those of the contract's sandbox table.

import { describe, expect, test } from "vitest";
import type { AgentEndReason, EndedReason } from "../../src/domain/call/status.ts";
import { ENDINGS } from "../../src/domain/call/status.ts";
import { ACCEPTED_MS, CallDrive, OURS, SITUATIONS } from "../support/call-machine.ts";

type Life = { number: string; what: string; reason: EndedReason; lives: () => CallDrive };

const afterRinging = SITUATIONS.ringing;
const talking = SITUATIONS.talking;
const refused = (reason: EndedReason) => () =>
  SITUATIONS.requested().wait(1).accepts({ type: "create_refused", reason });
const farewell = (reason: AgentEndReason) => () =>
  talking()
    .wait(5)
    .accepts({ type: "customer_spoke" })
    .saysGoodbye(reason)
    .fires("last_words")
    .wait(1)
    .reports("completed", { durationSeconds: 12 });

const LIVES: Life[] = [
  { number: "0001", what: "not a valid number", reason: "invalid_number", lives: refused("invalid_number") },
  { number: "0002", what: "unreachable", reason: "unreachable_number", lives: refused("unreachable_number") },
  { number: "0004", what: "blocked", reason: "destination_blocked", lives: refused("destination_blocked") },
  { number: "----", what: "bad login", reason: "carrier_credentials", lives: refused("carrier_credentials") },
  {
    number: "----",
    what: "caller id refused",
    reason: "caller_id_refused",
    lives: refused("caller_id_refused"),
  },
  { number: "----", what: "rejected", reason: "carrier_rejected", lives: refused("carrier_rejected") },
  { number: "----", what: "our account is gone", reason: "platform_error", lives: refused("platform_error") },
  { number: "0010", what: "busy", reason: "busy", lives: () => SITUATIONS.placed().wait(2).reports("busy") },
  {
    number: "0011",
    what: "not answered",
    reason: "no_answer",
    lives: () => afterRinging().wait(30).reports("no_answer"),
  },
  {
    number: "----",
    what: "not answered, and the carrier rings on",
    reason: "no_answer",
    lives: () => afterRinging().fires("ring_timeout").wait(1).reports("completed"),
  },
  {
    number: "----",
    what: "not answered, and the carrier calls our hang-up canceled",
    reason: "no_answer",
    lives: () => afterRinging().fires("ring_timeout").wait(1).reports("canceled"),
  },
  {
    number: "0012",
    what: "declined",
    reason: "declined",
    lives: () => afterRinging().wait(4).reports("declined"),
  },
  {
    number: "0013",
    what: "network",
    reason: "carrier_failed",
    lives: () => SITUATIONS.placed().wait(2).reports("failed"),
  },
  {
    number: "----",
    what: "no such line",
    reason: "unreachable_number",
    lives: () => SITUATIONS.placed().reports("unreachable"),
  },
  {
    number: "----",
    what: "canceled at the carrier",
    reason: "canceled",
    lives: () => afterRinging().reports("canceled"),
  },
  {
    number: "0020",
    what: "voicemail",
    reason: "voicemail",
    lives: () =>
      SITUATIONS.pickedUp()
        .wait(3)
        .isAnswered("machine")
        .wait(1)
        .reports("completed", { durationSeconds: 4 }),
  },
  {
    number: "0021",
    what: "fax",
    reason: "fax",
    lives: () =>
      SITUATIONS.pickedUp().wait(3).isAnswered("fax").wait(1).reports("completed", { durationSeconds: 4 }),
  },
  {
    number: "----",
    what: "voicemail known only from the end",
    reason: "voicemail",
    lives: () =>
      SITUATIONS.pickedUp().wait(3).reports("completed", { durationSeconds: 3, answeredBy: "machine" }),
  },
  {
    number: "----",
    what: "fax known only from the end",
    reason: "fax",
    lives: () => afterRinging().wait(3).reports("completed", { durationSeconds: 3, answeredBy: "fax" }),
  },
  { number: "0030", what: "whole conversation", reason: "agent_hangup", lives: farewell("agent_hangup") },
  { number: "0032", what: "never again", reason: "dnc_request", lives: farewell("dnc_request") },
  { number: "0033", what: "wrong number", reason: "wrong_number", lives: farewell("wrong_number") },
  { number: "0034", what: "hostile", reason: "hostile_caller", lives: farewell("hostile_caller") },
  {
    number: "0035",
    what: "hangs up in mid-sentence",
    reason: "customer_hangup",
    lives: () =>
      talking()
        .wait(5)
        .accepts({ type: "relay_closed" })
        .relayEnds({ callOver: true })
        .reports("completed", { durationSeconds: 6 }),
  },
  {
    number: "0036",
    what: "silent",
    reason: "silence",
    lives: () =>
      talking()
        .fires("silence")
        .fires("silence")
        .fires("silence")
        .saysGoodbye("silence")
        .fires("last_words")
        .reports("completed"),
  },
  {
    number: "0038",
    what: "never stops talking",
    reason: "max_duration",
    lives: () => talking().fires("max_duration").wait(1).reports("completed", { durationSeconds: 601 }),
  },
  {
    number: "0040",
    what: "create fails, nothing is found",
    reason: "submission_unknown",
    lives: () => lookedUpInVain("lookup_empty"),
  },
  {
    number: "----",
    what: "create fails, and so does every question",
    reason: "carrier_unreachable",
    lives: () => lookedUpInVain("lookup_failed"),
  },
  {
    number: "0041",
    what: "create times out, yet the call is placed",
    reason: "agent_hangup",
    lives: () =>
      SITUATIONS.requested()
        .fires("create_answer")
        .fires("lookup")
        .reports("ringing")
        .isAnswered()
        .relayOpens()
        .saysGoodbye("agent_hangup")
        .fires("last_words")
        .reports("completed"),
  },
  {
    number: "0042",
    what: "throttled twice, then placed",
    reason: "agent_hangup",
    lives: () =>
      SITUATIONS.requested()
        .accepts({ type: "create_throttled", retryAfterMs: 2_000 })
        .asksToDial()
        .accepts({ type: "create_throttled", retryAfterMs: 3_000 })
        .asksToDial()
        .accepts({ type: "create_accepted", carrierCallId: OURS })
        .isAnswered()
        .relayOpens()
        .saysGoodbye("agent_hangup")
        .fires("last_words")
        .reports("completed"),
  },
  {
    number: "0048",
    what: "the end's callback is lost; the carrier is asked",
    reason: "customer_hangup",
    lives: () =>
      talking()
        .wait(9)
        .accepts({ type: "relay_closed" })
        .fires("ask_carrier")
        .reports("completed", { durationSeconds: 11 }),
  },
  {
    number: "----",
    what: "the relay's end is heard of, the call's is not; the carrier is asked",
    reason: "customer_hangup",
    lives: () =>
      talking()
        .wait(9)
        .relayEnds({ callOver: true })
        .fires("ask_carrier")
        .reports("completed", { durationSeconds: 11 }),
  },
  {
    number: "----",
    what: "opted out between acceptance and dial",
    reason: "contact_opted_out",
    lives: () =>
      new CallDrive()
        .fires("dial")
        .accepts({ type: "slot_granted", startAtMs: ACCEPTED_MS })
        .accepts({ type: "opt_out_checked", optedOut: true }),
  },
  {
    number: "----",
    what: "deadline, nobody answering",
    reason: "dial_expired",
    lives: () => new CallDrive().runsOut(),
  },
  {
    number: "----",
    what: "no slot in time",
    reason: "dial_expired",
    lives: () => new CallDrive().fires("dial").accepts({ type: "slot_too_late" }),
  },
  {
    number: "----",
    what: "throttled beyond the deadline",
    reason: "dial_expired",
    lives: () => SITUATIONS.requested().accepts({ type: "create_throttled", retryAfterMs: 300_001 }),
  },
  {
    number: "----",
    what: "the relay is lost for good",
    reason: "relay_lost",
    lives: () => {
      const call = talking();
      for (let loss = 0; loss < 6; loss += 1) {
        call.relayEnds({ sessionId: call.state.relaySession });
        if (loss < 5) call.relayOpens(`VX-${loss}`);
      }
      return call.reports("completed");
    },
  },
  {
    number: "----",
    what: "the relay never opens",
    reason: "relay_lost",
    lives: () => {
      const call = SITUATIONS.answered();
      for (let asked = 0; asked < 6; asked += 1) call.fires("ask_carrier").reports("answered");
      return call.reports("completed");
    },
  },
  { number: "----", what: "our brain fails", reason: "agent_failed", lives: farewell("agent_failed") },
];

function lookedUpInVain(answer: "lookup_empty" | "lookup_failed"): CallDrive {
  const call = SITUATIONS.unknown();
  while (call.state.status !== "ended") call.fires("lookup").wait(0.5).accepts({ type: answer });
  return call;
}

describe("each end", () => {
  test.for(LIVES)("$number $what → $reason", ({ reason, lives }) => {
    const call = lives();
    expect(call.state.ending).toEqual({ reason, ...ENDINGS[reason] });
    expect(call.state.timers).toEqual({});
    expect(call.effects).toEqual([{ type: "release_slot" }]);
  });

  test.for(LIVES)("$number $what: talk time only if a person talked", ({ reason, lives }) => {
    const { durationSeconds, answeredBy } = lives().state;
    const connected = ENDINGS[reason].outcome === "connected";
    expect(answeredBy === "person").toBe(connected);
    if (!connected) expect(durationSeconds).toBe(0);
  });

  test("0041 rings once", () => {
    const call = LIVES.find(({ number }) => number === "0041")?.lives();
    expect(call?.allEffects.filter(({ type }) => type === "create_call")).toHaveLength(1);
  });
});
