// One Durable Object per call, and the only writer of its status, outcome, times and transcript while it
// lives. A shell: what happens to a call is decided by `step`; here it is stored, in one synchronous block
// with its event and its duties, and only then acted upon.
//
// One alarm carries all timers and the outbox. It may fire early or twice, and it never throws: a failed
// alarm is retried by the platform only a few times, and a call must outlive that.

import { DurableObject } from "cloudflare:workers";
import { openBrain, prepareBrain } from "../../agent/open-brain.ts";
import type { CallPlan } from "../../contract/call-plan.ts";
import type { CallTimeline } from "../../contract/call-timeline.ts";
import { openDb, type Db } from "../../db/client.ts";
import type {
  CallEffect,
  CallEvent,
  CarrierReport,
  StepRefusal,
  WhichHuman,
} from "../../domain/call/events.ts";
import { step } from "../../domain/call/machine.ts";
import { questionOf, type LineQuestion } from "../../domain/call/questions.ts";
import {
  dueTimers,
  newInboundCall,
  newOutboundCall,
  nextTimerMs,
  type CallState,
} from "../../domain/call/state.ts";
import type { CallStatus, RequestedEndReason } from "../../domain/call/status.ts";
import { messageMsOf } from "../../domain/voicemail.ts";
import { logError, logInfo } from "../../lib/log.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import type {
  AnswerRequest,
  DialEnd,
  HumanLineRequest,
  LineInstruction,
  RecordingNotice,
  RelayEnd,
} from "../../telephony/provider.ts";
import { ticketOf, Watchers } from "../watchers.ts";
import { runCarrierEffect } from "./carrier-effects.ts";
import { dutiesOf, ENDING_DUTIES, isDuty } from "./duties.ts";
import { instructLine, whisperInstruction } from "./instructions.ts";
import { LiveFeed } from "./live-feed.ts";
import { Outbox } from "./outbox.ts";
import { isRelay, RELAY_TAG } from "./relay-sockets.ts";
import { RelayTalk } from "./relay-talk.ts";
import { snapshotOf, type CallSnapshot } from "./snapshot.ts";
import { CallStore, type Call } from "./store.ts";
import { HumanSearch, type RequestRefusal, type TransferOrder } from "./transfers.ts";

/** `unknown_call`: no such call, or not one of this carrier account. */
export type CarrierRefusal = StepRefusal | "unknown_call";
type Told<T> = Result<T, CarrierRefusal>;

/** The drain that follows each step has this long before the alarm takes its place. */
const DRAIN_GRACE_MS = 2_000;
/** After a failure of ours the alarm comes back this much later. */
const ALARM_RETRY_MS = 5_000;

export class CallSession extends DurableObject<Env> {
  readonly #store: CallStore;
  readonly #db: Db;
  readonly #feed: LiveFeed;
  readonly #talk: RelayTalk;
  #call: Call | null;
  #alarmAtMs: number | null = null;
  readonly #outbox: Outbox;
  readonly #humans: HumanSearch;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#store = new CallStore(ctx.storage);
    this.#db = openDb(env.DB);
    this.#feed = new LiveFeed(new Watchers({ ctx, db: this.#db }), this.#store);
    this.#call = this.#store.load();
    this.#talk = new RelayTalk({
      ctx,
      store: this.#store,
      feed: this.#feed,
      openBrain: (plan) => openBrain(env, plan),
      call: () => this.#call,
      dispatch: async (event) => {
        await this.#dispatch(event);
      },
      callHuman: (wish) => this.#humans.callFor(wish),
    });
    this.#humans = new HumanSearch({
      env,
      db: this.#db,
      call: () => this.#call,
      store: this.#store,
      step: (event) => void this.#stepInBackground(event),
      inBackground: (work) => ctx.waitUntil(this.#guard("human_not_given_back", work)),
    });
    this.#outbox = new Outbox({
      env,
      db: this.#db,
      store: this.#store,
      call: () => this.#call,
      step: (event) => this.#stepInBackground(event),
      inBackground: (work) => ctx.waitUntil(this.#guard("duty_unsettled", work)),
      onChange: () => this.#armAlarm(),
    });
    if (this.#call !== null && this.#call.state.status !== "ended") {
      this.#feed.catchUp(this.#call, Date.now());
    }
    // A crash takes sockets along without a word; a hibernating object finds its own again.
    const lost = this.#talk.wake();
    if (lost !== null) this.#stepInBackground(lost);
  }

  /** Takes an outbound call on. Idempotent: a second message for the same call changes nothing. */
  async start(plan: CallPlan): Promise<void> {
    this.#begin(plan, newOutboundCall(plan.limits, plan.acceptedAtMs));
  }

  /** Takes a call on that rings with us, and says what to do with the line. Asked again, it says the same. */
  async answerInbound(plan: CallPlan, carrierCallId: string): Promise<Told<LineInstruction>> {
    this.#begin(plan, newInboundCall(plan.limits, plan.acceptedAtMs, carrierCallId));
    return this.#instruct(plan.carrierId, {
      type: "answer_requested",
      carrierCallId,
      answeredBy: "person",
    });
  }

  /** How the call stands; null if it never came here. */
  snapshot(): CallSnapshot | null {
    return this.#call === null ? null : snapshotOf(this.#call, this.#store);
  }

  /** What happened to it so far; nothing if it never came here, or before this was written down. */
  timeline(): CallTimeline {
    return this.#store.timeline.read(this.#call?.state.answeredAtMs ?? null);
  }

  /** The carrier has somebody on the line and asks what to do. */
  async answer(carrierId: string, request: AnswerRequest): Promise<Told<LineInstruction>> {
    const messageMs = this.#call === null ? undefined : messageMsOf(this.#call.plan);
    const told = await this.#instruct(carrierId, { type: "answer_requested", ...request, messageMs });
    if (told.ok && told.value.kind === "say") this.#talk.noteMessage(told.value.text);
    return told;
  }

  /** The relay is over and the carrier asks what to do next. */
  async relayEnded(carrierId: string, end: RelayEnd): Promise<Told<LineInstruction>> {
    return this.#instruct(carrierId, { type: "relay_ended", ...end });
  }

  /** A human's line is over, and the carrier asks what to do with the customer's. */
  async dialEnded(carrierId: string, end: DialEnd & WhichHuman): Promise<Told<LineInstruction>> {
    const wasTransferring = this.#call?.state.status === "transferring";
    const told = await this.#instruct(carrierId, { type: "dial_ended", ...end });
    if (told.ok && end.talked && wasTransferring) {
      logInfo("talked_without_acceptance", { call_id: this.#call?.plan.callId, human_id: end.humanId });
    }
    return told;
  }

  /** A human has picked up and is to hear what the call is about, or takes it. Refused: it is not theirs. */
  async humanAsks(
    carrierId: string,
    what: "whisper" | "accept",
    request: HumanLineRequest & WhichHuman,
  ): Promise<Told<LineInstruction>> {
    const { pressedKey, ...which } = request;
    const event: CallEvent =
      what === "whisper"
        ? { type: "whisper_requested", ...which }
        : { type: "human_accepted", pressedKey, ...which };
    const accepted = this.#accept(carrierId, event);
    if (!accepted.ok || this.#call === null) return accepted.ok ? err("unknown_call") : accepted;
    if (what === "accept" || this.#call.state.status === "bridged") return ok({ kind: "put_through" });
    return ok(whisperInstruction(this.env, this.#call) ?? { kind: "hang_up" });
  }

  async reportStatus(carrierId: string, report: CarrierReport): Promise<Told<null>> {
    return this.#accept(carrierId, { type: "carrier_report", report });
  }

  async recordingReady(carrierId: string, notice: RecordingNotice): Promise<Told<null>> {
    return this.#accept(carrierId, { type: "recording_ready", ...notice });
  }

  /** Ends the call as a client wishes, and says how it stands then. `call_ended`: it was over, and not by this wish. */
  async requestEnd(reason: RequestedEndReason, requestKey?: string): Promise<Told<CallStatus>> {
    if (this.#call === null) return err("unknown_call");
    const stepped = this.#stepInBackground({ type: "end_requested", reason, requestKey });
    if (!stepped.ok && !this.#store.isEndTaken(requestKey)) return stepped;
    return ok(this.#call.state.status);
  }

  /** Why a transfer would be refused now, before the queue is even looked at; null if it would not. */
  async transferRefusal(): Promise<Exclude<RequestRefusal, "no_agents_available"> | null> {
    const refusal = this.#humans.refusal();
    return refusal === "no_agents_available" ? null : refusal;
  }

  /** Transfers the call to a human; once it is known that there is one, the transfer's id. */
  async requestTransfer(order: TransferOrder): Promise<Result<string, RequestRefusal>> {
    return this.#humans.request(order);
  }

  /**
   * Asked by the sweep about a call whose row lives: false if this object has no such call. If it has, whatever may
   * have been lost on the way is made good: the alarm, or the news of an end.
   */
  async vouch(): Promise<boolean> {
    const call = this.#call;
    if (call === null) return false;
    if (call.state.status === "ended") this.#store.owe(call, ENDING_DUTIES, Date.now());
    this.#outbox.drain();
    this.#store.forgetNextDuty();
    this.#alarmAtMs = null;
    this.#armAlarm();
    return true;
  }

  /** The recording is in R2. `isAudible`: it may be fetched. `isDone`: nothing is left to do about it at the carrier. */
  async recordingStored(recordingId: string, { isAudible = true, isDone = true } = {}): Promise<void> {
    const duty = { type: "store_recording", recordingId, durationSeconds: 0 } as const;
    this.#outbox.confirm(duty, { news: isAudible ? "call.recording_ready" : null, isDone });
  }

  /** The analysis is in the call's row: the duty to have it made is done. */
  async callAnalysed(): Promise<void> {
    this.#outbox.confirm({ type: "analyse" }, { news: "call.analyzed", isDone: true });
  }

  /**
   * WebSocket upgrades only: `/relay?carrier=…` for the carrier, `/watch?key=…&until=…&cursor=…&ended=…` for a watcher, who
   * may come before the call does. `ended` is what the caller knows of it; the object may have forgotten an old call.
   */
  override async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const { 0: client, 1: server } = new WebSocketPair();
    if (pathname === "/watch") {
      const ended = this.#call?.state.status === "ended" || searchParams.get("ended") === "true";
      const cursor = Number(searchParams.get("cursor"));
      this.#feed.join(server, { ...ticketOf(searchParams), cursor, ended }, Date.now());
    } else {
      const isOurs = searchParams.get("carrier") === this.#call?.plan.carrierId;
      if (!isOurs || this.#call?.state.status !== "in_progress") {
        return new Response("No such talk", { status: 404 });
      }
      this.ctx.acceptWebSocket(server, [RELAY_TAG]);
    }
    return new Response(null, { status: 101, webSocket: client });
  }

  override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    if (typeof message !== "string" || !isRelay(this.ctx, socket)) return;
    await this.#guard("relay_frame_failed", this.#talk.onFrame(socket, message));
  }

  override async webSocketClose(socket: WebSocket, code: number): Promise<void> {
    if (!isRelay(this.ctx, socket)) return;
    logInfo("relay_closed", { call_id: this.#call?.plan.callId, code });
    await this.#guard("relay_close_failed", this.#talk.onClose(socket));
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    await this.webSocketClose(socket, 1006);
  }

  override async alarm(): Promise<void> {
    this.#alarmAtMs = null;
    try {
      const nowMs = Date.now();
      for (const name of this.#call === null ? [] : dueTimers(this.#call.state, nowMs)) {
        this.#stepInBackground({ type: "timer", name });
      }
      this.#outbox.drain();
      this.#armAlarm();
    } catch (error) {
      logError("alarm_failed", error, { call_id: this.#call?.plan.callId });
      this.#alarmAtMs = null;
      await this.ctx.storage.setAlarm(Date.now() + ALARM_RETRY_MS);
    }
  }

  #begin(plan: CallPlan, state: CallState): void {
    if (this.#call !== null) return;
    const nowMs = Date.now();
    this.#call = this.#store.create(plan, state, dutiesOf(plan, { before: null, after: state }, []), nowMs);
    this.#feed.showAcceptance(this.#call, nowMs);
    this.#feed.showChange(null, state, nowMs);
    this.#outbox.drain();
    this.#armAlarm();
  }

  async #instruct(carrierId: string, event: LineQuestion): Promise<Told<LineInstruction>> {
    const accepted = this.#accept(carrierId, event);
    if (!accepted.ok) return accepted;
    if ("callOver" in event && event.callOver) return ok({ kind: "hang_up" });
    // Whom to ring next is known once the queue has answered.
    if (this.#call?.state.status === "transferring") await this.#humans.settle();
    if (this.#call === null) return ok({ kind: "hang_up" });
    const part = event.type === "answer_requested" ? "beginning" : "resumption";
    const told = instructLine(this.env, this.#call, { asker: questionOf(event), part });
    if (part === "beginning" && told.kind === "relay") {
      this.ctx.waitUntil(this.#guard("model_not_prepared", prepareBrain(this.env, this.#call.plan)));
    }
    return ok(told);
  }

  #accept(carrierId: string, event: CallEvent): Told<null> {
    if (this.#call === null || this.#call.plan.carrierId !== carrierId) return err("unknown_call");
    return this.#stepInBackground(event);
  }

  /** Who brings the event waits until the step is stored, not until all is done about it. */
  #stepInBackground(event: CallEvent): Result<null, StepRefusal> {
    const stepped = this.#step(event);
    if (!stepped.ok) return stepped;
    this.ctx.waitUntil(this.#perform(stepped.value));
    return ok(null);
  }

  /** One step and all that follows from it. Refusals are logged with the event; they change nothing. */
  async #dispatch(event: CallEvent): Promise<void> {
    const stepped = this.#step(event);
    if (stepped.ok) await this.#perform(stepped.value);
  }

  /** The synchronous block: decide, store, tell. What is left to do comes back as effects. */
  #step(event: CallEvent): Result<CallEffect[], StepRefusal> {
    const call = this.#call;
    if (call === null) return err("not_applicable");
    const nowMs = Date.now();
    const result = step(call.state, event, nowMs);
    if (!result.ok) {
      this.#store.logRefused(event, result.error, nowMs);
      return result;
    }
    const { state, effects } = result.value;
    const duties = dutiesOf(call.plan, { before: call.state, after: state }, effects);
    this.#call = this.#store.commit(call, { state, event, duties }, nowMs);
    // What the agent was saying is shown before the end is.
    this.#talk.follow(call.state, state);
    this.#feed.showChange(call.state, state, nowMs);
    if (call.state.status !== state.status) {
      const { status, ending } = state;
      logInfo("call_status", { call_id: call.plan.callId, status, reason: ending?.reason });
    }
    this.#outbox.drain();
    this.#armAlarm();
    return ok(effects);
  }

  /** One after the other; one that fails is no hindrance to those behind it. */
  async #perform(effects: readonly CallEffect[]): Promise<void> {
    for (const effect of effects) await this.#guard("effect_failed", this.#performOne(effect));
  }

  async #performOne(effect: CallEffect): Promise<void> {
    const call = this.#call;
    // Duties were stored with the step, and are done from the outbox.
    if (call === null || isDuty(effect)) return;
    if (effect.type === "agent_turn") return this.#talk.takeTurn(effect.moment);
    if (effect.type === "reserve_human") return this.#humans.reserve();
    // Without a socket to say it on, the carrier is told by a redirect: the machine waits for its question in vain.
    if (effect.type === "leave_relay") {
      this.#talk.end(JSON.stringify({ transfer_id: call.state.transfer?.id }));
      return;
    }
    if (effect.type === "hang_up" && effect.via === "relay" && this.#talk.end()) return;
    const event = await runCarrierEffect({ env: this.env, db: this.#db }, call, effect);
    if (event !== null) await this.#dispatch(event);
  }

  #armAlarm(): void {
    if (this.#call === null) return;
    const nowMs = Date.now();
    const timerMs = nextTimerMs(this.#call.state);
    const dutyMs = this.#store.nextDutyMs();
    const times = [timerMs, dutyMs === null ? null : Math.max(dutyMs, nowMs + DRAIN_GRACE_MS)];
    const nextMs = Math.min(...times.map((time) => time ?? Number.POSITIVE_INFINITY));
    if (!Number.isFinite(nextMs) || nextMs === this.#alarmAtMs) return;
    if (this.#alarmAtMs !== null && this.#alarmAtMs > nowMs && this.#alarmAtMs <= nextMs) return;
    this.#alarmAtMs = nextMs;
    this.ctx.waitUntil(this.ctx.storage.setAlarm(nextMs));
  }

  async #guard(event: string, work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      logError(event, error, { call_id: this.#call?.plan.callId });
    }
  }
}
