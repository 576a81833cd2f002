// While people talk: whose turn it is, silence, last words. The relay that drops: call-relay.test.ts.

import { describe, expect, test } from "vitest";
import type { CallEvent } from "../../src/domain/call/events.ts";
import { SESSION, SITUATIONS, reportOf, type CallDrive } from "../support/call-machine.ts";

/** … and the agent has said what it had to say. */
const greeted = () => {
  const call = SITUATIONS.talking();
  return call.accepts({ type: "agent_spoke", playsUntilMs: call.nowMs });
};

describe("silence", () => {
  test("is counted from the end of the agent's words", () => {
    const call = SITUATIONS.talking();
    call.accepts({ type: "agent_spoke", playsUntilMs: call.nowMs + 5_000 });
    expect(call.due("silence")).toBe(13);
  });

  test("is not counted against the customer while the agent takes its turn", () => {
    const call = SITUATIONS.talking();
    expect(call.due("silence")).toBe(30);
    expect(call.wait(7).accepts({ type: "customer_spoke" }).due("silence")).toBe(30);
    call.wait(9).accepts({ type: "agent_spoke", playsUntilMs: call.nowMs + 3_000 });
    expect(call.due("silence")).toBe(11);
    expect(call.fires("silence").due("silence")).toBe(30);
  });

  test("is met with two re-prompts, then a goodbye", () => {
    const call = greeted();
    const moments = ["silence", "silence", "silence_end"] as const;
    for (const moment of moments) {
      call.fires("silence");
      expect(call.effects).toEqual([{ type: "agent_turn", moment }]);
      if (moment === "silence") call.accepts({ type: "agent_spoke", playsUntilMs: call.nowMs + 2_000 });
    }
    call.saysGoodbye("silence").fires("last_words").wait(1).reports("completed");
    expect(call.state.ending).toEqual({ reason: "silence", outcome: "connected", fault: "none" });
  });

  test("is forgiven by one word of the customer", () => {
    const call = greeted().fires("silence").fires("silence").accepts({ type: "customer_spoke" });
    expect(call.state.silences).toBe(0);
    call.accepts({ type: "agent_spoke", playsUntilMs: call.nowMs });
    expect(call.fires("silence").effects).toEqual([{ type: "agent_turn", moment: "silence" }]);
  });

  test("ends the call although the agent has nothing to say to it", () => {
    const call = greeted();
    for (let times = 0; times < 2; times += 1) {
      call.fires("silence").accepts({ type: "agent_silent", playsUntilMs: call.nowMs });
      expect(call.due("silence")).toBe(8);
    }
    call.fires("silence");
    expect(call.effects).toEqual([{ type: "agent_turn", moment: "silence_end" }]);
    call.accepts({ type: "agent_silent", playsUntilMs: call.nowMs });
    expect(call.effects).toEqual([{ type: "hang_up", via: "relay" }]);
    expect(call.wait(1).reports("completed").state.ending?.reason).toBe("silence");
  });

  test("ends the call although the agent never comes to an end with its goodbye", () => {
    const call = greeted().fires("silence").fires("silence").fires("silence");
    expect(call.due("silence")).toBe(30);
    expect(call.fires("silence").effects).toEqual([{ type: "hang_up", via: "relay" }]);
    expect(call.state.closing).toEqual({ reason: "silence" });
  });

  test("ends the call although the agent would talk on: its words are played, and that is all", () => {
    const call = greeted().fires("silence").fires("silence").fires("silence");
    call.accepts({ type: "agent_spoke", playsUntilMs: call.nowMs + 4_000 });
    expect([call.state.closing, call.due("last_words"), call.due("silence")]).toEqual([
      { reason: "silence" },
      6,
      null,
    ]);
  });

  test.for([
    ["agent_hangup", "silence", []],
    ["wrong_number", "silence", []],
    ["agent_failed", "agent_failed", []],
    ["dnc_request", "dnc_request", [{ type: "opt_out" }]],
  ] as const)("ends the call for itself: the agent says %s, the call %s", ([said, ends, effects]) => {
    const call = greeted().fires("silence").fires("silence").fires("silence").saysGoodbye(said);
    expect([call.state.closing, call.effects]).toEqual([{ reason: ends }, effects]);
  });

  test.for([
    ["the relay closed", (call: CallDrive) => call.accepts({ type: "relay_closed" })],
    ["the relay ended", (call: CallDrive) => call.relayEnds()],
    ["last words play", (call: CallDrive) => call.saysGoodbye("agent_hangup")],
  ] as const)("is not listened for while %s", ([, happens]) => {
    const call = SITUATIONS.talking();
    expect(call.due("silence")).not.toBeNull();
    expect(happens(call).due("silence")).toBeNull();
  });
});

describe("words that were played", () => {
  test.for([
    ["sooner", 2],
    ["later", 9],
  ] as const)("%s than was estimated: silence is counted from then", ([, seconds]) => {
    const call = SITUATIONS.talking();
    call.accepts({ type: "agent_spoke", playsUntilMs: call.nowMs + 5_000 });
    call.wait(seconds).accepts({ type: "words_played" });
    expect(call.due("silence")).toBe(8);
    expect(call.effects).toEqual([]);
  });

  test("are no sign of the customer", () => {
    const call = greeted().relayEnds().relayOpens();
    call.accepts({ type: "agent_spoke", playsUntilMs: call.nowMs }).fires("silence").wait(2);
    const { silences, relayLosses } = call.accepts({ type: "words_played" }).state;
    expect({ silences, relayLosses }).toEqual({ silences: 1, relayLosses: 1 });
  });

  test.for<CallEvent>([{ type: "relay_closed" }, { type: "end_requested", reason: "workflow_close" }])(
    "are of no interest after $type",
    (event) => {
      const call = SITUATIONS.talking().accepts(event);
      expect(call.refuses({ type: "words_played" })).toBe("not_applicable");
    },
  );
});

describe("words of which some were played", () => {
  test.for([
    ["sooner", 1],
    ["later", 20],
  ] as const)(
    "%s than was estimated: silence is counted from when the rest will have been",
    ([, seconds]) => {
      const call = SITUATIONS.talking();
      call.accepts({ type: "agent_spoke", playsUntilMs: call.nowMs + 5_000 }).wait(4);
      call.accepts({ type: "words_played", playsUntilMs: call.nowMs + seconds * 1_000 });
      expect([call.due("silence"), call.effects]).toEqual([seconds + 8, []]);
    },
  );

  test("leave an answer owed that was cut while they played", () => {
    const call = greeted().accepts({ type: "customer_spoke" });
    call.accepts({ type: "turn_cut", wasHeard: false, playsUntilMs: call.nowMs + 3_000 }).wait(1);
    call.accepts({ type: "words_played", playsUntilMs: call.nowMs + 4_000 });
    expect(call.due("silence")).toBe(6.5);
    expect(call.accepts({ type: "words_played" }).due("silence")).toBe(2.5);
  });

  test("change nothing about a turn that goes on", () => {
    const call = SITUATIONS.talking();
    call.accepts({ type: "words_played", playsUntilMs: call.nowMs + 60_000 });
    expect(call.due("silence")).toBe(30);
  });

  test.for([
    ["put the hang-up off", 9, 11],
    ["let the hang-up come sooner", 0.5, 2.5],
    ["are waited for no longer than the end may take", 600, 65],
  ] as const)("if they are the last %s", ([, seconds, due]) => {
    const call = SITUATIONS.talking().saysGoodbye("agent_hangup", 3);
    call.accepts({ type: "words_played", playsUntilMs: call.nowMs + seconds * 1_000 });
    expect([call.due("last_words"), call.effects]).toEqual([due, []]);
  });
});

describe("an agent that is cut off in its last words", () => {
  const cut: CallEvent = { type: "words_cut", wasHeard: true, answers: false };
  const HANGS_UP = [{ type: "hang_up", via: "relay" }];

  test("goes on with the talk, where they were nothing but its goodbye", () => {
    const call = greeted().wait(20);
    const bounds = [call.due("max_duration"), call.due("wrap_up"), call.due("must_end")];
    call.saysGoodbye("agent_hangup", 30).accepts(cut);
    expect([call.effects, call.state.closing, call.due("last_words")]).toEqual([[], null, null]);
    expect([call.due("max_duration"), call.due("wrap_up"), call.due("must_end")]).toEqual(bounds);
    call.wait(1).accepts({ type: "customer_spoke" });
    expect(call.effects).toEqual([{ type: "agent_turn", moment: "customer_spoke" }]);
    call.saysGoodbye("agent_hangup").fires("last_words").wait(1).reports("completed");
    expect(call.state.ending?.reason).toBe("agent_hangup");
  });

  test("says something soon, though the customer only coughed", () => {
    const call = greeted().saysGoodbye("agent_hangup", 30).accepts(cut);
    expect(call.due("silence")).toBe(2.5);
    expect(call.fires("silence").effects).toEqual([{ type: "agent_turn", moment: "customer_spoke" }]);
  });

  test("hangs up at once the third time", () => {
    const call = greeted();
    for (let times = 0; times < 2; times += 1) call.saysGoodbye("agent_hangup").accepts(cut);
    expect(call.saysGoodbye("agent_hangup").accepts(cut).effects).toEqual(HANGS_UP);
    expect([call.state.closing, call.due("last_words")]).toEqual([{ reason: "agent_hangup" }, null]);
  });

  test.for(["dnc_request", "wrong_number", "hostile_caller", "silence", "agent_failed"] as const)(
    "for the reason %s hangs up at once",
    (reason) => {
      const call = greeted().saysGoodbye(reason, 30).accepts(cut);
      expect([call.effects, call.state.closing]).toEqual([HANGS_UP, { reason }]);
    },
  );

  test("is not, once it has hung up", () => {
    expect(SITUATIONS.hangingUp().refuses(cut)).toBe("not_applicable");
  });
});

describe("a customer who is heard, but has said nothing whole,", () => {
  test("is not silent: that is counted from then, and nobody's turn it is", () => {
    const call = SITUATIONS.talking();
    call.accepts({ type: "agent_spoke", playsUntilMs: call.nowMs + 60_000 });
    call.wait(3).accepts({ type: "customer_heard" });
    expect([call.due("silence"), call.effects]).toEqual([8, []]);
  });

  test("over words that go on playing is given their end to be silent from", () => {
    const call = greeted().wait(3);
    call.accepts({ type: "customer_heard", playsUntilMs: call.nowMs + 20_000 });
    expect(call.due("silence")).toBe(28);
    call.wait(1).accepts({ type: "customer_heard" });
    expect(call.due("silence")).toBe(8);
  });

  test("may talk on for minutes before the agent speaks", () => {
    const call = greeted();
    for (let heard = 0; heard < 60; heard += 1) {
      call.wait(7).accepts({ type: "customer_heard" });
      expect(call.due("silence")).toBe(8);
    }
    expect(call.fires("silence").effects).toEqual([{ type: "agent_turn", moment: "silence" }]);
  });

  test("is forgiven the silence before", () => {
    const call = greeted().fires("silence");
    call.accepts({ type: "agent_spoke", playsUntilMs: call.nowMs }).fires("silence");
    call.accepts({ type: "agent_spoke", playsUntilMs: call.nowMs }).accepts({ type: "customer_heard" });
    expect(call.state.silences).toBe(0);
    expect(call.fires("silence").effects).toEqual([{ type: "agent_turn", moment: "silence" }]);
  });

  test("has a relay that works: those lost before no longer count", () => {
    const call = SITUATIONS.talking();
    for (let loss = 0; loss < 12; loss += 1)
      call.relayEnds().relayOpens().accepts({ type: "customer_heard" });
    expect(call.state).toMatchObject({ relay: "open", relayLosses: 0, closing: null });
  });

  test.for(["lastWords", "hangingUp"] as const)("changes nothing in `%s`", (situation) => {
    const call = SITUATIONS[situation]();
    expect(call.refuses({ type: "customer_heard" })).toBe("not_applicable");
  });

  test.for([
    ["closed", (call: CallDrive) => call.accepts({ type: "relay_closed" })],
    ["ended", (call: CallDrive) => call.relayEnds()],
    ["ended with the call", (call: CallDrive) => call.relayEnds({ callOver: true })],
  ] as const)("can't be, once the relay has %s", ([, happens]) => {
    const call = happens(SITUATIONS.talking());
    expect(call.refuses({ type: "customer_heard" })).toBe("not_applicable");
  });
});

describe("without an open relay", () => {
  const TALK: CallEvent[] = [
    { type: "customer_heard" },
    { type: "customer_spoke" },
    { type: "agent_spoke", playsUntilMs: 0 },
    { type: "relay_closed" },
    { type: "words_played" },
  ];
  for (const situation of ["waiting", "placed", "ringing", "answered"] as const) {
    test.for(TALK.map((event) => [event.type, event] as const))(
      `in \`${situation}\`, %s makes no sense`,
      ([, event]) => {
        expect(SITUATIONS[situation]().refuses(event)).toBe("not_applicable");
      },
    );
  }

  test.for(["waiting", "requested", "unknown", "placed", "ringing", "pickedUp"] as const)(
    "in `%s` no relay can open, and no agent has finished",
    (situation) => {
      const call = SITUATIONS[situation]();
      expect(call.refuses({ type: "relay_opened", sessionId: SESSION })).toBe("not_applicable");
      expect(call.refuses({ type: "agent_finished", reason: "agent_hangup", playsUntilMs: 0 })).toBe(
        "not_applicable",
      );
    },
  );
});

describe("the agent's last words", () => {
  test("have their estimated time and two seconds", () => {
    const call = SITUATIONS.talking().saysGoodbye("agent_hangup", 4);
    expect(call.effects).toEqual([]);
    expect(call.due("last_words")).toBe(6);
    expect(call.fires("last_words").effects).toEqual([{ type: "hang_up", via: "relay" }]);
  });

  test("are over when they were played, if that is sooner", () => {
    const call = SITUATIONS.lastWords().wait(1).accepts({ type: "words_played" });
    expect(call.effects).toEqual([{ type: "hang_up", via: "relay" }]);
    expect(call.refuses({ type: "words_played" })).toBe("not_applicable");
    expect(call.due("last_words")).toBeNull();
  });

  test("earlier words that were played end nothing", () => {
    const call = SITUATIONS.talking().wait(3).accepts({ type: "words_played" });
    expect([call.effects, call.state.closing, call.due("last_words")]).toEqual([[], null, null]);
  });

  test("whoever talks into them gets no more answer", () => {
    const call = SITUATIONS.lastWords();
    const due = call.due("last_words");
    call.accepts({ type: "customer_spoke" });
    expect(call.effects).toEqual([]);
    call.accepts({ type: "agent_spoke", playsUntilMs: call.nowMs + 60_000 });
    expect(call.due("last_words")).toBe(due);
    expect(call.due("silence")).toBeNull();
  });

  test("are said once", () => {
    const call = SITUATIONS.lastWords();
    const again: CallEvent = { type: "agent_finished", reason: "silence", playsUntilMs: call.nowMs };
    expect(call.refuses(again)).toBe("not_applicable");
  });

  test("count although the relay is lost under them; then the carrier is told", () => {
    const call = SITUATIONS.talking().accepts({ type: "relay_closed" }).saysGoodbye("agent_hangup");
    expect(call.fires("last_words").effects).toEqual([{ type: "hang_up", via: "carrier" }]);
  });

  test("that ask never to be called again are heard at once", () => {
    const call = SITUATIONS.talking().saysGoodbye("dnc_request");
    expect(call.effects).toEqual([{ type: "opt_out" }]);
    call.fires("last_words").wait(1).accepts(reportOf("completed"));
    expect(call.allEffects.filter(({ type }) => type === "opt_out")).toHaveLength(1);
  });
});
