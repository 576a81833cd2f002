// What holds of a call's transfers whatever happens to it, in whatever order. What may happen: call-lives.ts.

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { factsOf } from "../../src/domain/call/facts.ts";
import { isUnderWay, TRANSFER_PHASES, type TransferState } from "../../src/domain/call/transfer-state.ts";
import { lineInstruction, questionOf, REDIRECT, type LineQuestion } from "../../src/domain/call/questions.ts";
import type { CallState } from "../../src/domain/call/state.ts";
import { isQuestion, LIMITS } from "../support/call-machine.ts";
import { live, livesInTalk, type Moment } from "./call-lives.ts";

function always(law: (moments: readonly Moment[]) => void): void {
  fc.assert(
    fc.property(livesInTalk, (life) => law(live(life).moments)),
    { numRuns: 600 },
  );
}

const underWay = (transfer: TransferState | null) => (isUnderWay(transfer) ? transfer : null);

test("the draws reach every phase, so that the laws below say something", () => {
  const seen = new Set<string>();
  // The same draws each time: that they reach what is rare must not be luck.
  for (const life of fc.sample(livesInTalk, { numRuns: 3_000, seed: 7 })) {
    const { moments } = live(life);
    for (const { after, effects } of moments) {
      seen.add(after.status);
      if (after.transfer !== null) seen.add(after.transfer.phase);
      if (isUnderWay(after.transfer) && after.transfer.tried.length > 0) seen.add("another is tried");
      if (after.transfer?.untold === true) seen.add("untold");
      for (const effect of effects) seen.add(effect.type === "agent_turn" ? effect.moment : effect.type);
    }
  }
  for (const phase of TRANSFER_PHASES) expect(seen).toContain(phase);
  for (const expected of [
    "transferring",
    "bridged",
    "another is tried",
    "untold",
    "no_human",
    "reserve_human",
    "leave_relay",
    "redirect",
    "raise_limit",
    "accept_human",
  ]) {
    expect(seen).toContain(expected);
  }
});

test("the status tells where the transfer stands", () => {
  always((moments) => {
    for (const { after } of moments) {
      const phase = underWay(after.transfer)?.phase;
      if (after.status === "bridged") expect(phase).toBe("bridged");
      if (after.status === "transferring" && after.closing === null) {
        expect(["reserving", "announcing", "announced", "leaving", "dialing"]).toContain(phase);
      }
      if (phase !== undefined && phase !== "reserving" && phase !== "bridged") {
        expect(after.status).toBe("transferring");
      }
      if (after.status === "ended") expect(phase).toBeUndefined();
      if (after.status === "in_progress" && phase !== undefined) expect(phase).toBe("reserving");
    }
  });
});

test("one human at most is offered the call, none twice in a transfer", () => {
  always((moments) => {
    for (const { before, after } of moments) {
      const { transfer } = after;
      if (transfer === null) continue;
      expect(new Set(transfer.tried).size).toBe(transfer.tried.length);
      if (transfer.human !== null) expect(transfer.tried).not.toContain(transfer.human.id);
      const was = before.transfer;
      if (was?.id !== transfer.id || was.human === null || transfer.human?.id === was.human.id) continue;
      // Whoever was offered the call and is not any more was tried, or the transfer is over.
      expect(isUnderWay(transfer) ? transfer.tried : [was.human.id]).toContain(was.human.id);
      expect(transfer.human).toBeNull();
    }
  });
});

test("each human is told to be rung once at most in a transfer, whatever the carrier asks meanwhile", () => {
  const reached = new Set<string>();
  always((moments) => {
    const orders = new Map<string, string[]>();
    let open: LineQuestion[] = [];
    for (const { event, after, effects } of moments) {
      const human = after.transfer?.phase === "dialing" ? after.transfer.human : null;
      const whom = `${after.transfer?.id} ${human?.id}`;
      const made = orders.get(whom) ?? [];
      orders.set(whom, made);
      // What the carrier said that it did not take may be sent again.
      if (event.type === "redirect_failed" && event.isCertain) made.splice(made.indexOf(REDIRECT), 1);
      const isRedirected = effects.some(({ type }) => type === "redirect");
      if (isRedirected && lineInstruction(after, REDIRECT) === "dial") made.push(REDIRECT);
      if (isQuestion(event) && !("callOver" in event && event.callOver)) open.push(event);
      // Who asks while the queue is asked is answered when that is known.
      if (after.status === "transferring" && after.transfer?.phase === "reserving") continue;
      for (const question of open) {
        const told = lineInstruction(after, questionOf(question));
        reached.add(`${question.type} ${told}`);
        // One that is asked again gets its own answer again: the first was lost.
        if (told === "dial" && !made.includes(questionOf(question))) made.push(questionOf(question));
      }
      open = [];
    }
    for (const [whom, made] of orders) expect(made.length, `${whom}: ${made.join()}`).toBeLessThanOrEqual(1);
  });
  expect([...reached]).toEqual(
    expect.arrayContaining(["relay_ended dial", "relay_ended wait", "dial_ended dial", "dial_ended wait"]),
  );
});

test("what was reserved for a transfer is given back when it is over, and not before", () => {
  always((moments) => {
    for (const { before, event, after, effects } of moments) {
      const released = effects.flatMap((effect) =>
        effect.type === "release_human" ? effect.transferId : [],
      );
      const left = underWay(before.transfer);
      const isOver = left !== null && underWay(after.transfer)?.id !== left.id;
      const comesLate = event.type === "human_reserved" && underWay(before.transfer)?.id !== event.transferId;
      const expected = [
        ...(isOver ? [left.id] : []),
        ...(comesLate && event.type === "human_reserved" ? [event.transferId] : []),
      ];
      expect(released).toEqual(expected);
    }
  });
});

test("a transfer that is over stays as it is, but that the customer is told of it", () => {
  always((moments) => {
    for (const { before, after } of moments) {
      const was = before.transfer;
      if (was === null || underWay(was) !== null || after.transfer?.id !== was.id) continue;
      expect({ ...after.transfer, untold: false }).toEqual({ ...was, untold: false });
    }
  });
});

test("a call is bridged by nobody but whom it was offered to, with a key where the queue wants one", () => {
  always((moments) => {
    for (const { before, event, after } of moments) {
      if (after.status !== "bridged" || before.status === "bridged") continue;
      if (event.type === "dial_ended") expect(event.talked).toBe(true);
      else expect(event.type).toBe("human_accepted");
      if (event.type !== "human_accepted" && event.type !== "dial_ended") continue;
      expect(before.transfer).toMatchObject({
        id: event.transferId,
        phase: "dialing",
        human: { id: event.humanId },
      });
      if (before.transfer?.accept !== "key") continue;
      expect(event).toMatchObject({ type: "human_accepted", pressedKey: true });
    }
  });
});

test("between the announcement and the way back the agent says nothing", () => {
  always((moments) => {
    for (const { before, after, effects } of moments) {
      for (const effect of effects) {
        if (effect.type !== "agent_turn") continue;
        expect(["in_progress", "transferring"]).toContain(after.status);
        if (after.status === "transferring") {
          expect([before.status, effect.moment]).toEqual(["in_progress", "transferring"]);
        }
        expect(after.relay).toBe("open");
      }
      if (after.status === "bridged") expect(after.relay).not.toBe("open");
    }
  });
});

test("the agent's time stands still on the way to a human, and goes on where it stopped", () => {
  always((moments) => {
    let leftMs = 0;
    for (const { before, after, nowMs } of moments) {
      if (after.status === "transferring") expect(after.timers.max_duration).toBeUndefined();
      if (before.status === "in_progress" && after.status === "transferring") {
        leftMs = Math.max(0, (before.timers.max_duration ?? nowMs) - nowMs);
      }
      if (before.status === "transferring" && after.status === "in_progress") {
        expect(after.timers.max_duration).toBeLessThanOrEqual(nowMs + Math.max(20_000, leftMs));
      }
    }
  });
});

/** A goodbye was taken back: the call may last as long as it might have without it, which the carrier knows. */
function isBoundOfBefore(before: CallState, after: CallState): boolean {
  return after.farewellsCut > before.farewellsCut && after.timers.must_end === before.putOff.must_end;
}

test("the bound moves by two minutes for the first who is rung, with the bridge, and by nothing else", () => {
  always((moments) => {
    for (const { before, after, nowMs } of moments) {
      const [was, is] = [before.timers.must_end, after.timers.must_end];
      if (was === undefined || is === undefined || after.closing !== null || is === was) continue;
      if (isBoundOfBefore(before, after)) continue;
      const begins = after.transfers === before.transfers + 1;
      const bridges = before.status === "transferring" && after.status === "bridged";
      expect(begins || bridges).toBe(true);
      expect(is).toBe(begins ? was + 120_000 : nowMs + LIMITS.bridgeMaxDurationMs + 60_000);
    }
  });
});

test("whenever a call may last longer, the carrier is told", () => {
  always((moments) => {
    for (const { before, after, effects } of moments) {
      const grows = (after.timers.must_end ?? 0) > (before.timers.must_end ?? Number.POSITIVE_INFINITY);
      // One that is hung up on lasts no longer: its bound is then that of the hanging up.
      if (!grows || after.closing !== null || isBoundOfBefore(before, after)) continue;
      expect(effects).toContainEqual({ type: "raise_limit" });
    }
  });
});

test("on the way to a human something is always awaited, and a call is transferred five times at most", () => {
  always((moments) => {
    for (const { after } of moments) {
      expect(after.transfers).toBeLessThanOrEqual(5);
      const waits = after.timers.transfer !== undefined || after.timers.ask_carrier !== undefined;
      if (after.status === "transferring" && after.closing === null) expect(waits).toBe(true);
      if (after.closing !== null) expect(after.timers.transfer).toBeUndefined();
    }
  });
});

test("no number of a human is told", () => {
  always((moments) => {
    for (const { after } of moments) expect(JSON.stringify(factsOf(after))).not.toMatch(/\+1500555|sip:/);
  });
});
