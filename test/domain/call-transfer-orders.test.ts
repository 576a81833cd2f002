// One way owns each order to ring a human: the answer to one question of the carrier, or a redirect. The carrier may
// run both, and then a phone would ring twice.

import { describe, expect, test } from "vitest";
import { relayEnded, SITUATIONS, type CallDrive } from "../support/call-machine.ts";
import {
  ANN,
  BEN,
  dialEnded,
  humanAccepted,
  humanReserved,
  NO_HUMAN,
  TRANSFER,
  TRANSFERS,
  transferRequested,
  whisperRequested,
} from "../support/transfer-machine.ts";

const redirects = ({ effects }: CallDrive) => effects.filter(({ type }) => type === "redirect").length;
const ANN_IS_RUNG = { transferId: TRANSFER, humanId: ANN.id };

describe("a human is rung once", () => {
  test("if the relay is lost while the queue is asked, and the carrier asks what comes next", () => {
    const call = TRANSFERS.reserving().accepts({ type: "relay_closed" }).accepts(humanReserved());
    expect(redirects(call)).toBe(0);
    expect(call.relayEnds({ failed: true }).told).toBe("dial");
    expect(call.relayEnds({ failed: true }).told).toBe("dial");
    expect(redirects(call)).toBe(0);
  });

  test("if the carrier asks only after it was told: it waits, and rings by what it was told", () => {
    const call = TRANSFERS.reserving().accepts({ type: "relay_closed" }).accepts(humanReserved());
    expect([redirects(call.fires("transfer")), call.redirected]).toEqual([1, "dial"]);
    const { state } = call;
    expect(call.relayEnds({ failed: true }).told).toBe("wait");
    // … and asks anew at the wait's end.
    expect(call.wait(5).relayEnds({ sessionId: null }).told).toBe("wait");
    expect(call.isAnswered().told).toBe("wait");
    expect(call.state.transfer).toEqual(state.transfer);
    expect(call.state.timers.transfer).toBe(state.timers.transfer);
  });

  test("if the first relay has not opened yet", () => {
    const call = SITUATIONS.answered().accepts(transferRequested()).accepts(humanReserved());
    expect(redirects(call)).toBe(0);
    expect(call.refuses({ type: "relay_opened", sessionId: "VX-first" })).toBe("not_applicable");
    expect(call.relayEnds({ failed: true }).told).toBe("dial");
  });

  test("if the answer to the carrier's question about the last relay was lost", () => {
    const call = SITUATIONS.talking().relayEnds().accepts(transferRequested()).accepts(humanReserved());
    expect(call.relayEnds().told).toBe("dial");
    expect(call.state.transfer?.phase).toBe("dialing");
  });

  test("if the first answer of all was lost", () => {
    const call = SITUATIONS.answered().accepts(transferRequested()).accepts(humanReserved());
    expect([call.isAnswered().told, call.state.transfer?.phase]).toEqual(["dial", "dialing"]);
  });

  test("if the end of another's line is told late, when the carrier was told to ring them", () => {
    const call = TRANSFERS.dialing().fires("transfer").accepts(humanReserved(BEN));
    expect([redirects(call), call.redirected]).toEqual([1, "dial"]);
    expect([call.accepts(dialEnded()).told, redirects(call)]).toEqual(["wait", 0]);
    expect(call.state.transfer).toMatchObject({ phase: "dialing", human: { id: BEN.id }, tried: [ANN.id] });
  });

  test("if it is told while the queue is asked: the answer rings them, and nothing else", () => {
    const call = TRANSFERS.dialing().fires("transfer").accepts(dialEnded());
    expect(call.told).toBe("wait");
    call.accepts(humanReserved(BEN));
    expect([call.told, redirects(call)]).toEqual(["dial", 0]);
  });

  test("if another question comes while the queue is asked: it is not its answer that rings", () => {
    const call = TRANSFERS.trying().relayEnds({ sessionId: null });
    expect([call.accepts(humanReserved(BEN)).told, redirects(call)]).toEqual(["wait", 0]);
    expect(call.accepts(dialEnded()).told).toBe("dial");
  });
});

describe("a redirect that the carrier did not take", () => {
  const redirected = () => TRANSFERS.dialing().fires("transfer").accepts(humanReserved(BEN));
  const toBen = { transferId: TRANSFER, humanId: BEN.id };

  test("is sent again within seconds, four times at most", () => {
    const call = redirected();
    for (let times = 0; times < 4; times += 1) {
      call.accepts({ type: "redirect_failed", was: toBen, isCertain: true });
      expect([call.effects, call.due("redirect")]).toEqual([[], 2]);
      expect(redirects(call.fires("redirect"))).toBe(1);
    }
    expect(call.refuses({ type: "redirect_failed", was: toBen, isCertain: true })).toBe("not_applicable");
    expect(call.due("redirect")).toBeNull();
  });

  test("is not sent again if it may have been taken: the next is tried soon, unless a sign comes", () => {
    const call = redirected().accepts({ type: "redirect_failed", was: toBen, isCertain: false });
    expect([call.due("redirect"), call.due("transfer")]).toEqual([null, 10]);
    call.wait(3).accepts(whisperRequested({ humanId: BEN.id }));
    expect(call.due("transfer")).toBeGreaterThan(20);
    const silent = redirected().accepts({ type: "redirect_failed", was: toBen, isCertain: false });
    expect(silent.fires("transfer").effects).toEqual([{ type: "reserve_human" }]);
  });

  test("is believed to have been, once the human has picked up", () => {
    const call = redirected()
      .wait(3)
      .accepts(whisperRequested({ humanId: BEN.id }));
    for (const isCertain of [true, false]) {
      expect(call.refuses({ type: "redirect_failed", was: toBen, isCertain })).toBe("not_applicable");
    }
  });

  test.for(["a key", "a hang-up", "the end"])("is of no interest any more after %s", (what) => {
    const call = redirected().accepts({ type: "redirect_failed", was: toBen, isCertain: true });
    if (what === "a key") call.accepts(humanAccepted({ humanId: BEN.id }));
    else if (what === "a hang-up") call.accepts(dialEnded({ humanId: BEN.id }));
    else call.accepts({ type: "end_requested", reason: "workflow_close" });
    expect(call.due("redirect")).toBeNull();
    expect(call.refuses({ type: "redirect_failed", was: toBen, isCertain: true })).toBe("not_applicable");
    expect(call.refuses({ type: "redirect_failed", was: ANN_IS_RUNG, isCertain: true })).toBe(
      "not_applicable",
    );
  });

  test("and was to bring the agent back is sent again, until a relay opens", () => {
    const back = () => TRANSFERS.dialing().fires("transfer").accepts(NO_HUMAN);
    for (const isCertain of [true, false]) {
      const call = back().accepts({ type: "redirect_failed", was: null, isCertain });
      expect(redirects(call.fires("redirect"))).toBe(1);
    }
    const opened = back().accepts({ type: "redirect_failed", was: null, isCertain: true }).relayOpens("VX-2");
    expect([opened.due("redirect"), opened.state.redirectLosses]).toEqual([null, 0]);
    expect(opened.refuses({ type: "redirect_failed", was: null, isCertain: true })).toBe("not_applicable");
  });
});

describe("a customer who wishes for a human", () => {
  test("whom a client has asked for already is told if there is none", () => {
    const call = TRANSFERS.reserving().accepts({ type: "transfer_wished" }).accepts(NO_HUMAN);
    expect(call.effects).toContainEqual({ type: "agent_turn", moment: "no_human" });
  });

  test.for(["announcing", "dialing", "bridged"] as const)("has their will in `%s`", (situation) => {
    expect(TRANSFERS[situation]().refuses({ type: "transfer_wished" })).toBe("not_applicable");
  });

  test("and has hung up, as the relay's end tells, is not transferred", () => {
    const call = SITUATIONS.talking().wait(20).relayEnds({ callOver: true });
    expect(call.refuses(transferRequested())).toBe("not_applicable");
    const reserving = TRANSFERS.reserving().relayEnds({ callOver: true }).accepts(humanReserved());
    expect(reserving.effects.map(({ type }) => type)).toEqual(["release_human"]);
    expect(reserving.state.transfer?.phase).toBe("canceled");
  });
});

test("talk that the carrier tells of without a key is no bridge where a key is asked for", () => {
  const call = TRANSFERS.whispering().accepts(dialEnded({ talked: true }));
  expect([call.state.status, call.effects]).toEqual(["transferring", [{ type: "reserve_human" }]]);
  expect(call.state.transfer?.tried).toEqual([ANN.id]);
});

test("the agent that comes back with no time left has twenty seconds to say so", () => {
  const call = SITUATIONS.talking();
  call
    .wait((call.due("max_duration") ?? 0) - 1)
    .accepts(transferRequested())
    .accepts(humanReserved());
  call.accepts(relayEnded()).wait(20).accepts(dialEnded()).accepts(NO_HUMAN);
  expect([call.state.status, call.due("max_duration")]).toEqual(["in_progress", 20]);
});

test("nobody who hears a brief in another script is cut off in its middle", () => {
  const brief = "客".repeat(280);
  const reserved = SITUATIONS.talking().accepts(transferRequested({ brief })).accepts(humanReserved());
  const call = reserved.wait(25).relayEnds().wait(20).accepts(whisperRequested());
  expect(call.due("transfer")).toBeGreaterThan(70 + 10);
});

test("nobody is rung who could not hear the brief to its end in the time that is left", () => {
  const after = (brief: string) => {
    const call = SITUATIONS.talking().accepts(transferRequested({ brief })).accepts(humanReserved());
    return call
      .relayEnds()
      .wait(70)
      .accepts(dialEnded())
      .effects.map(({ type }) => type);
  };
  expect(after("Short.")).toEqual(["reserve_human"]);
  expect(after("客".repeat(280))).toEqual(["release_human"]);
});

test("a human who has the call and asks for the brief again is still who has it", () => {
  const call = TRANSFERS.bridged();
  const { state } = call;
  expect(call.accepts(whisperRequested()).state).toEqual(state);
});

test("the customer is untold until the agent has said it", () => {
  const call = TRANSFERS.trying().accepts(NO_HUMAN).relayOpens("VX-second");
  expect(call.state.transfer?.untold).toBe(true);
  call.accepts({ type: "relay_closed" }).relayEnds({ sessionId: "VX-second" }).relayOpens("VX-third");
  expect(call.state.transfer?.untold).toBe(true);
  call.accepts({ type: "agent_spoke", playsUntilMs: call.nowMs + 3_000 });
  expect(call.state.transfer?.untold).toBe(false);
});

test("a wish not to be called again is heeded on the way to a human, which goes on", () => {
  const call = TRANSFERS.announcing();
  const { state } = call;
  expect(call.accepts({ type: "wish_heard", reason: "dnc_request" }).effects).toEqual([{ type: "opt_out" }]);
  expect(call.state).toEqual(state);
});
