// A call is transferred to a human agent: from the wish to the bridge. What goes wrong: call-transfer-back.test.ts.

import { describe, expect, test } from "vitest";
import type { CallEvent } from "../../src/domain/call/events.ts";
import { transferRefusal } from "../../src/domain/call/transfer.ts";
import { factsOf } from "../../src/domain/call/facts.ts";
import { ACCEPTED_MS, FOREIGN, relayEnded, SITUATION_NAMES, SITUATIONS } from "../support/call-machine.ts";
import {
  ANN,
  BEN,
  dialEnded,
  humanAccepted,
  humanReserved,
  NO_HUMAN,
  QUEUE,
  RELEASED,
  TRANSFER,
  TRANSFER_NAMES,
  TRANSFERS,
  transferRequested,
  whisperRequested,
  type TransferSituation,
} from "../support/transfer-machine.ts";

describe("a transfer", () => {
  test.for(SITUATION_NAMES.filter((name) => !["answered", "talking"].includes(name)))(
    "can't be asked for in `%s`",
    (situation) => {
      const call = SITUATIONS[situation]();
      expect(transferRefusal(call.state)).toBe("call_not_active");
      expect(["not_applicable", "call_ended"]).toContain(call.refuses(transferRequested()));
    },
  );

  test.for(TRANSFER_NAMES)("can't be asked for again in `%s`", (situation) => {
    const call = TRANSFERS[situation]();
    expect(transferRefusal(call.state)).toBe("transfer_in_progress");
    expect(call.refuses(transferRequested({ transferId: "trf-second" }))).toBe("not_applicable");
  });

  test("begins by asking the queue; until it answers the agent talks on", () => {
    const call = TRANSFERS.reserving();
    expect(call.effects).toEqual([{ type: "reserve_human" }]);
    expect(call.state.status).toBe("in_progress");
    expect(call.accepts({ type: "customer_spoke" }).effects).toEqual([
      { type: "agent_turn", moment: "customer_spoke" },
    ]);
    expect(call.fires("transfer").effects).toEqual([{ type: "reserve_human" }]);
  });

  test("goes by announcement, relay's end, ring, brief and key to the bridge", () => {
    const call = TRANSFERS.reserving().wait(1).accepts(humanReserved());
    expect(call.effects).toEqual([{ type: "raise_limit" }, { type: "agent_turn", moment: "transferring" }]);
    expect(call.state.status).toBe("transferring");
    call.accepts({ type: "agent_spoke", playsUntilMs: call.nowMs + 3_000 });
    expect([call.effects, call.due("transfer")]).toEqual([[], 5]);
    expect(call.wait(3).accepts({ type: "words_played" }).effects).toEqual([{ type: "leave_relay" }]);
    expect(call.accepts(relayEnded()).effects).toEqual([]);
    expect(call.told).toBe("dial");
    expect(call.wait(4).accepts(whisperRequested()).effects).toEqual([]);
    expect(call.wait(6).accepts(humanAccepted()).effects).toEqual([
      { type: "raise_limit" },
      { type: "accept_human", queueId: QUEUE, transferId: TRANSFER },
    ]);
    expect(call.state.status).toBe("bridged");
  });

  test("is told to the world at each step, without the human's number", () => {
    const told = (situation: TransferSituation) => factsOf(TRANSFERS[situation]().state).transfer;
    const ann = { id: ANN.id, name: "Ann" };
    const request = { id: TRANSFER, target: "sales", brief: "Dana asks for a discount.", endedAt: null };
    const requestedAt = ACCEPTED_MS / 1000 + 29;
    const common = { ...request, requestedAt, bridgedAt: null };
    expect(told("reserving")).toEqual({ ...common, status: "requested", human: null });
    for (const situation of ["announcing", "announced", "leaving", "dialing", "whispering"] as const) {
      expect(told(situation)).toEqual({ ...common, status: "transferring", human: ann });
    }
    expect(told("trying")).toEqual({ ...common, status: "transferring", human: null });
    expect(told("bridged")).toEqual({
      ...common,
      status: "bridged",
      human: ann,
      bridgedAt: requestedAt + 1 + 1 + 3 + 1 + 4 + 6,
    });
  });
});

describe("the announcement", () => {
  test("has its estimated time and two seconds, and at most fifteen", () => {
    const spoke = (seconds: number) => {
      const call = TRANSFERS.announcing();
      return call.accepts({ type: "agent_spoke", playsUntilMs: call.nowMs + seconds * 1000 });
    };
    expect(spoke(4).due("transfer")).toBe(6);
    expect(spoke(600).due("transfer")).toBe(15);
    expect(spoke(4).fires("transfer").effects).toEqual([{ type: "leave_relay" }]);
  });

  test("that the agent has no words for is left out", () => {
    expect(TRANSFERS.announcing().due("transfer")).toBe(10);
    expect(TRANSFERS.announcing().fires("transfer").effects).toEqual([{ type: "leave_relay" }]);
  });

  test("is not over when words of before were played", () => {
    expect(TRANSFERS.announcing().refuses({ type: "words_played" })).toBe("not_applicable");
  });

  test("has its time from when some of it was played, but no more than it may take at all", () => {
    const call = TRANSFERS.announced().wait(2);
    call.accepts({ type: "words_played", playsUntilMs: call.nowMs + 6_000 });
    expect([call.due("transfer"), call.effects]).toEqual([8, []]);
    call.wait(2).accepts({ type: "words_played", playsUntilMs: call.nowMs + 600_000 });
    expect(call.due("transfer")).toBe(20);
  });

  test("is over when the customer cuts it off", () => {
    const cut: CallEvent = { type: "words_cut", wasHeard: true, answers: false };
    expect(TRANSFERS.announced().wait(1).accepts(cut).effects).toEqual([{ type: "leave_relay" }]);
    expect(TRANSFERS.announcing().refuses(cut)).toBe("not_applicable");
  });

  test("is not left for a goodbye, but a promise given with it holds", () => {
    const call = TRANSFERS.announcing().saysGoodbye("dnc_request");
    expect(call.effects).toEqual([{ type: "opt_out" }]);
    expect(call.state).toMatchObject({ closing: null, transfer: { phase: "announced" } });
  });

  test.for(["announcing", "announced", "leaving"] as const)(
    "in `%s` the customer's words get no answer, and nobody's silence counts",
    (situation) => {
      const call = TRANSFERS[situation]().wait(1).accepts({ type: "customer_spoke" });
      expect([call.effects, call.due("silence"), call.due("max_duration")]).toEqual([[], null, null]);
      expect(call.refuses({ type: "customer_heard" })).toBe("not_applicable");
    },
  );
});

describe("a line without an open relay", () => {
  test.for([
    ["that never had one", () => SITUATIONS.answered()],
    ["that has lost it", () => SITUATIONS.talking().accepts({ type: "relay_closed" })],
    ["that awaits another", () => SITUATIONS.talking().relayEnds()],
  ] as const)("%s is asked about soon, else told", ([, begins]) => {
    const reserved = () => begins().accepts(transferRequested()).accepts(humanReserved());
    const call = reserved();
    expect([call.effects, call.due("transfer")]).toEqual([[{ type: "raise_limit" }], 5]);
    expect(call.state.transfer?.phase).toBe("leaving");
    expect(call.fires("transfer").effects).toEqual([{ type: "redirect" }]);
    expect(call.redirected).toBe("dial");
    expect([reserved().relayEnds({ failed: true }).told, call.effects.length]).toEqual(["dial", 1]);
  });

  test.for(["announcing", "announced"] as const)(
    "whose relay closes in `%s` is asked about soon, else told",
    (situation) => {
      const call = TRANSFERS[situation]().accepts({ type: "relay_closed" });
      expect([call.effects, call.due("transfer")]).toEqual([[], 5]);
      expect(call.fires("transfer").effects).toEqual([{ type: "redirect" }]);
    },
  );

  test("about which the carrier does not ask in ten seconds is told", () => {
    const call = TRANSFERS.leaving();
    expect(call.due("transfer")).toBe(10);
    expect(call.fires("transfer").effects).toEqual([{ type: "redirect" }]);
    expect(call.state.transfer?.phase).toBe("dialing");
  });

  test.for(["announcing", "announced", "leaving"] as const)(
    "about which the carrier asks in `%s` rings the human, and again if it asks again",
    (situation) => {
      const call = TRANSFERS[situation]().relayEnds();
      const { state } = call;
      expect([call.effects, call.told]).toEqual([[], "dial"]);
      expect(call.wait(1).relayEnds().state).toEqual(state);
      expect(call.told).toBe("dial");
      expect(call.wait(1).isAnswered().state).toMatchObject({
        transfer: state.transfer,
        timers: state.timers,
      });
      expect(call.told).toBe("wait");
    },
  );

  test("of another relay, while one is open, changes nothing", () => {
    const call = TRANSFERS.announcing();
    const { state } = call;
    expect(call.relayEnds({ sessionId: "VX-other" }).state).toEqual(state);
    expect(call.told).toBe("relay");
  });

  test("opens no relay on the way", () => {
    for (const situation of ["dialing", "whispering", "trying", "bridged"] as const) {
      const call = TRANSFERS[situation]();
      expect(call.refuses({ type: "relay_opened", sessionId: "VX-new" })).toBe("not_applicable");
    }
  });
});

describe("the human who is rung", () => {
  test("has time for the ring, the brief and the key; from the brief on for these two", () => {
    // A brief of 25 characters and the request for a key make five seconds.
    expect(TRANSFERS.dialing().due("transfer")).toBeCloseTo(20 + 3.9 + 10 + 15, 0);
    expect(TRANSFERS.whispering().due("transfer")).toBeCloseTo(3.9 + 10 + 15, 0);
  });

  test.for<[string, CallEvent]>([
    ["of another transfer", whisperRequested({ transferId: "trf-other" })],
    ["who is another", whisperRequested({ humanId: BEN.id })],
    ["who takes another's", humanAccepted({ humanId: BEN.id })],
    ["who takes another transfer", humanAccepted({ transferId: "trf-other" })],
    ["who presses no key", humanAccepted({ pressedKey: false })],
  ])("%s is not told and does not get the call", ([, event]) => {
    expect(TRANSFERS.whispering().refuses(event)).toBe("not_applicable");
  });

  test.for<[string, CallEvent]>([
    ["is told", whisperRequested({ parentCallId: FOREIGN })],
    ["accepts", humanAccepted({ parentCallId: FOREIGN })],
    ["is gone", dialEnded({ carrierCallId: FOREIGN })],
  ])("as the other end of another's call %s nothing of ours", ([, event]) => {
    expect(TRANSFERS.whispering().refuses(event)).toBe("foreign_call");
  });

  test("need not press a key where the queue asks for none", () => {
    const call = SITUATIONS.talking()
      .accepts(transferRequested({ accept: "auto" }))
      .accepts(humanReserved());
    call
      .relayEnds()
      .accepts(whisperRequested())
      .accepts(humanAccepted({ pressedKey: false }));
    expect(call.state.status).toBe("bridged");
  });

  test("may be of a carrier that does not tell whose other end it is", () => {
    const call = TRANSFERS.dialing().accepts(whisperRequested({ parentCallId: null }));
    expect(call.accepts(humanAccepted({ parentCallId: null })).state.status).toBe("bridged");
  });

  test.for(TRANSFER_NAMES.filter((name) => !["dialing", "whispering", "bridged"].includes(name)))(
    "in `%s` is nobody: who says to be is refused",
    (situation) => {
      expect(TRANSFERS[situation]().refuses(whisperRequested())).toBe("not_applicable");
      expect(TRANSFERS[situation]().refuses(humanAccepted())).toBe("not_applicable");
    },
  );

  test("accepts once, however often the carrier says so", () => {
    const call = TRANSFERS.bridged();
    const { state } = call;
    expect(call.wait(5).accepts(humanAccepted()).state).toEqual(state);
    expect(call.effects).toEqual([]);
    expect(call.refuses(humanReserved(BEN))).toBe("not_applicable");
    expect(call.refuses(NO_HUMAN)).toBe("not_applicable");
  });
});

describe("limits", () => {
  test("the call may last two minutes longer for the way to a human, and then as long as the bridge", () => {
    const boundMs = SITUATIONS.talking().state.timers.must_end ?? Number.NaN;
    expect(TRANSFERS.announcing().state.timers.must_end).toBe(boundMs + 120_000);
    expect(TRANSFERS.trying().state.timers.must_end).toBe(boundMs + 120_000);
    expect(TRANSFERS.bridged().due("must_end")).toBe(3_600 + 60);
    expect(TRANSFERS.bridged().due("max_duration")).toBe(3_600);
  });

  test("a human's part that lasts too long is ended as such", () => {
    const call = TRANSFERS.bridged();
    while (call.due("ask_carrier") !== null && (call.due("max_duration") ?? 0) > 60) {
      expect(call.fires("ask_carrier").effects).toEqual([{ type: "fetch_call" }]);
      call.wait(1).reports("answered");
    }
    expect(call.fires("max_duration").effects).toEqual([{ type: "hang_up", via: "carrier" }]);
    call.wait(1).reports("completed");
    expect(call.state.ending?.reason).toBe("max_duration");
    expect(call.effects).toContainEqual(RELEASED);
  });

  test.for(["dialing", "bridged"] as const)("in `%s` the carrier is asked once a minute", (situation) => {
    const call = TRANSFERS[situation]();
    const quiet = call.wait(1).reports("answered").due("ask_carrier");
    expect(quiet).toBe(60);
  });
});
