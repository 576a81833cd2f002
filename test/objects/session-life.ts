// Carries out a drawn life of a call's object (session-lives.ts), and looks after each step whether the laws of
// session-laws.ts hold.

import { fillGate, freeGate } from "../support/call-stages.ts";
import { LiveCall } from "../support/live-call.ts";
import { requestTransfer, staffQueue, transferOf, type Staff } from "../support/live-transfer.ts";
import type { RelayClient } from "../support/session-sockets.ts";
import { SessionCustomers } from "./session-customers.ts";
import { SessionLaws } from "./session-laws.ts";
import { nextIn } from "./session-course.ts";
import type { Deed, FrameDraw, Life } from "./session-lives.ts";

const FOREIGN = "CA-foreign";
/** So many alarms are more than any call that is left alone can need. */
const MANY = 200;

/** @param seen takes note of what the life has reached. */
export async function liveThrough(life: Life, seen: Set<string>): Promise<void> {
  const call = await LiveCall.accept({
    carrier: life.carrier,
    agent: life.agent,
    inbound: life.inbound,
    limits: { maxDurationMs: life.maxDurationMs },
    ...(life.gateIsFull ? { maxConcurrent: 1 } : {}),
    ...(life.leavesMessages ? { campaignConfig: { voicemail: "leave_message" } } : {}),
  });
  try {
    if (life.gateIsFull) await fillGate(call);
    const staff = await staffQueue(call, life.people);
    const customers = await SessionCustomers.of(call);
    const session = new SessionLife(call, { staff, customers }, new SessionLaws(call, staff, seen), seen);
    await session.go(life);
  } finally {
    await call.leave();
  }
}

class SessionLife {
  readonly #call: LiveCall;
  readonly #staff: Staff;
  readonly #customers: SessionCustomers;
  readonly #laws: SessionLaws;
  readonly #seen: Set<string>;
  #again: () => Promise<unknown> = async () => undefined;
  #words = 0;

  constructor(
    call: LiveCall,
    { staff, customers }: { staff: Staff; customers: SessionCustomers },
    laws: SessionLaws,
    seen: Set<string>,
  ) {
    this.#call = call;
    this.#staff = staff;
    this.#customers = customers;
    this.#laws = laws;
    this.#seen = seen;
  }

  async go(life: Life): Promise<void> {
    const call = this.#call;
    await this.#laws.watch();
    await call.start();
    const beginning = life.beginning.map((command) => ({ command, rests: true }));
    for (const [index, { command: drawn, rests }] of [...beginning, ...life.steps].entries()) {
      this.#customers.changeMood(index);
      const command = drawn.does === "next" ? nextIn(this.#laws.situation, drawn.which) : drawn;
      this.#takeNote(command);
      await this.#carryOut(command);
      if (rests) await call.rest();
      await this.#laws.look(rests);
    }
    await call.rest();
    await this.#leaveAlone(life);
    await this.#settleUp();
  }

  #takeNote(command: Deed): void {
    const { situation } = this.#laws;
    this.#seen.add(`${command.does === "frame" ? command.frame.says : command.does}, ${situation}`);
    if (command.does === "evict" || command.does === "crash") this.#seen.add(`dies, ${situation}`);
  }

  /** From now on the carrier says nothing, and only the timers go on. */
  async #leaveAlone({ silence }: Life): Promise<void> {
    const call = this.#call;
    const create = silence === "held" ? "held_then_refused" : silence;
    call.carrier.script = { creates: [create], lookups: [silence], updates: [silence] };
    const leftAtMs = Date.now();
    for (let alarms = 0; !(await this.#laws.hasEnded()); alarms += 1) {
      if (alarms > MANY) throw new Error("It does not end");
      if (!(await call.alarm())) throw new Error("It lives and no alarm is set");
      await call.rest();
      await this.#laws.look(true);
    }
    await this.#laws.endedInTime(leftAtMs);
  }

  /** All are back and answer; what is owed is done. */
  async #settleUp(): Promise<void> {
    const call = this.#call;
    call.carrier.script = { creates: [], lookups: ["truth"], updates: ["truth"] };
    call.d1IsAway = false;
    this.#customers.settle();
    call.holds.releaseAll("breaks");
    await call.rest();
    for (let alarms = 0; (await call.stored()).owed.length > 0; alarms += 1) {
      if (alarms > MANY) throw new Error(`It goes on owing ${(await call.stored()).owed.join()}`);
      await call.storeRecordings();
      if ((await call.stored()).owed.length > 0 && !(await call.alarm()))
        throw new Error("It owes and sleeps");
      await call.rest();
    }
    await this.#laws.look(true);
    await this.#laws.allAreTold();
    await this.#customers.allAreTold();
  }

  async #carryOut(command: Deed): Promise<unknown> {
    const call = this.#call;
    switch (command.does) {
      case "report":
      case "answer":
      case "relay end":
      case "recording":
      case "human asks":
      case "human gone":
        this.#again = () => this.#callBack(command);
        return this.#again();
      case "same again":
        return this.#again();
      case "let go":
        return call.holds.releaseFirst(command.release);
      case "open relay":
        return call.openRelay(command.setup);
      case "frame":
        return this.#send(this.#relay(command.on), command.frame);
      case "lose relay":
        return this.#relay("newest")?.lose(command.code);
      case "end":
        return call.session.requestEnd(command.reason);
      case "transfer":
        return requestTransfer(call, this.#staff);
      case "start":
        return call.start();
      case "snapshot":
        return call.session.snapshot();
      case "watch":
        return call.watch();
      case "vouch":
        return call.session.vouch();
      case "free slot":
        return freeGate(call);
      case "alarm":
        return call.alarm();
      case "fire":
        return call.fire();
      case "wait":
        return call.wait(command.ms);
      case "evict":
        return call.evict(command.webSockets);
      case "crash":
        return call.crash();
      case "d1":
        call.d1IsAway = command.away;
        return undefined;
    }
  }

  async #callBack(
    command: Extract<
      Deed,
      { does: "report" | "answer" | "relay end" | "recording" | "human asks" | "human gone" }
    >,
  ): Promise<unknown> {
    const call = this.#call;
    const carrierCallId = command.whose === "ours" ? call.carrier.sid : FOREIGN;
    switch (command.does) {
      case "report":
        return call.report(command.phase, {
          carrierCallId,
          atMs: command.clockOffMs === null ? null : wholeSecond(Date.now()) + command.clockOffMs,
          durationSeconds: command.phase === "completed" ? command.talkedSeconds : null,
          answeredBy: command.answeredBy,
        });
      case "answer":
        return call.answer(command.answeredBy, carrierCallId);
      case "relay end": {
        const { failed, callOver } = command;
        return call.relayEnds({ carrierCallId, sessionId: this.#session(command.session), failed, callOver });
      }
      case "human asks": {
        const { what, who, pressedKey } = command;
        const request = { ...(await this.#human(who)), parentCallId: carrierCallId, pressedKey };
        return call.session.humanAsks(call.plan.carrierId, what, request);
      }
      case "human gone": {
        const { who, talked, callOver } = command;
        return call.dialEnds({ ...(await this.#human(who)), carrierCallId, talked, callOver });
      }
      case "recording":
        return call.session.recordingReady(call.plan.carrierId, {
          carrierCallId,
          recordingId: command.which,
          durationSeconds: 5,
        });
    }
  }

  async #human(who: "rung" | "another"): Promise<{ transferId: string; humanId: string }> {
    const transfer = await transferOf(this.#call).catch(() => null);
    const human = transfer?.human ?? null;
    const humanId = who === "rung" && human !== null ? human.id : "hum-another";
    return { transferId: transfer?.id ?? "trf-none", humanId };
  }

  #session(which: "last" | "first" | "another" | "none"): string | null {
    const { relays } = this.#call;
    if (which === "another") return "VX-another";
    return (which === "none" ? null : relays.at(which === "last" ? -1 : 0)?.sessionId) ?? null;
  }

  #relay(which: "newest" | "oldest"): RelayClient | undefined {
    return this.#call.relays.filter(({ isOpen }) => isOpen).at(which === "newest" ? -1 : 0);
  }

  #send(relay: RelayClient | undefined, draw: FrameDraw): void {
    if (relay === undefined) return;
    const said = this.#call.witness.ledger.lines.findLast(({ speaker }) => speaker === "agent")?.text ?? "";
    switch (draw.says) {
      case "words":
        this.#words += 1;
        return relay.send({ type: "prompt", voicePrompt: ` Words ${this.#words}.`, last: draw.whole });
      case "nothing":
        return relay.send({ type: "prompt", voicePrompt: "  ", last: true });
      case "interrupt": {
        const heard = draw.words === 8 ? "something else" : said.split(" ").slice(0, draw.words).join(" ");
        return relay.send({ type: "interrupt", utteranceUntilInterrupt: heard, durationUntilInterruptMs: 9 });
      }
      case "played": {
        const pieces = { "last piece": said.split(/(?= Piece)/).at(-1), line: said, else: "Something else." };
        return relay.send({ type: "info", name: "tokensPlayed", value: pieces[draw.what] });
      }
      case "key":
        return relay.send({ type: "dtmf", digit: draw.key });
      case "error":
        return relay.send({ type: "error", description: "64107" });
      case "setup":
        return relay.send({ type: "setup", callSid: this.#call.carrier.sid, sessionId: relay.sessionId });
      case "unknown":
        return relay.send({ type: "unheard of" });
      case "garbage":
        return relay.sendGarbage();
      case "binary":
        return relay.sendBinary();
    }
  }
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
