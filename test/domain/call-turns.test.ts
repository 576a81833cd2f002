// Whose turn it is: keys, an answer that is owed, a turn that fails, and the warning before the agent's time is up.
// Silence and last words: call-talk.test.ts.

import { describe, expect, test } from "vitest";
import type { CallEvent, Moment } from "../../src/domain/call/events.ts";
import { SITUATIONS, type CallDrive } from "../support/call-machine.ts";
import { TRANSFER, TRANSFERS } from "../support/transfer-machine.ts";

const key: CallEvent = { type: "key_pressed", isLast: false };
const lastKey: CallEvent = { type: "key_pressed", isLast: true };
const heard: CallEvent = { type: "customer_heard" };
const spoke: CallEvent = { type: "customer_spoke" };
const cut: CallEvent = { type: "turn_cut", wasHeard: false, playsUntilMs: 0 };
const turn = (moment: Moment) => [{ type: "agent_turn", moment }];

/** The agent has greeted, and its words were heard. */
function greeted(limits = {}): CallDrive {
  const call = SITUATIONS.talking();
  call.state = { ...call.state, limits: { ...call.state.limits, ...limits } };
  return call.accepts({ type: "agent_spoke", playsUntilMs: call.nowMs });
}

const speaks = (call: CallDrive) => call.accepts({ type: "agent_spoke", playsUntilMs: call.nowMs });

describe("keys", () => {
  test("are answered two seconds after the last of them, once", () => {
    const call = greeted().accepts(key).wait(1.5).accepts(key);
    expect([call.effects, call.due("keys")]).toEqual([[], 2]);
    expect(call.fires("keys").effects).toEqual(turn("customer_spoke"));
    expect([call.due("keys"), call.due("silence")]).toEqual([null, 30]);
  });

  test("are answered at once when the customer has ended them", () => {
    const call = greeted().accepts(key).wait(1).accepts(lastKey);
    expect([call.effects, call.due("keys")]).toEqual([turn("customer_spoke"), null]);
  });

  test("are answered once in two seconds, however often the customer ends them", () => {
    const call = greeted().accepts(key).accepts(lastKey).wait(1.9).accepts(lastKey);
    expect([call.effects, call.due("keys")]).toEqual([[], 2]);
    call.fires("keys").wait(1.9).accepts(lastKey);
    expect([call.effects, call.due("keys")]).toEqual([[], 2]);
    speaks(call.fires("keys")).wait(2).accepts(lastKey);
    expect([call.effects, call.due("keys")]).toEqual([turn("customer_spoke"), null]);
  });

  test("are taken along by words", () => {
    const call = greeted().accepts(key).wait(1).accepts(spoke);
    expect([call.effects, call.due("keys")]).toEqual([turn("customer_spoke"), null]);
  });

  test("wait until the customer, who begins to speak, has done so", () => {
    const call = greeted().accepts(key).wait(1).accepts(heard);
    expect([call.effects, call.due("keys")]).toEqual([[], 2]);
  });

  test("are a sign of life", () => {
    const call = greeted().fires("silence");
    speaks(call).wait(7).accepts(key);
    expect([call.state.silences, call.due("silence")]).toEqual([0, 8]);
  });

  test.for(["lastWords", "hangingUp"] as const)("get no answer in `%s`", (situation) => {
    const call = SITUATIONS[situation]().accepts(lastKey);
    expect([call.effects, call.due("keys")]).toEqual([[], null]);
  });

  test("get no answer while a human takes over", () => {
    const call = TRANSFERS.announcing().accepts(lastKey);
    expect([call.effects, call.due("keys"), call.state.owedTurn]).toEqual([[], null, null]);
  });

  test.for<[string, (call: CallDrive) => CallDrive]>([
    ["the relay closes", (call) => call.accepts({ type: "relay_closed" })],
    ["the relay ends", (call) => call.relayEnds()],
    ["the call is to end", (call) => call.accepts({ type: "end_requested", reason: "workflow_close" })],
  ])("wait for nothing when %s", ([, happens]) => {
    expect(happens(greeted().accepts(key)).due("keys")).toBeNull();
  });

  test("can't be pressed without a relay", () => {
    expect(SITUATIONS.answered().refuses(key)).toBe("not_applicable");
  });
});

describe("an answer of which nothing was heard", () => {
  test("is given anew soon after the customer has fallen silent", () => {
    const call = greeted().accepts(spoke).wait(1).accepts(cut).accepts(heard);
    expect(call.due("silence")).toBe(2.5);
    call.wait(1).accepts(heard);
    expect(call.due("silence")).toBe(2.5);
    expect(call.fires("silence").effects).toEqual(turn("customer_spoke"));
    expect(call.state.silences).toBe(0);
  });

  test("is owed after an eviction too, which is nobody's sign of life", () => {
    const call = greeted().accepts(spoke).wait(1).accepts(cut);
    expect([call.due("silence"), call.state.owedTurn]).toEqual([2.5, "customer_spoke"]);
  });

  test("is owed when the agent had nothing to say", () => {
    const call = greeted().accepts(spoke);
    call.accepts({ type: "agent_silent", playsUntilMs: call.nowMs });
    expect(call.due("silence")).toBe(2.5);
  });

  test("is given anew twice, and then silence is counted as ever", () => {
    const call = greeted().accepts(spoke).accepts(cut);
    for (const moment of ["customer_spoke", "customer_spoke", "silence", "silence", "silence_end"] as const) {
      expect(call.fires("silence").effects).toEqual(turn(moment));
      if (moment !== "silence_end") call.accepts({ ...cut });
    }
    expect(call.fires("silence").state.closing).toEqual({ reason: "silence" });
  });

  test("is given as often again once the customer has spoken again", () => {
    const call = greeted().accepts(spoke).accepts(cut).fires("silence").accepts(cut).fires("silence");
    call.accepts(spoke).accepts(cut);
    expect(call.fires("silence").effects).toEqual(turn("customer_spoke"));
  });

  test.for<[string, (call: CallDrive) => CallDrive]>([
    ["it was given", speaks],
    ["some of it was heard", (call) => call.accepts({ ...cut, wasHeard: true })],
  ])("is not owed once %s", ([, happens]) => {
    const call = happens(greeted().accepts(spoke));
    expect([call.state.owedTurn, call.due("silence")]).toEqual([null, 8]);
    expect(call.fires("silence").effects).toEqual(turn("silence"));
  });

  test("a greeting is owed as well", () => {
    const call = SITUATIONS.talking().accepts(cut);
    expect(call.fires("silence").effects).toEqual(turn("resumed"));
  });

  test("that nobody has asked for is not", () => {
    const call = greeted().fires("silence").accepts(cut);
    expect([call.state.owedTurn, call.due("silence")]).toEqual([null, 8]);
  });

  test("is not cut short by a customer who is heard while the agent thinks", () => {
    const call = greeted().accepts(spoke).wait(3).accepts(heard);
    expect(call.due("silence")).toBe(27);
  });
});

describe("an answer that was spoken, and cut off before any of it was heard,", () => {
  const unheard = (answers: boolean): CallEvent => ({ type: "words_cut", wasHeard: false, answers });

  test("is owed anew", () => {
    const call = speaks(greeted().accepts(spoke)).wait(1).accepts(unheard(true));
    expect([call.due("silence"), call.state.silences]).toEqual([2.5, 0]);
    expect(call.fires("silence").effects).toEqual(turn("customer_spoke"));
  });

  test("is owed for what it was given, if the customer did not speak last", () => {
    expect(greeted().accepts(unheard(false)).fires("silence").effects).toEqual(turn("resumed"));
    const asked = speaks(greeted().fires("silence"));
    expect(asked.accepts(unheard(false)).state.owedTurn).toBeNull();
    expect(asked.accepts(unheard(true)).state.owedTurn).toBe("customer_spoke");
  });

  test("is not owed while the agent has another turn, or if some of it was heard", () => {
    const thinks = speaks(greeted().accepts(spoke)).accepts(spoke).accepts(unheard(true));
    expect([speaks(thinks).state.owedTurn, thinks.due("silence")]).toEqual([null, 8]);
    const call = speaks(greeted().accepts(spoke));
    call.accepts({ type: "words_cut", wasHeard: true, answers: false });
    expect([call.state.owedTurn, call.due("silence")]).toEqual([null, 8]);
  });

  test("is owed once what was owed before has been given", () => {
    const call = speaks(greeted().accepts(spoke)).accepts(unheard(true)).fires("silence");
    speaks(call).accepts(unheard(true));
    expect(call.fires("silence").effects).toEqual(turn("customer_spoke"));
  });

  test("and was to tell that nobody took the call tells it again", () => {
    const call = TRANSFERS.trying().accepts({ type: "no_human", transferId: TRANSFER }).relayOpens();
    speaks(call).accepts(unheard(false));
    expect(call.state.owedTurn).toBe("transfer_failed");
  });
});

describe("a turn that is never taken", () => {
  test("has failed: it is given anew, by script", () => {
    const call = greeted().accepts(spoke);
    expect(call.due("silence")).toBe(30);
    expect(call.fires("silence").effects).toEqual(turn("customer_spoke"));
    expect(call.state).toMatchObject({ byScript: true, silences: 0, closing: null });
  });

  test("ends with the call, whatever the agent does", () => {
    const call = SITUATIONS.talking().runsOut();
    expect(call.state.ending?.reason).toBe("silence");
  });
});

describe("the warning that the agent's time is almost up", () => {
  /** It fires at a quiet moment: the agent has re-prompted, and the silence after that is being counted. */
  function quiet(): CallDrive {
    const call = greeted();
    call.wait((call.due("wrap_up") ?? 0) - 4);
    return call.accepts(spoke).accepts({ type: "agent_spoke", playsUntilMs: call.nowMs });
  }

  test("comes half a minute before, once", () => {
    const call = quiet();
    expect((call.due("max_duration") ?? 0) - (call.due("wrap_up") ?? 0)).toBe(30);
    expect(call.fires("wrap_up").effects).toEqual(turn("time_almost_up"));
    expect(call.isAnswered().due("wrap_up")).toBeNull();
  });

  test("changes nothing about the silence if the agent has nothing to say to it", () => {
    const call = quiet().fires("wrap_up");
    expect(call.due("silence")).toBe(4);
    call.accepts({ type: "agent_silent", playsUntilMs: call.nowMs });
    expect([call.due("silence"), call.state.turn]).toEqual([4, null]);
    expect(call.fires("silence").effects).toEqual(turn("silence"));
  });

  test("that the agent never comes to an end with is no failure, and no silence either", () => {
    const call = quiet().fires("wrap_up").fires("silence");
    expect([call.effects, call.state.byScript]).toEqual([turn("silence"), false]);
  });

  test("makes the silence count anew if the agent speaks", () => {
    const call = speaks(quiet().fires("wrap_up"));
    expect(call.due("silence")).toBe(8);
  });

  test.for<[string, (call: CallDrive) => CallDrive]>([
    ["the agent is taking a turn", (call) => call.accepts(spoke)],
    [
      "the agent's words are being played",
      (call) => call.accepts({ type: "agent_spoke", playsUntilMs: call.nowMs + 9_000 }),
    ],
    ["the customer talks", (call) => call.wait(3).accepts(heard)],
    ["the customer types", (call) => call.wait(3).accepts(key)],
    ["an answer is owed", (call) => call.accepts(spoke).accepts(cut)],
    ["the relay is lost", (call) => call.accepts({ type: "relay_closed" })],
  ])("is not given while %s: later turns know", ([, happens]) => {
    const call = happens(quiet()).fires("wrap_up");
    expect(call.effects).toEqual([]);
    expect(call.state.warned).toBe(true);
  });

  test("is none in a call that is short anyway", () => {
    const short = SITUATIONS.ringing();
    short.state = { ...short.state, limits: { ...short.state.limits, maxDurationMs: 59_999 } };
    expect(short.isAnswered().due("wrap_up")).toBeNull();
    const longer = SITUATIONS.ringing();
    longer.state = { ...longer.state, limits: { ...longer.state.limits, maxDurationMs: 60_000 } };
    expect(longer.isAnswered().due("wrap_up")).toBe(30);
  });

  test("is none while a human takes over", () => {
    expect(TRANSFERS.announcing().due("wrap_up")).toBeNull();
  });

  test("does not keep the call from being cut off", () => {
    const call = quiet().fires("wrap_up").fires("max_duration");
    expect(call.state.closing).toEqual({ reason: "max_duration" });
    expect(call.due("wrap_up")).toBeNull();
  });
});
