// What holds of the agent's turns, of keys and of messages for machines, whatever happens to a call.

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { lineInstruction, REDIRECT } from "../../src/domain/call/questions.ts";
import { live, lives, livesNearTheirEnd, livesWithGoodbyes, type Moment } from "./call-lives.ts";

const RUNS = { numRuns: 600 };

function always(law: (moments: readonly Moment[]) => void): void {
  fc.assert(
    fc.property(lives, (life) => law(live(life).moments)),
    RUNS,
  );
}

test("the agent has a turn, and keys are waited for, only while it can be heard", () => {
  always((moments) => {
    for (const { after } of moments) {
      if (after.turn === null && after.owedTurn === null && after.timers.keys === undefined) continue;
      expect(after).toMatchObject({ closing: null });
      if (after.turn !== null) expect(after).toMatchObject({ status: "in_progress", relay: "open" });
      if (after.timers.keys !== undefined) expect(after).toMatchObject({ turn: null, relay: "open" });
    }
  });
});

test("a turn of which nothing was heard is given anew twice at most, until the customer says something", () => {
  always((moments) => {
    for (const { before, event, after, effects } of moments) {
      expect(after.owedTries).toBeLessThanOrEqual(2);
      if (after.owedTries <= before.owedTries) continue;
      expect(event).toEqual({ type: "timer", name: "silence" });
      expect(effects).toEqual([{ type: "agent_turn", moment: before.owedTurn ?? before.turn }]);
    }
  });
});

test("the agent is warned once, before its time is up, and never while somebody speaks", () => {
  const law = fc.property(fc.oneof(lives, livesNearTheirEnd), (life) => {
    const { moments } = live(life);
    let warned = 0;
    for (const { before, effects, nowMs } of moments) {
      if (!effects.some((effect) => effect.type === "agent_turn" && effect.moment === "time_almost_up"))
        continue;
      warned += 1;
      expect(before).toMatchObject({ turn: null, owedTurn: null, warned: false });
      expect(nowMs - (before.heardAtMs ?? 0)).toBeGreaterThanOrEqual(2_000);
    }
    expect(warned).toBeLessThanOrEqual(1);
  });
  fc.assert(law, RUNS);
});

test("what is to end ends, unless the customer cuts off a goodbye that is nothing else, twice at most", () => {
  const seen = new Set<number>();
  const law = fc.property(livesWithGoodbyes, (life) => {
    for (const { before, event, after } of live(life).moments) {
      seen.add(after.farewellsCut);
      if (before.closing === null || after.closing !== null || after.status === "ended") continue;
      expect([before.closing.reason, event.type]).toEqual(["agent_hangup", "words_cut"]);
      const { must_end, max_duration } = before.putOff;
      expect(after.timers).toMatchObject({ must_end, max_duration });
    }
  });
  fc.assert(law, RUNS);
  expect([...seen].toSorted()).toEqual([0, 1, 2]);
});

test("only a machine hears a message, and its call ends as one that met a machine", () => {
  always((moments) => {
    for (const { after } of moments) {
      if (!after.leavesMessage) continue;
      expect(after.answeredBy).toBe("machine");
      expect(after.closing?.reason ?? after.ending?.reason).toBeDefined();
      expect(lineInstruction(after, REDIRECT)).toBe("hang_up");
      if (after.ending !== null) expect(after.ending.outcome).not.toBe("connected");
    }
  });
});
