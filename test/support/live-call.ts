// One call's object in a test's own hands: its carrier, its agent, its clock, its sockets and its deaths.
//
// The clock stands decades ahead, and only the test moves it. The runtime's alarms go by the real clock, so none
// ever fires by itself: `alarm` and `fire` do it. Whether one is set, and for when, shows as it would otherwise.

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import type { Turn } from "../../src/agent/brain.ts";
import type { CallPlan } from "../../src/contract/call-plan.ts";
import type { CarrierReport, Moment } from "../../src/domain/call/events.ts";
import { callStateSchema, type CallLimits } from "../../src/domain/call/state.ts";
import { RELAY_TAG } from "../../src/objects/call-session/relay-sockets.ts";
import type { LineInstruction, RelayEnd } from "../../src/telephony/provider.ts";
import type { TurnShape } from "./agent-lines.ts";
import { acceptRow } from "./call-row.ts";
import { Holds } from "./holds.ts";
import { giveOrganisationModel, type ModelTalk } from "./model-talks.ts";
import { ADDRESS, MoodyCarrier, type CarrierScript } from "./moody-carrier.ts";
import { createOrganisation, type Organisation } from "./organisation.ts";
import { RelayClient, Watcher } from "./session-sockets.ts";
import { standIn } from "./stand-ins.ts";
import { isCurrentRelay, Witness } from "./witness.ts";

const CLOCK_STARTS_MS = Date.UTC(2090, 0, 1);

/** A carrier that does what it is asked, and says so. */
const FAITHFUL: CarrierScript = { creates: ["accepted"], lookups: ["truth"], updates: ["truth"] };

export type LiveCallOptions = {
  carrier?: Partial<CarrierScript>;
  /** How the agent's turns go; without, it is the one that the product has. */
  agent?: readonly TurnShape[];
  /** The turn of the agent in which it falls silent after the first piece; 0 is its greeting. */
  haltsIn?: number;
  maxConcurrent?: number;
  limits?: Partial<CallLimits>;
  /** Somebody calls us; without, we call. */
  inbound?: boolean;
  campaignConfig?: Record<string, unknown>;
  /** What the agent thinks with; without, it talks by script. */
  model?: ModelTalk;
  modelKey?: string;
};

/** A turn that the agent's brain was asked to take. */
export type Generation = { signal: AbortSignal; isOver: boolean };

type CallSessionStub = LiveCall["session"];
type Told = { ok: true; value: LineInstruction } | { ok: false };

export class LiveCall {
  readonly org: Organisation;
  readonly plan: CallPlan;
  readonly carrier: MoodyCarrier;
  readonly witness: Witness;
  readonly holds: Holds;
  readonly relays: RelayClient[] = [];
  /** Whether D1 fails whoever asks it. */
  d1IsAway = false;
  /** Why the agent was asked to take its turns. */
  readonly moments: Moment[] = [];
  /** … with all that it was told, and what became of them. */
  readonly turns: Turn[] = [];
  readonly generations: Generation[] = [];
  /** Recordings that were sent for, and those of them that are in R2. */
  readonly recordings = new Set<string>();
  readonly storedRecordings = new Set<string>();
  /** What stood in D1 each time that the call was sent to be analysed. */
  readonly foundByAnalyses: { status: string | null; hasTranscript: boolean }[] = [];
  readonly #watchers = new Set<Watcher>();

  private constructor(org: Organisation, plan: CallPlan, carrier: MoodyCarrier, witness: Witness) {
    this.org = org;
    this.plan = plan;
    this.carrier = carrier;
    this.witness = witness;
    this.holds = carrier.holds;
  }

  /** A call whose row is written and whose object does not know of it yet. */
  static async accept(options: LiveCallOptions = {}): Promise<LiveCall> {
    vi.useFakeTimers({ toFake: ["Date"], now: CLOCK_STARTS_MS });
    const { maxConcurrent, campaignConfig = {} } = options;
    const org = await createOrganisation({
      apiBaseUrl: ADDRESS,
      campaignConfig,
      ...(maxConcurrent === undefined ? {} : { maxConcurrent }),
    });
    const { model, modelKey: apiKey } = options;
    if (model !== undefined) await giveOrganisationModel(org, model, apiKey === undefined ? {} : { apiKey });
    const holds = new Holds();
    const carrier = new MoodyCarrier({ ...FAITHFUL, ...options.carrier }, holds);
    const plan = await acceptRow(org, options.inbound === true ? carrier.sid : null, options.limits);
    const call = new LiveCall(org, plan, carrier, await Witness.of(plan.callId, holds));
    standIn(call, options);
    return call;
  }

  /** Lets go of whoever still waits, and puts everything back that was replaced. */
  async leave(): Promise<void> {
    this.d1IsAway = false;
    this.holds.releaseAll("breaks");
    try {
      await this.witness.rest();
    } finally {
      this.#loseSockets();
      vi.restoreAllMocks();
      vi.useRealTimers();
    }
  }

  get session() {
    return env.CALL_SESSION.getByName(this.plan.callId);
  }

  /** The call comes to its object: from the queue, or from the carrier that asks what to do with it. */
  async start(): Promise<void> {
    if (this.plan.callType === "outbound") return this.session.start(this.plan);
    this.carrier.stands("answered");
    const told = await this.session.answerInbound(this.plan, this.carrier.sid);
    this.#obey(told, true, "answer");
  }

  report(phase: CarrierReport["phase"], changes: Partial<CarrierReport> = {}) {
    const quiet = { carrierCallId: this.carrier.sid, atMs: null, durationSeconds: null, answeredBy: null };
    const report = { ...quiet, phase, ...changes };
    if (report.carrierCallId === this.carrier.sid) this.carrier.stands(phase, report.answeredBy);
    return this.session.reportStatus(this.plan.carrierId, report);
  }

  async answer(
    answeredBy: CarrierReport["answeredBy"] = "person",
    carrierCallId = this.carrier.sid,
  ): Promise<LineInstruction["kind"]> {
    const isOurs = carrierCallId === this.carrier.sid;
    if (isOurs) this.carrier.stands("answered", answeredBy);
    const told = await this.session.answer(this.plan.carrierId, { carrierCallId, answeredBy });
    return this.#obey(told, isOurs, "answer");
  }

  /** The carrier asks what to do after a relay; by default the last one that it opened. */
  async relayEnds(changes: Partial<RelayEnd> = {}): Promise<LineInstruction["kind"]> {
    const sessionId = this.relays.at(-1)?.sessionId ?? null;
    const end = { carrierCallId: this.carrier.sid, sessionId, failed: false, callOver: false, ...changes };
    const isOurs = end.carrierCallId === this.carrier.sid;
    if (isOurs && end.callOver) this.carrier.stands("completed");
    const told = await this.session.relayEnded(this.plan.carrierId, end);
    return this.#obey(told, isOurs, `relay ${end.sessionId}`);
  }

  /** The relay's socket, with its first frame sent unless told otherwise; null if the object refuses it. */
  async openRelay(setup: "setup" | "wrong call" | "nothing" = "setup"): Promise<RelayClient | null> {
    const webSocket = await this.#upgrade(`relay?carrier=${this.plan.carrierId}`);
    if (webSocket === null) return null;
    const relay = new RelayClient(webSocket, `VX${this.relays.length}`, this.witness.onTheWay);
    const callSid = setup === "setup" ? this.carrier.sid : "CA-another";
    if (setup !== "nothing") relay.send({ type: "setup", sessionId: relay.sessionId, callSid });
    this.relays.push(relay);
    return relay;
  }

  /** Begins to watch, or goes on where the watcher lost sight. */
  async watch(watcher = new Watcher()): Promise<Watcher> {
    const webSocket = await this.#upgrade(`watch?key=${this.org.keyId}&cursor=${watcher.cursor}`);
    if (webSocket === null) throw new Error("Nobody may watch");
    watcher.join(webSocket);
    this.#watchers.add(watcher);
    return watcher;
  }

  /** All recordings that were sent for are in R2, and the object hears of it. */
  async storeRecordings(): Promise<void> {
    for (const recording of this.recordings) {
      await this.session.recordingStored(recording);
      this.storedRecordings.add(recording);
    }
  }

  rest(): Promise<void> {
    return this.witness.rest();
  }

  wait(ms: number): void {
    vi.setSystemTime(Date.now() + ms);
  }

  /** Goes to the time of the alarm, if one is set, and fires it. False if none is. */
  async alarm(): Promise<boolean> {
    const { alarmMs } = await this.stored();
    if (alarmMs !== null) this.wait(Math.max(0, alarmMs - Date.now()));
    return runDurableObjectAlarm(this.session);
  }

  /** Fires the alarm at once, however early. */
  fire(): Promise<boolean> {
    return runDurableObjectAlarm(this.session);
  }

  /** Sheds what is in memory. Only an object at rest is evicted; one that waits for somebody dies instead. */
  async evict(webSockets: "hibernate" | "close" = "hibernate"): Promise<void> {
    await this.session.snapshot();
    await this.rest();
    if (this.holds.count > 0) return this.crash();
    // … and has its alarm on disk, which the runtime else forgets together with the object.
    await runInDurableObject(this.session, (_object, { storage }) => storage.sync());
    await evictDurableObject(this.session, { webSockets });
    if (webSockets === "close") {
      this.#loseSockets();
      this.witness.ledger.cutOff();
    }
  }

  /**
   * Dies with all that is under way. What has left the object was stored before: the runtime holds back what goes
   * out until then, but not what goes to this test's stand-ins, so here it is waited for.
   */
  async crash(): Promise<void> {
    await runInDurableObject(this.session, async (_object, state) => {
      await state.storage.sync();
      state.abort("crash");
    }).catch(() => null);
    this.witness.forget();
    for (const generation of this.generations) generation.isOver = true;
    this.#loseSockets();
  }

  /** Turns that the brain is still taking, for all that it knows. */
  get aliveTurns(): number {
    return this.generations.filter(({ signal, isOver }) => !isOver && !signal.aborted).length;
  }

  /** What the object has stored, and what was seen of the talk up to the same moment. */
  stored() {
    return runInDurableObject(this.session, async (_object, state) => {
      const { storage } = state;
      const alarmMs = await settledAlarm(storage);
      const rows = (query: string) => storage.sql.exec(query).toArray();
      const stored = rows("SELECT state FROM call")[0]?.state;
      const { lines: said, faults, pieces, reports } = this.witness.ledger;
      return {
        alarmMs,
        state: stored === undefined ? null : callStateSchema.parse(JSON.parse(String(stored))),
        lines: rows("SELECT speaker, text, at_ms FROM lines ORDER BY idx").map((row) => ({
          speaker: String(row.speaker),
          text: String(row.text),
          atMs: Number(row.at_ms),
        })),
        events: rows("SELECT body FROM events WHERE refused IS NULL ORDER BY seq").map(({ body }) =>
          String(body),
        ),
        owed: rows("SELECT key FROM outbox ORDER BY key").map(({ key }) => String(key)),
        refused: rows("SELECT body FROM events WHERE refused IS NOT NULL ORDER BY seq").map(({ body }) =>
          String(body),
        ),
        said: structuredClone(said),
        reports: [...reports],
        faults: [...faults],
        pieces,
        currentRelays: state.getWebSockets(RELAY_TAG).filter(isCurrentRelay).length,
      };
    });
  }

  #loseSockets(): void {
    for (const client of [...this.relays, ...this.#watchers]) client.die();
  }

  /** A human's line is over, and the carrier asks what to do with the customer's. */
  async dialEnds(end: Parameters<CallSessionStub["dialEnded"]>[1]): Promise<LineInstruction["kind"]> {
    const isOurs = end.carrierCallId === this.carrier.sid;
    if (isOurs && end.callOver) this.carrier.stands("completed");
    const told = await this.session.dialEnded(this.plan.carrierId, end);
    return this.#obey(told, isOurs, `dial ${end.transferId} ${end.humanId}`);
  }

  /** The carrier does as it is told: a line that is hung up on is over. */
  #obey(told: Told, isOurs: boolean, asker: string): LineInstruction["kind"] {
    const kind = told.ok ? told.value.kind : "hang_up";
    if (told.ok && told.value.kind === "dial") this.carrier.takesOrder(told.value.whisperUrl, asker);
    if (told.ok && told.value.kind === "say") this.witness.ledger.messageLeft(told.value.text);
    if (isOurs && kind === "hang_up" && this.carrier.isAlive) this.carrier.stands("completed");
    return kind;
  }

  async #upgrade(path: string): Promise<WebSocket | null> {
    const headers = { upgrade: "websocket" };
    const response = await this.session.fetch(`https://call.example/${path}`, { headers });
    // An object whose answer nobody reads is not at rest.
    if (response.webSocket === null) await response.text();
    return response.webSocket;
  }
}

/** The alarm as it stands with what is stored now: nothing was stored while it was being read. */
async function settledAlarm(storage: DurableObjectStorage): Promise<number | null> {
  const lastEvent = () => storage.sql.exec("SELECT max(seq) AS seq FROM events").one().seq;
  for (;;) {
    const before = lastEvent();
    const alarmMs = await storage.getAlarm();
    if (lastEvent() === before) return alarmMs;
  }
}
