// A transfer that does not come to a bridge, the end of one that did, and calls that end on the way.

import { describe, expect, test } from "vitest";
import type { CallEvent } from "../../src/domain/call/events.ts";
import { transferRefusal } from "../../src/domain/call/transfer.ts";
import { factsOf } from "../../src/domain/call/facts.ts";
import { FOREIGN, SITUATIONS, type CallDrive } from "../support/call-machine.ts";
import {
  ANN,
  BEN,
  dialEnded,
  humanAccepted,
  humanReserved,
  NO_HUMAN,
  QUEUE,
  RELEASED,
  TRANSFER_NAMES,
  TRANSFERS,
  transferRequested,
  whisperRequested,
} from "../support/transfer-machine.ts";

const statusOf = ({ state }: CallDrive) => factsOf(state).transfer?.status;

describe("nobody is there", () => {
  test("whom a client asked for: the talk goes on as if nothing had been", () => {
    const call = TRANSFERS.reserving();
    const silence = call.due("silence");
    expect(call.accepts(NO_HUMAN).effects).toEqual([RELEASED]);
    expect([call.state.status, statusOf(call), call.due("silence")]).toEqual([
      "in_progress",
      "no_agents",
      silence,
    ]);
    expect(transferRefusal(call.state)).toBeNull();
  });

  test("whom the agent asked for: it says so", () => {
    const call = SITUATIONS.talking()
      .wait(9)
      .accepts(transferRequested({ origin: "agent" }))
      .accepts(NO_HUMAN);
    expect(call.effects).toEqual([RELEASED, { type: "agent_turn", moment: "no_human" }]);
    expect(call.due("silence")).toBe(30);
  });

  test("because there is no such queue: the agent says so", () => {
    const call = SITUATIONS.talking().accepts({ type: "transfer_impossible" });
    expect(call.effects).toEqual([{ type: "agent_turn", moment: "no_human" }]);
  });

  test.for(["answered", "lastWords", "ringing"] as const)("to say so to in `%s`", (situation) => {
    expect(SITUATIONS[situation]().refuses({ type: "transfer_impossible" })).toBe("not_applicable");
  });

  test("and an older answer of the queue is of no interest", () => {
    const call = TRANSFERS.reserving();
    expect(call.refuses({ type: "no_human", transferId: "trf-older" })).toBe("not_applicable");
    const late = humanReserved(BEN, "trf-older");
    expect(call.accepts(late).effects).toEqual([
      { type: "release_human", queueId: QUEUE, transferId: "trf-older" },
    ]);
    expect(statusOf(call)).toBe("requested");
  });
});

describe("a human who does not take the call", () => {
  test("is not asked again: the next one is, with the customer's line waiting for the answer", () => {
    const call = TRANSFERS.dialing().wait(9).accepts(dialEnded());
    expect(call.effects).toEqual([{ type: "reserve_human" }]);
    expect(call.state.transfer).toMatchObject({ tried: [ANN.id], human: null });
    expect(call.accepts(humanReserved(BEN)).effects).toEqual([]);
    expect(call.told).toBe("dial");
    const ben = { humanId: BEN.id };
    call.accepts(whisperRequested(ben)).accepts(humanAccepted(ben));
    expect([call.state.status, call.state.transfers]).toEqual(["bridged", 1]);
  });

  test("and is the last: the agent takes the talk up again, with the time that it had left", () => {
    const leftBefore = SITUATIONS.talking().wait(21).due("max_duration");
    const call = TRANSFERS.trying().wait(1).accepts(NO_HUMAN);
    expect(call.effects).toEqual([RELEASED]);
    expect([call.state.status, statusOf(call), call.told]).toEqual(["in_progress", "not_accepted", "relay"]);
    expect(call.due("max_duration")).toBe(leftBefore);
    expect(call.due("ask_carrier")).toBe(15);
    expect(call.state.transfer?.untold).toBe(true);
    call.wait(1).relayOpens("VX-second");
    expect(call.state).toMatchObject({ relayLosses: 0, relay: "open" });
  });

  test("is asked about again by the carrier, and the answer is what the call has come to", () => {
    const trying = TRANSFERS.trying();
    const { state } = trying;
    expect(trying.wait(1).accepts(dialEnded()).state).toEqual(state);
    const dialling = trying.accepts(humanReserved(BEN));
    const { state: second } = dialling;
    expect(dialling.accepts(dialEnded()).state).toEqual(second);
    expect(dialling.told).toBe("dial");
    const back = TRANSFERS.trying().accepts(NO_HUMAN);
    const { state: third } = back;
    expect(back.accepts(dialEnded()).state).toEqual(third);
    expect(back.told).toBe("relay");
  });

  test("and of whom no word comes is given up: the line is told to ring the next", () => {
    const call = TRANSFERS.dialing().fires("transfer");
    expect(call.effects).toEqual([{ type: "reserve_human" }]);
    expect(call.accepts(humanReserved(BEN)).effects).toEqual([{ type: "redirect" }]);
    expect(call.accepts(dialEnded()).effects).toEqual([]);
    expect(call.state.transfer).toMatchObject({ phase: "dialing", human: BEN });
  });

  test("is the last who can be rung within two minutes", () => {
    const call = TRANSFERS.dialing();
    const begunMs = call.nowMs;
    for (let tries = 0; call.state.status === "transferring"; tries += 1) {
      if (tries > 10) throw new Error("It goes on ringing");
      call.fires("transfer");
      if (call.state.transfer?.phase !== "reserving") continue;
      call.accepts(humanReserved({ ...BEN, id: `hum-${tries}` }));
    }
    expect(call.nowMs - begunMs).toBeLessThanOrEqual(120_000);
    expect(call.nowMs - begunMs).toBeGreaterThan(60_000);
    expect(call.effects).toEqual([RELEASED, { type: "redirect" }]);
    expect(call.told).toBe("relay");
  });

  test("and is rung late has what is left of the two minutes", () => {
    const call = TRANSFERS.dialing();
    const begunMs = call.state.transfer?.giveUpAtMs ?? Number.NaN;
    call.wait(80).accepts(dialEnded()).accepts(humanReserved(BEN));
    expect(call.nowMs + (call.due("transfer") ?? Number.NaN) * 1000).toBe(begunMs);
    expect(call.fires("transfer").effects).toEqual([RELEASED, { type: "redirect" }]);
  });

  test("while the queue's answer was lost: it is asked again, and then the line must be told", () => {
    const call = TRANSFERS.trying();
    expect(call.due("transfer")).toBe(15);
    expect(call.fires("transfer").effects).toEqual([{ type: "reserve_human" }]);
    expect(call.accepts(humanReserved(BEN)).effects).toEqual([{ type: "redirect" }]);
    const none = TRANSFERS.trying().fires("transfer").accepts(NO_HUMAN);
    expect(none.effects).toEqual([RELEASED, { type: "redirect" }]);
  });

  test("while the queue never answers: the agent takes the talk up again in time", () => {
    const call = TRANSFERS.trying();
    const begunMs = call.nowMs;
    while (call.state.status === "transferring") call.fires("transfer");
    expect(call.nowMs - begunMs).toBeLessThanOrEqual(135_000);
    expect(call.effects).toEqual([RELEASED, { type: "redirect" }]);
  });
});

test("five transfers of a call are enough", () => {
  const call = SITUATIONS.talking();
  for (let times = 0; times < 5; times += 1) {
    expect(transferRefusal(call.state)).toBeNull();
    const which = { transferId: `trf-${times}`, humanId: ANN.id };
    call.accepts(transferRequested(which)).accepts(humanReserved(ANN, which.transferId)).relayEnds();
    call.accepts(dialEnded(which)).accepts({ type: "no_human", transferId: which.transferId }).relayOpens();
  }
  expect(transferRefusal(call.state)).toBe("no_agents_available");
  expect(call.refuses(transferRequested())).toBe("not_applicable");
});

test("transfers that find nobody lengthen no call and don't count", () => {
  const call = SITUATIONS.talking();
  const bound = call.state.timers.must_end;
  for (let times = 0; times < 12; times += 1) {
    const transferId = `trf-${times}`;
    call.accepts(transferRequested({ transferId })).accepts({ type: "no_human", transferId });
  }
  expect([call.state.timers.must_end, transferRefusal(call.state)]).toEqual([bound, null]);
});

describe("the end of a bridge", () => {
  test.for([{}, { failed: true }, { callOver: true }, { failed: true, callOver: true }])(
    "is not that of an earlier relay: %o",
    (changes) => {
      const call = TRANSFERS.bridged();
      const { state } = call;
      expect(call.relayEnds(changes).state).toEqual(state);
      // If the carrier did it all the same: two people are not cut off by a ring.
      expect([call.effects, call.told]).toEqual([[], call.state.closing === null ? "wait" : "hang_up"]);
    },
  );

  test("is a human's hang-up if the customer is still there", () => {
    const call = TRANSFERS.bridged()
      .wait(60)
      .accepts(dialEnded({ talked: true }));
    expect([call.effects, call.told]).toEqual([[], "hang_up"]);
    call.wait(1).reports("completed", { durationSeconds: 98 });
    expect(call.state.ending).toMatchObject({ reason: "human_hangup", outcome: "connected" });
    expect([statusOf(call), call.effects]).toEqual(["completed", [{ type: "release_slot" }, RELEASED]]);
    expect(factsOf(call.state).transfer?.human).toEqual({ id: ANN.id, name: "Ann" });
  });

  test.for([
    ["the carrier says so", (call: CallDrive) => call],
    [
      "the dial's end came first",
      (call: CallDrive) => call.accepts(dialEnded({ talked: true, callOver: true })),
    ],
  ] as const)("is the customer's if %s", ([, happens]) => {
    const call = happens(TRANSFERS.bridged().wait(60)).reports("completed", { durationSeconds: 98 });
    expect(call.state.ending?.reason).toBe("customer_hangup");
    expect([statusOf(call), call.effects]).toEqual(["completed", [{ type: "release_slot" }, RELEASED]]);
  });

  test("whose status gets lost is looked up", () => {
    const call = TRANSFERS.bridged().accepts(dialEnded({ talked: true, callOver: true }));
    expect(call.due("ask_carrier")).toBe(5);
    expect(call.fires("ask_carrier").effects).toEqual([{ type: "fetch_call" }]);
  });

  test("of which only the end was heard is still one of people who talked, if no key was asked for", () => {
    const call = SITUATIONS.talking()
      .accepts(transferRequested({ accept: "auto" }))
      .accepts(humanReserved())
      .relayEnds()
      .wait(60)
      .accepts(dialEnded({ talked: true }));
    call.wait(1).reports("completed");
    expect([call.state.ending?.reason, statusOf(call)]).toEqual(["human_hangup", "completed"]);
  });
});

describe("a call that ends on the way", () => {
  test.for(TRANSFER_NAMES.filter((name) => name !== "bridged"))(
    "in `%s` by the customer's hang-up: whoever was reserved is given back",
    (situation) => {
      const call = TRANSFERS[situation]().wait(1).reports("completed", { durationSeconds: 40 });
      expect(call.state.ending?.reason).toBe("customer_hangup");
      expect([statusOf(call), call.effects]).toEqual(["canceled", [{ type: "release_slot" }, RELEASED]]);
    },
  );

  test.for(TRANSFER_NAMES)("in `%s` because it was asked to: nobody is put through any more", (situation) => {
    const call = TRANSFERS[situation]().accepts({ type: "end_requested", reason: "workflow_close" });
    const isOpen = ["reserving", "announcing", "announced", "leaving"].includes(situation);
    expect(call.effects).toEqual([{ type: "hang_up", via: isOpen ? "relay" : "carrier" }]);
    expect(call.due("transfer")).toBeNull();
    const late: CallEvent[] = [whisperRequested(), humanAccepted()];
    for (const event of late) expect(call.refuses(event)).toBe("not_applicable");
    expect(call.accepts(dialEnded()).effects).toEqual([]);
    expect(call.told).toBe("hang_up");
    expect(call.accepts(dialEnded({ talked: true })).state.closing).toEqual({ reason: "workflow_close" });
    call.wait(1).reports("completed");
    expect(call.state.ending?.reason).toBe("workflow_close");
    expect(call.allEffects.filter(({ type }) => type === "release_human")).toEqual([RELEASED]);
  });

  test("while the queue is asked: who was reserved is given back", () => {
    const closing = TRANSFERS.trying().accepts({ type: "end_requested", reason: "workflow_close" });
    expect(closing.accepts(humanReserved(BEN)).effects).toEqual([RELEASED]);
    expect(closing.wait(1).reports("completed").effects).toEqual([{ type: "release_slot" }]);
    const none = TRANSFERS.trying().accepts({ type: "end_requested", reason: "workflow_close" });
    expect([none.accepts(NO_HUMAN).effects, none.state.closing]).toEqual([
      [RELEASED],
      { reason: "workflow_close" },
    ]);
    expect([none.state.status, statusOf(none)]).toEqual(["transferring", "canceled"]);
    const ended = TRANSFERS.reserving().reports("completed");
    expect(ended.accepts(humanReserved(BEN)).effects).toEqual([RELEASED]);
    expect(ended.refuses(NO_HUMAN)).toBe("call_ended");
  });

  test.for(["announcing", "leaving"] as const)(
    "in `%s`, as the relay's end tells: no human is rung, and the status is waited for",
    (situation) => {
      const call = TRANSFERS[situation]().relayEnds({ callOver: true });
      expect([call.due("transfer"), call.due("ask_carrier")]).toEqual([null, 5]);
      expect(call.reports("completed").state.ending?.reason).toBe("customer_hangup");
    },
  );

  test("because its relay failed together with it", () => {
    const call = TRANSFERS.announced().relayEnds({ callOver: true, failed: true });
    expect(call.wait(1).reports("completed").state.ending?.reason).toBe("relay_lost");
  });

  test.for(TRANSFER_NAMES)("in `%s` by its bound, if nothing is heard any more", (situation) => {
    const call = TRANSFERS[situation]().runsOut();
    expect(call.allEffects.filter(({ type }) => type === "release_human")).toEqual([RELEASED]);
    expect(call.state.ending?.outcome).toBe("connected");
  });

  test("and what its human's line asks then is refused", () => {
    const call = TRANSFERS.bridged().reports("completed");
    for (const event of [whisperRequested(), humanAccepted(), dialEnded()]) {
      expect(call.refuses(event)).toBe("call_ended");
    }
    expect(call.refuses(dialEnded({ carrierCallId: FOREIGN }))).toBe("call_ended");
  });
});

test.for(["ringing", "talking"] as const)("in `%s` no human's line can end", (situation) => {
  expect(SITUATIONS[situation]().refuses(dialEnded())).toBe("not_applicable");
});
