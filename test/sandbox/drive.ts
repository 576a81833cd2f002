// A call without object, clock or network: the test moves time from timer to timer, and is the application.

import { behavesOf } from "../../src/sandbox/behaviours.ts";
import { advance, type CallEvent, type LineEvent, nextDue } from "../../src/sandbox/call-machine.ts";
import {
  type CallBegin,
  type CallOrder,
  callState,
  type CallState,
  type Leg,
  liveLeg,
  newCall,
  type ScheduledPost,
} from "../../src/sandbox/call-state.ts";
import type { RelayFrame } from "../../src/sandbox/relay-frames.ts";

export const START_MS = Date.UTC(2026, 10, 22, 12, 0, 0);
const OURS = { sid: "CA".padEnd(34, "1"), accountSid: "AC".padEnd(34, "2") };
export const RELAY = `<Response><Connect action="/action"><ConversationRelay url="wss://own.example/relay"
  events="tokens-played"/></Connect></Response>`;

/** What our product asks for: the customer's words as they come, and keys. */
export const LISTENING_RELAY = RELAY.replace("/></C", ' partialPrompts="true" dtmfDetection="true"/></C');

/** The same, and the call is recorded: beside a relay there is no other way. */
export const RECORDED_RELAY = RELAY.replace(
  "<Response>",
  `<Response><Start><Recording recordingStatusCallback="https://own.example/recording"
    recordingStatusCallbackEvent="in-progress completed absent"/></Start>`,
);

function orderTo(to: string, changes: Partial<CallOrder> = {}): CallOrder {
  return {
    to,
    from: "+15005550006",
    document: { url: "https://own.example/answer", method: "POST" },
    fallback: null,
    statusCallback: { url: "https://own.example/status", method: "POST" },
    statusEvents: ["initiated", "ringing", "answered", "completed"],
    timeoutSeconds: 30,
    timeLimitSeconds: 300,
    recording: null,
    detection: null,
    ...changes,
  };
}

/** A call being driven: its state, the time, and everything it has sent so far. */
export class Drive {
  state: CallState;
  nowMs = START_MS;
  readonly posts: ScheduledPost[] = [];
  readonly frames: RelayFrame[] = [];
  readonly speed: number;
  /** How often the machine let the socket fall. */
  drops = 0;

  constructor(to: string, changes: Partial<CallOrder> = {}, speed = 1, begin: Partial<CallBegin> = {}) {
    const order = orderTo(to, changes);
    this.state = newCall(
      { ...OURS, parentSid: null, direction: "outbound-api", behaves: behavesOf(to), order, ...begin },
      START_MS,
    );
    this.speed = speed;
  }

  /** Somebody who calls in and is what NNNN says. */
  static inbound(behaves: string, changes: Partial<CallOrder> = {}, speed = 1): Drive {
    const order = { statusEvents: ["completed" as const], timeoutSeconds: 60, ...changes };
    return new Drive("+15550010000", order, speed, { direction: "inbound", behaves });
  }

  apply(event: CallEvent): this {
    const setting = { nowMs: this.nowMs, speed: this.speed, baseUrl: "https://own.example/sandbox" };
    const { state, posts, frames, dropsSocket } = advance(this.state, event, setting);
    // As it comes back from storage.
    this.state = callState.parse(JSON.parse(JSON.stringify(state)));
    this.drops += dropsSocket ? 1 : 0;
    this.posts.push(...posts);
    this.frames.push(...frames);
    return this;
  }

  /** Fires the next timer at its time; false when nothing is to come by itself. */
  tick(): boolean {
    const next = nextDue(this.state);
    if (next === undefined) return false;
    this.nowMs = Math.max(this.nowMs, next.dueMs);
    this.apply(next.event);
    return true;
  }

  until(condition: (state: CallState) => boolean): this {
    for (let ticks = 0; !condition(this.state); ticks++) {
      if (ticks > 2000 || !this.tick()) throw new Error("It never comes");
    }
    return this;
  }

  document(body: string): this {
    const { request } = this.until((state) => state.request !== null).state;
    return this.apply({
      type: "document",
      requestId: request?.id ?? 0,
      outcome: { kind: "document", body },
    });
  }

  relayOpens(document = RELAY): this {
    return this.document(document).apply({ type: "relay-opened", sessionId: this.sessionId });
  }

  says(text: string): this {
    return this.apply({ type: "utterance", sessionId: this.sessionId, text, startedAtMs: this.nowMs });
  }

  /** The last line that the call dialled, whether it still lives or not. */
  get leg(): Leg {
    const leg = this.state.legs.at(-1);
    if (leg === undefined) throw new Error("Nobody was dialled");
    return leg;
  }

  applyToLeg(event: LineEvent): this {
    return this.apply({ type: "leg", sid: this.leg.sid, event });
  }

  /** Answers what the leg asks for. */
  whisper(body: string): this {
    this.until((state) => liveLeg(state)?.request !== null || state.request !== null);
    const outcome = { kind: "document" as const, body };
    return this.applyToLeg({ type: "document", requestId: this.leg.request?.id ?? 0, outcome });
  }

  get sessionId(): string {
    return this.state.relay?.sessionId ?? "";
  }

  get callbacks() {
    return this.posts
      .filter((post) => post.params["CallbackSource"] !== undefined)
      .map(({ params }) => [params["SequenceNumber"], params["CallStatus"], params["SipResponseCode"]]);
  }

  /** What the customer said, each time to its end. */
  get prompts(): string[] {
    return this.#said(true);
  }

  /** What it was heard to be saying. */
  get partials(): string[] {
    return this.#said(false);
  }

  #said(last: boolean): string[] {
    return this.frames.flatMap((frame) =>
      frame.type === "prompt" && frame.last === last ? [frame.voicePrompt] : [],
    );
  }
}

export const ended = (state: CallState): boolean => state.endedAtMs !== null;
