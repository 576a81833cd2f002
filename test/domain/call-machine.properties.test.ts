// What holds of a call whatever happens to it, in whatever order. What may happen: call-lives.ts.

import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { CallEvent } from "../../src/domain/call/events.ts";
import { step } from "../../src/domain/call/machine.ts";
import { callStateSchema, dueTimers, nextTimerMs, type CallState } from "../../src/domain/call/state.ts";
import { ENDINGS } from "../../src/domain/call/status.ts";
import { LIMITS } from "../support/call-machine.ts";
import { live, lives, livesNearTheirEnd, type Moment } from "./call-lives.ts";

const RUNS = { numRuns: 600 };
const BOUND_MS = LIMITS.ringTimeoutMs + LIMITS.maxDurationMs + 60_000;
/** What the ways to humans may add to it, ten at most, and a human's part. */
const WAY_MS = 120_000;
const BRIDGE_MS = LIMITS.bridgeMaxDurationMs + 60_000;

function always(law: (moments: readonly Moment[]) => void): void {
  fc.assert(
    fc.property(lives, (life) => law(live(life).moments)),
    RUNS,
  );
}

test("the draws reach every status and most ends, so that the laws below say something", () => {
  const seen = new Set<string>();
  // The same draws each time: that they reach what is rare must not be luck.
  const drawn = [
    ...fc.sample(lives, { numRuns: 3_000, seed: 7 }),
    ...fc.sample(livesNearTheirEnd, { numRuns: 300, seed: 7 }),
  ];
  for (const life of drawn) {
    const { moments } = live(life);
    for (const { before, event, after, effects } of moments) {
      for (const effect of effects) {
        seen.add(effect.type);
        if (effect.type === "agent_turn") seen.add(`turn: ${effect.moment}`);
      }
      if (event.type === "timer") seen.add(`timer ${event.name}`);
      if (after.leavesMessage) seen.add("a message is left");
      if (after.owedTries > before.owedTries) seen.add("given anew");
      if (isOfAnotherRelay(before, event)) seen.add("another relay's end");
      if (after.status === "in_progress" && event.type === "relay_ended")
        seen.add(`over, relay ${after.relay}`);
      if (asksNeverToBeCalled(event)) seen.add(`never again, ${whereItStands(before)}`);
      seen.add(after.status);
      seen.add(`relay ${after.relay}`);
      seen.add(`submission ${after.submission}`);
      if (after.ending !== null) seen.add(after.ending.outcome);
      if (after.closing !== null) seen.add("closing");
    }
  }
  for (const expected of [
    "ringing",
    "in_progress",
    "ended",
    "closing",
    "relay open",
    "relay lost",
    "submission unknown",
    "another relay's end",
    "over, relay none",
    "over, relay awaited",
    "redirect",
    "take_charge",
    "ensure_hung_up",
    "never again, living",
    "never again, closing",
    "never again, ended",
    "timer keys",
    "timer wrap_up",
    "turn: customer_spoke",
    "turn: silence_end",
    "turn: time_almost_up",
    "given anew",
    "a message is left",
  ]) {
    expect(seen).toContain(expected);
  }
  for (const outcome of ["connected", "voicemail", "no-answer", "failed"]) expect(seen).toContain(outcome);
});

test("`ended` is never left, and what was said of the end stays said", () => {
  always((moments) => {
    for (const { before, after } of moments) {
      if (before.status !== "ended") continue;
      expect({ ...after, carrierCallId: null }).toEqual({ ...before, carrierCallId: null });
      if (before.carrierCallId !== null) expect(after.carrierCallId).toBe(before.carrierCallId);
    }
  });
});

test("after the end nothing is asked for but a hang-up, the recording, an opt-out, and what is given back", () => {
  always((moments) => {
    for (const { event, effects } of moments.filter(({ before }) => before.status === "ended")) {
      for (const effect of effects) {
        if (effect.type === "store_recording" || effect.type === "opt_out") continue;
        if (effect.type === "release_slot" && event.type === "slot_granted") continue;
        if (effect.type === "release_human" && event.type === "human_reserved") continue;
        expect(effect).toEqual({ type: "ensure_hung_up" });
      }
    }
  });
});

test("the carrier is asked to ring once, unless it said that it placed nothing", () => {
  always((moments) => {
    let asked = 0;
    for (const { event, effects } of moments) {
      if (event.type === "create_throttled") asked = 0;
      asked += effects.filter(({ type }) => type === "create_call").length;
      expect(asked).toBeLessThanOrEqual(1);
    }
  });
});

test("it rings only after a clean opt-out check and in time, and what it asks is stored with the step", () => {
  always((moments) => {
    for (const { event, effects, after, nowMs } of moments) {
      if (!effects.some(({ type }) => type === "create_call")) continue;
      expect(nowMs).toBeLessThanOrEqual(after.acceptedAtMs + after.limits.dialDeadlineMs);
      expect(event).toEqual({ type: "opt_out_checked", optedOut: false });
      expect(after).toMatchObject({ submission: "requested", carrierCallId: null });
    }
  });
});

test("while a call lives a timer is pending; once it has ended none is", () => {
  always((moments) => {
    for (const { after } of moments) expect(nextTimerMs(after) === null).toBe(after.status === "ended");
  });
});

test("an end has the outcome and fault of its reason, and times in their order", () => {
  always((moments) => {
    for (const { after, before, nowMs } of moments) {
      expect(after.ending === null).toBe(after.status !== "ended");
      if (after.ending === null) continue;
      const { reason, ...rest } = after.ending;
      expect(rest).toEqual(ENDINGS[reason]);
      expect(after.durationSeconds).toBeGreaterThanOrEqual(0);
      const talkMs = (after.endedAtMs ?? Number.NaN) - (after.answeredAtMs ?? after.acceptedAtMs);
      expect((after.durationSeconds ?? Number.NaN) * 1000).toBeLessThanOrEqual(talkMs + 1_000);
      expect(after.endedAtMs).toBeGreaterThanOrEqual(after.answeredAtMs ?? after.acceptedAtMs);
      expect(after.answeredAtMs ?? after.acceptedAtMs).toBeGreaterThanOrEqual(after.acceptedAtMs);
      const earliestMs = after.requestedAtMs ?? after.acceptedAtMs;
      expect(after.endedAtMs).toBeGreaterThanOrEqual(earliestMs);
      expect(after.answeredAtMs ?? earliestMs).toBeGreaterThanOrEqual(earliestMs);
      if (before.ending === null) expect(after.endedAtMs).toBeLessThanOrEqual(nowMs + 5_000);
    }
  });
});

test("connected if and only if a person answered", () => {
  always((moments) => {
    const answered = moments.some(({ after }) => after.answeredBy === "person");
    for (const { after } of moments) {
      if (after.ending !== null) expect(after.ending.outcome === "connected").toBe(answered);
    }
  });
});

test("who answered is told once, and stays told", () => {
  always((moments) => {
    for (const { before, after } of moments) {
      if (before.answeredBy !== null) expect(after.answeredBy).toBe(before.answeredBy);
    }
  });
});

test("whoever asks never to be called again is opted out, nobody else is", () => {
  always((moments) => {
    for (const { event, effects } of moments) {
      const optOuts = effects.filter(({ type }) => type === "opt_out");
      expect(optOuts).toHaveLength(asksNeverToBeCalled(event) ? 1 : 0);
    }
  });
});

function isOfAnotherRelay(before: CallState, event: CallEvent): boolean {
  if (event.type !== "relay_ended" || before.relay !== "open") return false;
  if (event.sessionId === null || before.relaySession === null) return false;
  return event.sessionId !== before.relaySession;
}

function asksNeverToBeCalled(event: CallEvent): boolean {
  const mayAsk =
    event.type === "agent_finished" || event.type === "end_requested" || event.type === "wish_heard";
  return mayAsk && event.reason === "dnc_request";
}

function whereItStands({ status, closing }: CallState): "living" | "closing" | "ended" {
  if (status === "ended") return "ended";
  return closing === null ? "living" : "closing";
}

test("the slot is given back with the end, or when it is granted after it, never else", () => {
  always((moments) => {
    for (const { before, event, after, effects } of moments) {
      const ends = before.status !== "ended" && after.status === "ended";
      const comesTooLate = before.status === "ended" && event.type === "slot_granted";
      const releases = effects.filter(({ type }) => type === "release_slot");
      expect(releases).toHaveLength(ends || comesTooLate ? 1 : 0);
    }
  });
});

test("each throttled create, and nothing else, makes the next one a new attempt with all its look-ups", () => {
  always((moments) => {
    for (const { before, event, after } of moments) {
      const throttled = event.type === "create_throttled";
      expect(after.dialAttempt).toBe(before.dialAttempt + (throttled ? 1 : 0));
      if (throttled) expect(after.lookups).toBe(0);
    }
  });
});

test("a relay is lost five times in a row at most, and only in a talk", () => {
  always((moments) => {
    for (const { before, after } of moments) {
      expect(after.relayLosses).toBeLessThanOrEqual(5);
      if (after.relayLosses > before.relayLosses) {
        expect(before).toMatchObject({ status: "in_progress", closing: null });
        expect(after.relay).not.toBe("open");
      }
    }
  });
});

test("the end of another relay changes nothing while one is open", () => {
  always((moments) => {
    for (const { before, event, after, effects } of moments) {
      if (isOfAnotherRelay(before, event)) expect([after, effects]).toEqual([before, []]);
    }
  });
});

test("the session is that of the relay which was opened last", () => {
  always((moments) => {
    for (const { before, event, after } of moments) {
      const opened = event.type === "relay_opened" ? event.sessionId : before.relaySession;
      expect(after.relaySession).toBe(opened);
    }
  });
});

test("the line gets a new relay only in a talk that has none open, and each time counts", () => {
  always((moments) => {
    for (const { before, event, after, effects } of moments) {
      // A human is rung, or was, and the line is told what comes next.
      if (after.transfer !== before.transfer && after.transfers > 0) continue;
      // One that the carrier did not take is the same one again.
      if (event.type === "timer" && event.name === "redirect" && before.redirectLosses > 0) continue;
      if (before.status !== "in_progress" || event.type !== "timer" || event.name !== "ask_carrier") {
        expect(effects).not.toContainEqual({ type: "redirect" });
      } else if (before.relay === "none") {
        expect([effects, after.relayLosses]).toEqual([[{ type: "fetch_call" }], before.relayLosses]);
      } else {
        expect(["awaited", "lost"]).toContain(before.relay);
        if (after.closing !== null) continue;
        expect([effects, after.relayLosses]).toEqual([[{ type: "redirect" }], before.relayLosses + 1]);
      }
    }
  });
});

test("silence is counted only while a relay is open and the call is not to end", () => {
  always((moments) => {
    for (const { event, after, nowMs } of moments) {
      if (after.timers.silence !== undefined) {
        expect(after).toMatchObject({ status: "in_progress", relay: "open", closing: null });
      }
      if (event.type !== "customer_heard") continue;
      expect(after).toMatchObject({ silences: 0, relayLosses: 0, heardAtMs: nowMs });
      // The agent's turn goes on, or it waits for the customer to have done.
      if (after.turn !== null) continue;
      const waits = after.owedTurn === null || after.owedTries >= 2 ? 8_000 : 2_500;
      expect(after.timers.silence).toBe(nowMs + waits);
    }
  });
});

test("that the agent was never asked for words is said only of a call that had no relay", () => {
  always((moments) => {
    for (const { before, after } of moments) {
      if (before.ending !== null || after.ending?.reason !== "agent_failed") continue;
      if (before.closing?.reason !== "agent_failed") expect(before.relaySession).toBeNull();
    }
  });
});

test("the carrier is told only of a call whose id is known, the relay only while it is open", () => {
  always((moments) => {
    for (const { before, event, after, effects } of moments) {
      for (const effect of effects) {
        if (effect.type === "hang_up" && effect.via === "relay") expect(after.relay).toBe("open");
        if (effect.type === "hang_up" && effect.via === "carrier") expect(after.carrierCallId).not.toBeNull();
        // Needless, but harmless, is one by the very report that brings both the id and the end.
        const bringsId = before.carrierCallId === null && event.type === "carrier_report";
        if (effect.type === "hang_up" && !bringsId) expect(after.status).not.toBe("ended");
        if (effect.type === "ensure_hung_up") {
          expect(after).toMatchObject({ status: "ended", carrierCallId: expect.any(String) });
        }
        if (effect.type === "find_call") expect(after.carrierCallId).toBeNull();
        if (effect.type === "agent_turn") expect([before.relay, before.closing]).toEqual(["open", null]);
        if (effect.type === "leave_relay") expect(after.status).toBe("transferring");
      }
    }
  });
});

test("an inbound call is never dialled, and taken charge of once, when its first relay opens", () => {
  always((moments) => {
    for (const { before, event, after, effects } of moments) {
      const types = effects.map(({ type }) => type);
      if (before.inbound) {
        for (const type of ["reserve_slot", "check_opt_out", "create_call", "find_call"] as const) {
          expect(types).not.toContain(type);
        }
      }
      const isFirstTalk = before.inbound && !before.charged && before.closing === null;
      const takesCharge = isFirstTalk && event.type === "relay_opened";
      expect(types.filter((type) => type === "take_charge")).toHaveLength(takesCharge ? 1 : 0);
      // With the longer limit of a transfer it hears all the rest.
      const isTransferred = before.inbound && after.transfers > before.transfers;
      if (isTransferred) expect(types).toContain("raise_limit");
      expect(after.charged).toBe(before.charged || takesCharge || isTransferred);
    }
  });
});

test("how a call stands is asked only by an id that is known", () => {
  always((moments) => {
    for (const { after, effects } of moments) {
      if (effects.some(({ type }) => type === "fetch_call")) expect(after.carrierCallId).not.toBeNull();
    }
  });
});

test("an id, once known, is never exchanged for another", () => {
  always((moments) => {
    for (const { before, after } of moments) {
      if (before.carrierCallId !== null) expect(after.carrierCallId).toBe(before.carrierCallId);
    }
  });
});

test("every state can be stored and read back", () => {
  always((moments) => {
    for (const { after } of moments) {
      expect(callStateSchema.parse(JSON.parse(JSON.stringify(after)))).toEqual(after);
    }
  });
});

test("left to its timers, a call ends in time, from wherever it stands", () => {
  fc.assert(
    fc.property(lives, (life) => {
      const reached = live(life);
      const { requestedAtMs, acceptedAtMs } = reached.state;
      const end = endByTimers(reached.state, reached.nowMs);
      const { transfers, transfer } = reached.state;
      const { bridgedAtMs } = transfer ?? { bridgedAtMs: null };
      const talksMs = BOUND_MS + transfers * WAY_MS;
      const boundMs =
        requestedAtMs === null
          ? acceptedAtMs + LIMITS.dialDeadlineMs
          : bridgedAtMs === null
            ? requestedAtMs + talksMs
            : bridgedAtMs + BRIDGE_MS;
      expect(end).toBeLessThanOrEqual(Math.max(reached.nowMs, boundMs));
    }),
    RUNS,
  );
});

/** When the last timer fired. Nothing is answered, so every effect is lost. */
function endByTimers(from: CallState, fromMs: number): number {
  let state = from;
  let nowMs = fromMs;
  for (let fired = 0; state.status !== "ended"; fired += 1) {
    expect(fired).toBeLessThan(2_000);
    nowMs = Math.max(nowMs, nextTimerMs(state) ?? Number.NaN);
    const [name] = dueTimers(state, nowMs);
    const result = name === undefined ? null : step(state, { type: "timer", name }, nowMs);
    if (result === null || !result.ok) throw new Error(`Timer ${name} was refused`);
    ({ state } = result.value);
  }
  return nowMs;
}
