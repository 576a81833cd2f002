// Drives the call machine without object, clock or network: time is moved by the test, effects are collected
// and answered by it. `accepts` and `refuses` say what is expected of each event.

import type { CarrierReport, CallEffect, CallEvent, StepRefusal } from "../../src/domain/call/events.ts";
import { lineInstruction, questionOf, REDIRECT, type LineQuestion } from "../../src/domain/call/questions.ts";
import { step } from "../../src/domain/call/machine.ts";
import {
  dueTimers,
  newOutboundCall,
  nextTimerMs,
  type CallLimits,
  type CallState,
  type TimerName,
} from "../../src/domain/call/state.ts";

export const ACCEPTED_MS = Date.UTC(2026, 10, 22, 12, 0, 0);
export const LIMITS: CallLimits = {
  dialDeadlineMs: 300_000,
  ringTimeoutMs: 30_000,
  maxDurationMs: 600_000,
  bridgeMaxDurationMs: 3_600_000,
};
export const OURS = "CA-ours";
export const FOREIGN = "CA-foreign";
/** The carrier's ids of the first relay, and of one that is another. */
export const SESSION = "VX-first";
export const OTHER_SESSION = "VX-other";

export function isQuestion(event: CallEvent): event is LineQuestion {
  return ["answer_requested", "relay_ended", "dial_ended"].includes(event.type);
}

export class CallDrive {
  state: CallState;
  nowMs = ACCEPTED_MS;
  /** What the last accepted event asked for. */
  effects: CallEffect[] = [];
  /** Which of the carrier's questions came last; a redirect until there was one. */
  asker: string = REDIRECT;
  readonly allEffects: CallEffect[] = [];

  constructor(limits: Partial<CallLimits> = {}) {
    this.state = newOutboundCall({ ...LIMITS, ...limits }, ACCEPTED_MS);
  }

  /** Seconds since the acceptance. */
  get seconds(): number {
    return (this.nowMs - ACCEPTED_MS) / 1000;
  }

  /** The answer to the carrier's last question. */
  get told(): ReturnType<typeof lineInstruction> {
    return lineInstruction(this.state, this.asker);
  }

  /** What a redirect would tell the carrier. */
  get redirected(): ReturnType<typeof lineInstruction> {
    return lineInstruction(this.state, REDIRECT);
  }

  wait(seconds: number): this {
    this.nowMs += seconds * 1000;
    return this;
  }

  accepts(event: CallEvent): this {
    const result = step(this.state, event, this.nowMs);
    if (!result.ok) throw new Error(`${event.type} was refused: ${result.error}`);
    this.state = result.value.state;
    this.effects = result.value.effects;
    this.allEffects.push(...this.effects);
    if (isQuestion(event)) this.asker = questionOf(event);
    return this;
  }

  refuses(event: CallEvent): StepRefusal {
    const result = step(this.state, event, this.nowMs);
    if (result.ok) throw new Error(`${event.type} was accepted`);
    return result.error;
  }

  /** Goes to the time of a timer and fires it. */
  fires(name: TimerName): this {
    const at = this.state.timers[name];
    if (at === undefined) throw new Error(`No timer ${name} among ${Object.keys(this.state.timers).join()}`);
    this.nowMs = Math.max(this.nowMs, at);
    return this.accepts({ type: "timer", name });
  }

  /** Fires whatever comes next, nothing else happening, until the call has ended. */
  runsOut(): this {
    for (let fired = 0; this.state.status !== "ended"; fired += 1) {
      const next = nextTimerMs(this.state);
      if (next === null) throw new Error("The call lives and nothing is to come");
      if (fired > 5_000) throw new Error("The call does not end");
      const [due] = dueTimers(this.state, next);
      if (due !== undefined) this.fires(due);
    }
    return this;
  }

  /** Seconds from now until a timer fires; null if it is not set. */
  due(name: TimerName): number | null {
    const at = this.state.timers[name];
    return at === undefined ? null : (at - this.nowMs) / 1000;
  }

  reports(phase: CarrierReport["phase"], changes: Partial<CarrierReport> = {}): this {
    return this.accepts(reportOf(phase, changes));
  }

  asksToDial(): this {
    return this.fires("dial")
      .accepts({ type: "slot_granted", startAtMs: this.nowMs })
      .accepts({ type: "opt_out_checked", optedOut: false });
  }

  isAnswered(answeredBy: CarrierReport["answeredBy"] = "person"): this {
    return this.accepts({ type: "answer_requested", carrierCallId: OURS, answeredBy });
  }

  relayOpens(sessionId = SESSION): this {
    return this.accepts({ type: "relay_opened", sessionId });
  }

  relayEnds(changes: Partial<Extract<CallEvent, { type: "relay_ended" }>> = {}): this {
    return this.accepts(relayEnded(changes));
  }

  /** The agent says its last words, which will have been spoken in so many seconds. */
  saysGoodbye(reason: Extract<CallEvent, { type: "agent_finished" }>["reason"], seconds = 3): this {
    return this.accepts({ type: "agent_finished", reason, playsUntilMs: this.nowMs + seconds * 1000 });
  }
}

export function reportOf(phase: CarrierReport["phase"], changes: Partial<CarrierReport> = {}): CallEvent {
  const silent = { carrierCallId: OURS, atMs: null, durationSeconds: null, answeredBy: null };
  return { type: "carrier_report", report: { ...silent, phase, ...changes } };
}

export function relayEnded(
  changes: Partial<Extract<CallEvent, { type: "relay_ended" }>> = {},
): Extract<CallEvent, { type: "relay_ended" }> {
  const quiet = { carrierCallId: OURS, sessionId: SESSION, failed: false, callOver: false };
  return { type: "relay_ended", ...quiet, ...changes };
}

/** A call in each of the situations it can be in, a second or more after the one before. */
export const SITUATIONS = {
  waiting: () => new CallDrive(),
  requested: () => SITUATIONS.waiting().asksToDial(),
  unknown: () => SITUATIONS.requested().wait(1).accepts({ type: "create_unanswered" }),
  placed: () => SITUATIONS.requested().wait(1).accepts({ type: "create_accepted", carrierCallId: OURS }),
  ringing: () => SITUATIONS.placed().wait(1).reports("ringing"),
  pickedUp: () => SITUATIONS.ringing().wait(5).reports("answered"),
  answered: () => SITUATIONS.pickedUp().wait(1).isAnswered(),
  talking: () => SITUATIONS.answered().wait(1).relayOpens(),
  lastWords: () => SITUATIONS.talking().wait(20).saysGoodbye("agent_hangup"),
  hangingUp: () => SITUATIONS.lastWords().wait(3).accepts({ type: "words_played" }),
  ended: () => SITUATIONS.hangingUp().wait(1).reports("completed", { durationSeconds: 25 }),
};
export type Situation = keyof typeof SITUATIONS;
export const SITUATION_NAMES = Object.keys(SITUATIONS) as Situation[];
