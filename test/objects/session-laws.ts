// What must hold of a call's object after every step of its life, and when all is over.

import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { toTransfer } from "../../src/contract/transfers.ts";
import { factsOf } from "../../src/domain/call/facts.ts";
import { nextTimerMs, type CallState } from "../../src/domain/call/state.ts";
import { CUSTOMER, LIMITS } from "../support/call-row.ts";
import { isUnderWay } from "../../src/domain/call/transfer-state.ts";
import type { LiveCall } from "../support/live-call.ts";
import { reservedOf, type Staff } from "../support/live-transfer.ts";
import { Watcher } from "../support/session-sockets.ts";
import { until } from "../support/wait.ts";
import { inD1 } from "../support/in-d1.ts";

/** What each way to a human may add to it, and what a human's part may last. */
const WAY_MS = 120_000;
const BRIDGE_MS = LIMITS.bridgeMaxDurationMs + 60_000;

export class SessionLaws {
  /** Where the call stands, in a word or two. */
  situation = "new";
  readonly #call: LiveCall;
  readonly #seen: Set<string>;
  /** Loses sight of the call with each death of its object, and comes back. */
  readonly #watcher = new Watcher();
  readonly #staff: Staff;
  #toldOfEnd: unknown = null;
  #seq = 0;
  /** How much the agent had said when the human took the call. */
  #saidBeforeBridge: number | null = null;
  /** By line, what was last known to have been heard of it. */
  readonly #heard = new Map<number, string>();

  constructor(call: LiveCall, staff: Staff, seen: Set<string>) {
    this.#call = call;
    this.#staff = staff;
    this.#seen = seen;
  }

  async watch(): Promise<void> {
    await this.#call.watch(this.#watcher);
  }

  async hasEnded(): Promise<boolean> {
    return (await this.#call.stored()).state?.status === "ended";
  }

  /** @param atRest nothing is under way, so all that was to be done about the last step was. */
  async look(atRest: boolean): Promise<void> {
    const { carrier, holds, witness } = this.#call;
    const stored = await this.#call.stored();
    const { state } = stored;
    if (state === null) throw new Error("The call is forgotten");
    this.#takeNote(state, stored.events);
    expect(witness.failures, "what was not caught").toEqual([]);
    expect(carrier.timesAsked("create"), "creates").toBeLessThanOrEqual(1 + carrier.throttled);
    for (const [whom, orders] of carrier.rings) {
      expect(orders.size, `orders to ring ${whom}: ${[...orders].join()}`).toBe(1);
    }
    if (carrier.rings.size > 0) this.#seen.add("a human is rung");
    this.#lookAtAlarm(state, stored);
    this.#lookAtTalk(stored);
    this.#lookAtTurns(state, stored.events);
    await this.#lookAtFacts(state);
    this.#lookAtBridge(state, stored.pieces);
    if (atRest) await this.#lookAtBoard(state, stored.owed);
    if (atRest && holds.count === 0) await this.#lookAtHumans(state, stored.owed);
    if (atRest) this.#lookAtRecordings(stored.owed);
    if (atRest && holds.count === 0) lookAtAnswers(state, stored.lines);
    if (atRest && holds.count === 0) expect(state.turn, "a turn that nobody takes").toBeNull();
    if (!this.#watcher.isOpen && state.status !== "ended") await this.watch();
  }

  async endedInTime(leftAtMs: number): Promise<void> {
    const { state } = await this.#call.stored();
    if (state === null) throw new Error("The call is forgotten");
    const { requestedAtMs, acceptedAtMs, transfers, transfer, limits } = state;
    const boundedMs = limits.ringTimeoutMs + limits.maxDurationMs + 60_000;
    const talksUntilMs = (requestedAtMs ?? 0) + boundedMs + transfers * WAY_MS;
    const bridgedAtMs = transfer?.bridgedAtMs ?? null;
    const lastsUntilMs = bridgedAtMs === null ? talksUntilMs : bridgedAtMs + BRIDGE_MS;
    const boundMs = requestedAtMs === null ? acceptedAtMs + LIMITS.dialDeadlineMs : lastsUntilMs;
    expect(Date.now(), "end by the clock").toBeLessThanOrEqual(Math.max(leftAtMs, boundMs));
  }

  /** Once nothing is owed, the row, the board, the gate, the carrier and who watches know of the end. */
  async allAreTold(): Promise<void> {
    const { plan, org, carrier } = this.#call;
    const stored = await this.#call.stored();
    const { state } = stored;
    const snapshot = await this.#call.session.snapshot();
    if (state === null || snapshot === null) throw new Error("The call is forgotten");
    const row = await inD1.calls.findFirst({ where: (table, { eq }) => eq(table.id, plan.callId) });
    const { transfer, ...facts } = factsOf(state);
    expect(row).toMatchObject({ ...facts, status: "ended" });
    expect(JSON.parse(row?.transfer ?? "null")).toEqual(transfer === null ? null : toTransfer(transfer));
    expect(await reservedOf(this.#staff), "humans").toEqual([]);
    const transcript = await inD1.transcripts.findFirst({
      where: (table, { eq }) => eq(table.callId, plan.callId),
    });
    expect(JSON.parse(transcript?.turns ?? "null"), "stored transcript").toEqual(snapshot.turns);
    expect(await env.LIVE_BOARD.getByName(org.orgId).list(), "board").toEqual([]);
    expect(await env.CARRIER_GATE.getByName(plan.carrierId).heldBy(), "gate").not.toContain(plan.callId);
    if (state.carrierCallId === carrier.sid) expect(carrier.isAlive, "lives at the carrier").toBe(false);
    const { foundByAnalyses } = this.#call;
    expect(foundByAnalyses.length, "times it was sent to be analysed").toBeGreaterThan(0);
    for (const found of foundByAnalyses) expect(found).toEqual({ status: "ended", hasTranscript: true });
    await this.#wishesWereHeeded(stored.events);
    await this.#watchersSawAll(snapshot.turns);
  }

  #lookAtAlarm(state: CallState, { alarmMs, owed }: { alarmMs: number | null; owed: string[] }): void {
    const timerMs = nextTimerMs(state);
    if (state.status !== "ended") {
      expect(timerMs, "a timer").not.toBeNull();
      expect(alarmMs, "an alarm").not.toBeNull();
      expect(alarmMs, "the alarm").toBeLessThanOrEqual(timerMs ?? Number.NaN);
    } else if (owed.length > 0) expect(alarmMs, "an alarm for what is owed").not.toBeNull();
  }

  #lookAtTalk(stored: Awaited<ReturnType<LiveCall["stored"]>>): void {
    const { lines, said, faults, currentRelays } = stored;
    expect(faults).toEqual([]);
    expect(currentRelays, "relays on which the agent is heard").toBeLessThanOrEqual(1);
    expect(
      lines.map(({ speaker }) => speaker),
      "who spoke",
    ).toEqual(said.map(({ speaker }) => speaker));
    for (const [index, { text }] of lines.entries()) this.#lookAtLine(index, text, stored);
    const times = lines.map(({ atMs }) => atMs);
    expect(times, "times of lines").toEqual(times.toSorted((a, b) => a - b));
    const heard = this.#call.relays.flatMap((relay) => relay.heard);
    expect(new Set(heard).size, "pieces heard, each once").toBe(heard.length);
  }

  /** What was said; of the agent's words no more than was heard, once they were cut off. */
  #lookAtLine(
    index: number,
    text: string,
    { said, reports, state }: Awaited<ReturnType<LiveCall["stored"]>>,
  ): void {
    const line = said[index];
    const mayBeCut = line?.isCut === true || (line?.speaker === "agent" && state?.status === "ended");
    if (!mayBeCut) return expect(text, "what was said").toBe(line?.text);
    const isBeginning = line.text.startsWith(text) || reports.includes(text);
    expect([isBeginning, text], "what was heard of what was said").toEqual([true, text]);
    expect(text.startsWith(line.reported), `"${line.reported}" was heard, says the carrier`).toBe(true);
    const before = this.#heard.get(index);
    if (before !== undefined && before !== line.text && text !== before) {
      expect(text.length, "what was heard before").toBeLessThan(before.length);
    }
    this.#heard.set(index, text);
  }

  /** Each turn is spoken or given up; two are never taken at once, and none by a call that has ended. */
  #lookAtTurns({ status, closing, details }: CallState, events: readonly string[]): void {
    const isOver = status === "ended" || closing !== null;
    expect(this.#call.aliveTurns, "turns being taken").toBeLessThanOrEqual(isOver ? 0 : 1);
    const recorded = events.flatMap((body) => /"details":\{"([^"]+)"/.exec(body)?.[1] ?? []);
    expect(Object.keys(details).toSorted(), "details").toEqual([...new Set(recorded)].toSorted());
    expect(recorded.filter((name) => name.startsWith("too late"))).toEqual([]);
  }

  #lookAtBridge({ status }: CallState, pieces: number): void {
    if (status !== "bridged") this.#saidBeforeBridge = null;
    else expect((this.#saidBeforeBridge ??= pieces), "the agent while people talk").toBe(pieces);
  }

  /** Reserved is who is offered the call or has it, and nobody else. */
  async #lookAtHumans({ transfer }: CallState, owed: readonly string[]): Promise<void> {
    if (owed.some((key) => key.startsWith("release_human"))) return;
    if (transfer?.phase === "reserving") {
      // The queue has answered an object that died meanwhile; asked again for this transfer, it names the same.
      expect((await reservedOf(this.#staff)).length, "reserved humans").toBeLessThanOrEqual(1);
      return;
    }
    const human = isUnderWay(transfer) ? transfer.human : null;
    expect(await reservedOf(this.#staff), "reserved humans").toEqual(human === null ? [] : [human.id]);
  }

  async #lookAtFacts(stored: CallState): Promise<void> {
    const snapshot = await this.#call.session.snapshot();
    if (snapshot === null) throw new Error("The call is forgotten");
    expect(snapshot.seq).toBeGreaterThanOrEqual(this.#seq);
    this.#seq = snapshot.seq;
    const { carrierCallId: _id, ...facts } = factsOf(stored);
    if (this.#toldOfEnd !== null) expect(facts, "what was told of the end").toEqual(this.#toldOfEnd);
    if (stored.status === "ended") {
      this.#toldOfEnd = facts;
      expect(snapshot.facts).toMatchObject(facts);
    }
  }

  async #lookAtBoard({ status }: CallState, owed: readonly string[]): Promise<void> {
    if (owed.includes("show_on_board")) return;
    const board = await env.LIVE_BOARD.getByName(this.#call.org.orgId).list();
    expect(
      board.map((entry) => entry.status),
      "the board",
    ).toEqual(status === "ended" ? [] : [status]);
  }

  /** A recording is owed until it is known to be stored, whatever became of the message that sent for it. */
  #lookAtRecordings(owed: readonly string[]): void {
    const { recordings, storedRecordings } = this.#call;
    for (const recording of recordings) {
      if (!storedRecordings.has(recording)) expect(owed).toContain(`store_recording:${recording}`);
    }
  }

  /** Who asked never to be called again is opted out, nobody else; each recording was sent for. */
  async #wishesWereHeeded(events: readonly string[]): Promise<void> {
    const { org, recordings } = this.#call;
    const rows = await inD1.optOuts.findMany({
      where: (table, { eq }) => eq(table.orgId, org.orgId),
    });
    const wished = events.some((body) => body.includes('"reason":"dnc_request"'));
    expect(
      rows.map(({ phone }) => phone),
      "opt-outs",
    ).toEqual(wished ? [CUSTOMER] : []);
    const ready = events.flatMap((body) => /"recordingId":"(\w+)"/.exec(body)?.[1] ?? []);
    expect([...recordings].toSorted(), "recordings").toEqual([...new Set(ready)].toSorted());
  }

  async #watchersSawAll(turns: readonly { speaker: string; text: string }[]): Promise<void> {
    const watcher = this.#watcher;
    if (!watcher.isOpen && watcher.messages.at(-1)?.type !== "end") await this.watch();
    const messages = await until(
      async () => watcher.messages,
      (all) => all.at(-1)?.type === "end",
    );
    expect(messages.map(({ cursor }) => cursor)).toEqual(messages.map((_, index) => index + 1));
    const shown = new Map<number, { speaker: string; text: string }>();
    for (const message of messages) if (message.type === "transcript") shown.set(message.index, message);
    const left = [...shown.entries()]
      .toSorted(([a], [b]) => a - b)
      .map(([, { speaker, text }]) => ({ speaker, text }));
    expect(
      left.filter(({ text }) => text !== ""),
      "transcript as watchers saw it",
    ).toEqual(turns.map(({ speaker, text }) => ({ speaker, text })));
  }

  #takeNote(state: CallState, events: readonly string[]): void {
    this.situation = situationOf(state);
    this.#seen.add(this.situation).add(`relay ${state.relay}`);
    for (const asked of this.#call.carrier.asked) this.#seen.add(`asked to ${asked}`);
    for (const body of events) this.#seen.add(/"type":"(\w+)"/.exec(body)?.[1] ?? "");
    if (state.byScript) this.#seen.add("by script");
    if (state.leavesMessage) this.#seen.add("a message is left");
    if (state.owedTurn !== null) this.#seen.add(`owed, ${this.situation}`);
    if (state.ending !== null) this.#seen.add(state.ending.outcome).add(state.ending.reason);
    if (state.dialAttempt > 1) this.#seen.add("dialled again");
    if (this.#call.carrier.timesAsked("create") > 1) this.#seen.add("created again");
  }
}

/** While people talk, the customer's words are answered, or the answer was cut off, or it is owed. */
function lookAtAnswers(state: CallState, lines: readonly { speaker: string; text: string }[]): void {
  if (situationOf(state) !== "talking" || lines.at(-1)?.speaker === "agent") return;
  // Who wishes for a human says nothing until there is one.
  if (state.transfer !== null) return;
  expect(state.owedTurn, "what is owed").not.toBeNull();
  const { keys, silence } = state.timers;
  expect(keys ?? silence, "when it is given").toBeLessThan(Date.now() + 60_000);
}

function situationOf(state: CallState): string {
  const { status, submission, closing, relay } = state;
  if (status === "ended") return "ended";
  if (closing !== null) return "closing";
  if (status === "transferring") return `transferring, ${state.transfer?.phase}`;
  if (status === "in_progress") return relay === "open" ? "talking" : `talking, relay ${relay}`;
  return submission === "placed" ? status : submission;
}
