// One call. This object is the only writer of its facts; the account's list is a projection it sends.
// It is a shell around `advance`: step, save state and outbox in one transaction, then see to what the state wants
// from outside (a document, a socket, callbacks). What is wanted is always derived from what is stored, so after a
// restart the same is wanted again; a socket that did not survive is reported as lost, as Twilio would.
// One alarm serves every timer, every retry and, while something is awaited, a heartbeat.

import { DurableObject } from "cloudflare:workers";
import { readConfig } from "../config.ts";
import { accountToken } from "../lib/account-token.ts";
import { logError } from "../lib/log.ts";
import { err, ok, type Result } from "../lib/result.ts";
import { CallLines } from "./call-lines.ts";
import { listEntry, type RecordingQuery } from "./call-list.ts";
import { advance, type CallEvent, type LineEvent, nextDue } from "./call-machine.ts";
import { CallOutbox } from "./call-outbox.ts";
import { type CallResource, callResource } from "./call-resource.ts";
import {
  type CallBegin,
  type CallState,
  hasEnded,
  liveLeg,
  newCall,
  type RecordingOrder,
} from "./call-state.ts";
import { CallStore } from "./call-store.ts";
import type { CallChange } from "./changes.ts";
import type { Sender } from "./outbound.ts";
import type { Page } from "./paging.ts";
import {
  type CallRecordingResource,
  callRecordingResource,
  recordingMedia,
  type RecordingMedia,
  type RecordingResource,
  recordingResource,
} from "./recording-resource.ts";
import { isHeard, isTyped, type PersonAct } from "./typed-person.ts";

/** While something is awaited the object must not be forgotten or fall asleep: it looks this often. */
const HEARTBEAT_MS = 5000;
/** How often a call whose sandbox was switched off under it looks whether it is on again. */
const SWITCHED_OFF_MS = 600_000;

export class SandboxCall extends DurableObject<Env> {
  readonly #store: CallStore;
  readonly #outbox: CallOutbox;
  readonly #lines: CallLines;
  #state: CallState | undefined;
  #armedForMs: number | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#store = new CallStore(ctx.storage);
    this.#outbox = new CallOutbox(this.#store);
    this.#lines = new CallLines({
      sender: () => this.#sender(),
      apply: (event) => this.#apply(event),
      run: (work) => this.#run(work),
    });
    this.#state = this.#store.load();
  }

  async begin(call: CallBegin): Promise<CallResource> {
    if (this.#state === undefined) {
      const state = newCall(call, Date.now());
      this.#store.create(state);
      this.#state = state;
      this.#arm();
    }
    await this.#list();
    return callResource(this.#state);
  }

  /** @param callSid the call's own, or that of a leg. */
  read(accountSid: string, callSid: string): CallResource | undefined {
    const state = this.#known(accountSid, callSid);
    return state && callResource(state);
  }

  /** What runs on a leg is its `<Dial>`'s: it can't be replaced. */
  async update(
    accountSid: string,
    callSid: string,
    changes: CallChange[],
  ): Promise<Result<CallResource, 20404 | 21220>> {
    const state = this.#known(accountSid, callSid);
    if (state === undefined) return err(20404);
    const replaces = changes.some((change) => change.kind === "redirect" || change.kind === "replace");
    const isReplaceable = state.status === "in-progress" && state.parentSid === null;
    if (hasEnded(state) || (replaces && !isReplaceable)) return err(21220);
    for (const change of changes) this.#applyTo(callSid, { type: "change", change });
    await this.#list();
    return ok(callResource(this.#known(accountSid, callSid) ?? state));
  }

  /** Does what somebody types for the person on the line. */
  async act(
    accountSid: string,
    act: PersonAct,
  ): Promise<Result<CallResource, "unknown" | "ended" | "not-typed" | "unheard">> {
    const state = this.#known(accountSid);
    if (state === undefined) return err("unknown");
    if (hasEnded(state)) return err("ended");
    if (!isTyped(state)) return err("not-typed");
    if (act.kind !== "hang-up" && !isHeard(state)) return err("unheard");
    this.#apply({ type: "person", act });
    await this.#list();
    return ok(callResource(this.#known(accountSid) ?? state));
  }

  /** Deletes the call's record; its recording stays. */
  async remove(accountSid: string, callSid: string): Promise<Result<null, 20404 | 20009>> {
    const state = this.#known(accountSid, callSid);
    if (state === undefined) return err(20404);
    if (!hasEnded(state)) return err(20009);
    this.#applyTo(callSid, { type: "call-deleted" });
    await this.#list();
    return ok(null);
  }

  /** A second start changes nothing and answers the recording that is there. Beside a relay none can be started. */
  async startRecording(
    accountSid: string,
    order: RecordingOrder,
  ): Promise<Result<CallRecordingResource, 20404 | 21220>> {
    const state = this.#known(accountSid);
    if (state === undefined) return err(20404);
    if (state.status !== "in-progress" || state.relay !== null) return err(21220);
    this.#apply({ type: "record", order });
    await this.#list();
    const started = callRecordingResource(this.#state ?? state);
    return started === undefined ? err(21220) : ok(started);
  }

  recording(accountSid: string): RecordingResource | undefined {
    const state = this.#of(accountSid);
    return state && recordingResource(state, this.#baseUrl());
  }

  callRecording(accountSid: string): CallRecordingResource | undefined {
    const state = this.#known(accountSid);
    return state && callRecordingResource(state);
  }

  /** The call's own list, of one at most. Undefined if there is no such call. */
  findRecordings(accountSid: string, callSid: string, query: RecordingQuery): Page | undefined {
    const { created, paging } = query;
    const state = this.#known(accountSid, callSid);
    if (state === undefined) return undefined;
    const recording = callRecordingResource(state);
    const startedAtMs = state.recording?.startedAtMs ?? Number.NaN;
    const isAsked =
      startedAtMs >= (created.fromMs ?? 0) && startedAtMs <= (created.toMs ?? Infinity) && paging.page === 0;
    const shown = recording === undefined || !isAsked ? [] : [recording];
    return { resources: shown.map((one) => JSON.stringify(one)), lastSid: null, hasMore: false };
  }

  recordingMedia(accountSid: string): RecordingMedia | undefined {
    const state = this.#of(accountSid);
    return state && recordingMedia(state);
  }

  async removeRecording(accountSid: string): Promise<Result<null, 20404 | 20009>> {
    const recording = this.recording(accountSid);
    if (recording === undefined) return err(20404);
    if (recording.status !== "completed") return err(20009);
    this.#apply({ type: "recording-deleted" });
    await this.#list();
    return ok(null);
  }

  override alarm(): void {
    this.#armedForMs = undefined;
    const state = this.#state;
    if (state === undefined) return;
    if (readConfig(this.env).SANDBOX_SECRET === undefined)
      return this.#setAlarm(Date.now() + SWITCHED_OFF_MS);
    try {
      this.#runTimers();
      this.#attend();
    } catch (error) {
      logError("sandbox.alarm", error, { callSid: state.sid });
      this.#setAlarm(Date.now() + HEARTBEAT_MS);
    }
  }

  #of(accountSid: string): CallState | undefined {
    return this.#state?.accountSid === accountSid ? this.#state : undefined;
  }

  /** The call or its leg, unless its record was deleted. */
  #known(accountSid: string, callSid = this.#state?.sid): CallState | undefined {
    const call = this.#of(accountSid);
    const state = call?.sid === callSid ? call : call?.legs.find(({ sid }) => sid === callSid);
    return state?.isDeleted === false ? state : undefined;
  }

  #runTimers(): void {
    while (this.#state !== undefined) {
      const next = nextDue(this.#state);
      if (next === undefined || next.dueMs > Date.now()) return;
      this.#step(next.event);
    }
  }

  #applyTo(callSid: string, event: LineEvent): void {
    this.#apply(callSid === this.#state?.sid ? event : { type: "leg", sid: callSid, event });
  }

  #apply(event: CallEvent): void {
    this.#step(event);
    this.#attend();
  }

  #step(event: CallEvent): void {
    if (this.#state === undefined) return;
    const nowMs = Date.now();
    const speed = readConfig(this.env).SANDBOX_SPEED;
    const setting = { nowMs, speed, baseUrl: this.#baseUrl() };
    const { state, posts, frames, dropsSocket } = advance(this.#state, event, setting);
    this.#store.save(state, posts);
    this.#state = state;
    for (const frame of frames) this.#lines.send(frame);
    if (dropsSocket) this.#lines.dropSocket();
  }

  /** Sees to whatever the state wants from outside and is not under way yet. */
  #attend(): void {
    if (this.#state === undefined) return;
    this.#lines.attend(this.#state);
    this.#run(this.#tell());
    this.#arm();
  }

  /** The account's list is brought up to date before any callback tells of the change. */
  async #tell(): Promise<void> {
    await this.#list();
    await this.#outbox.deliverDue(await this.#sender());
    this.#arm();
  }

  /** What fails here is tried again at the next event or heartbeat. */
  async #list(): Promise<void> {
    const state = this.#state;
    if (state === undefined || this.#store.listedVersion() >= state.version) return;
    try {
      const account = this.env.SANDBOX_ACCOUNT.getByName(state.accountSid);
      const entries = [state, ...state.legs].map((call) => listEntry(call, this.#baseUrl()));
      await Promise.all(entries.map((entry) => account.record(entry)));
      this.#store.markListed(state.version);
    } catch (error) {
      logError("sandbox.list", error, { callSid: state.sid });
    }
  }

  #arm(): void {
    const state = this.#state;
    if (state === undefined) return;
    const nowMs = Date.now();
    const isAwaiting =
      state.request !== null ||
      (liveLeg(state)?.request ?? null) !== null ||
      state.relay !== null ||
      !this.#outbox.isEmpty ||
      this.#store.listedVersion() < state.version;
    const dueMs = Math.ceil(
      Math.min(
        nextDue(state)?.dueMs ?? Infinity,
        this.#outbox.nextDueMs(nowMs) ?? Infinity,
        isAwaiting ? nowMs + HEARTBEAT_MS : Infinity,
      ),
    );
    if (dueMs < (this.#armedForMs ?? Infinity)) this.#setAlarm(dueMs);
  }

  #setAlarm(dueMs: number): void {
    this.#armedForMs = dueMs;
    this.#run(this.ctx.storage.setAlarm(dueMs));
  }

  async #sender(): Promise<Sender> {
    const { SANDBOX_SECRET, PUBLIC_BASE_URL, isLocal } = readConfig(this.env);
    if (SANDBOX_SECRET === undefined || this.#state === undefined) throw new Error("The sandbox is off");
    const authToken = await accountToken(SANDBOX_SECRET, this.#state.accountSid);
    return { reach: { ownOrigin: PUBLIC_BASE_URL, isLocal }, authToken };
  }

  #baseUrl(): string {
    return `${readConfig(this.env).PUBLIC_BASE_URL}/sandbox`;
  }

  #run(work: Promise<void>): void {
    this.ctx.waitUntil(
      work.catch((error: unknown) => logError("sandbox.call", error, { callSid: this.#state?.sid })),
    );
  }
}
