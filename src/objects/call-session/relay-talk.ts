// The conversation on the carrier's relay socket: the customer's words come in, the agent's go out.
//
// A word is written to the transcript before it is sent, so nothing that was said is ever missing from it.
// Only one turn of the agent is under way; what the customer says ends it.

import type { Brain } from "../../agent/brain.ts";
import type { CallEvent, Moment } from "../../domain/call/events.ts";
import type { AgentEndReason } from "../../domain/call/status.ts";
import { estimateSpeechMs } from "../../domain/speech.ts";
import { heardPart } from "../../domain/transcript.ts";
import { logError } from "../../lib/log.ts";
import type { RelayFrame, TelephonyProvider } from "../../telephony/provider.ts";
import { trySend, type LiveFeed } from "./live-feed.ts";
import type { Call, CallStore } from "./store.ts";

export const RELAY_TAG = "relay";

/** RFC 6455, 7.4.1. */
const CLOSE_NORMAL = 1000;
const CLOSE_POLICY = 1008;

const APOLOGY = "I am sorry, something went wrong on our side. Goodbye.";

export type RelayTalkDeps = {
  ctx: DurableObjectState;
  store: CallStore;
  feed: LiveFeed;
  brain: Brain;
  provider: () => Promise<TelephonyProvider>;
  call: () => Call | null;
  dispatch: (event: CallEvent) => Promise<void>;
};

export class RelayTalk {
  readonly #deps: RelayTalkDeps;
  #turn: { abort: AbortController; speech: Speech } | null = null;
  /** When the words sent so far will have been spoken, by estimate. */
  #playsUntilMs = 0;

  constructor(deps: RelayTalkDeps) {
    this.#deps = deps;
  }

  async onFrame(socket: WebSocket, text: string): Promise<void> {
    const frame = (await this.#deps.provider()).parseRelayFrame(text);
    if (frame === null) return;
    if (frame.type === "opened") await this.#onOpened(socket, frame.carrierCallId);
    else if (isCurrentRelay(socket)) await this.#onTalk(frame);
  }

  async onClose(socket: WebSocket): Promise<void> {
    if (!isCurrentRelay(socket)) return;
    socket.serializeAttachment({ current: false });
    this.#stopTurn();
    await this.#deps.dispatch({ type: "relay_closed" });
  }

  /** Lets the agent take a turn; one that is still under way is given up. */
  async takeTurn(moment: Moment): Promise<void> {
    const provider = await this.#deps.provider();
    const call = this.#deps.call();
    if (call === null) return;
    this.#stopTurn();
    const turn = { abort: new AbortController(), speech: new Speech(this.#deps, provider) };
    this.#turn = turn;
    this.#playsUntilMs = Math.max(this.#playsUntilMs, Date.now());
    const end = await this.#speak(moment, call, turn);
    if (this.#turn !== turn) return;
    this.#stopTurn();
    this.#playsUntilMs += estimateSpeechMs(turn.speech.text);
    const playsUntilMs = this.#playsUntilMs;
    if (end === null) await this.#deps.dispatch({ type: "agent_spoke", playsUntilMs });
    else await this.#deps.dispatch({ type: "agent_finished", reason: end, playsUntilMs });
  }

  /** Speaks what the brain says; answers the reason if it ends the call. */
  async #speak(
    moment: Moment,
    call: Call,
    turn: { abort: AbortController; speech: Speech },
  ): Promise<AgentEndReason | null> {
    const { brain, store } = this.#deps;
    const { signal } = turn.abort;
    try {
      const outputs = brain.takeTurn({ moment, lines: store.lines(), plan: call.plan }, signal);
      for await (const output of outputs) {
        if (signal.aborted) return null;
        if (output.type === "end_call") return output.reason;
        // With no one there to hear it, what the agent does still counts.
        turn.speech.add(output.text);
      }
      return null;
    } catch (error) {
      if (signal.aborted) return null;
      logError("agent_turn_failed", error, { call_id: call.plan.callId });
      turn.speech.add(APOLOGY);
      return "agent_failed";
    }
  }

  /** Ends the turn under way, if any: what was sent of it is what was said. */
  #stopTurn(): void {
    const turn = this.#turn;
    this.#turn = null;
    turn?.abort.abort();
    turn?.speech.finish();
  }

  /** Tells the carrier that the relay is over. False if there is no socket to tell it on. */
  async end(): Promise<boolean> {
    this.#stopTurn();
    const socket = currentRelay(this.#deps.ctx);
    if (socket === undefined) return false;
    return trySend(socket, (await this.#deps.provider()).renderRelayEnd());
  }

  /** The call is over: nothing more is said or heard. */
  close(): void {
    this.#stopTurn();
    for (const socket of this.#deps.ctx.getWebSockets(RELAY_TAG))
      retire(socket, CLOSE_NORMAL, "The call is over");
  }

  async #onOpened(socket: WebSocket, carrierCallId: string): Promise<void> {
    const call = this.#deps.call();
    if (call === null || call.state.carrierCallId !== carrierCallId) {
      retire(socket, CLOSE_POLICY, "Not this call");
      return;
    }
    for (const other of this.#deps.ctx.getWebSockets(RELAY_TAG)) {
      if (other !== socket) retire(other, CLOSE_NORMAL, "Superseded");
    }
    socket.serializeAttachment({ current: true });
    this.#playsUntilMs = 0;
    await this.#deps.dispatch({ type: "relay_opened" });
    const state = this.#deps.call()?.state;
    if (state?.relay !== "open" || state.closing !== null) return;
    const lines = this.#deps.store.lines();
    const moment =
      lines.length === 0 ? "opened" : lines.at(-1)?.speaker === "customer" ? "customer_spoke" : "resumed";
    await this.takeTurn(moment);
  }

  async #onTalk(frame: Exclude<RelayFrame, { type: "opened" }>): Promise<void> {
    const { store, feed, dispatch } = this.#deps;
    const call = this.#deps.call();
    if (call === null) return;
    switch (frame.type) {
      case "prompt": {
        const words = frame.text.trim();
        if (!frame.final || words === "") return;
        this.#stopTurn();
        const nowMs = Date.now();
        // The carrier hands the words over when they were said; they began a little earlier.
        const beganMs = Math.max(call.state.answeredAtMs ?? 0, nowMs - estimateSpeechMs(words));
        const lastMs = store.lines().at(-1)?.atMs ?? 0;
        const line = { speaker: "customer" as const, text: words, atMs: Math.max(beganMs, lastMs) };
        const index = store.addLine(line.speaker, line.text, line.atMs);
        feed.showLine(index, line, call.state.answeredAtMs, nowMs);
        await dispatch({ type: "customer_spoke" });
        return;
      }
      case "interrupted":
        this.#onInterrupted(call, frame.heard);
        await dispatch({ type: "agent_spoke", playsUntilMs: Date.now() });
        return;
      case "words_played":
        if (this.#turn === null && endsWith(store.lines().at(-1)?.text ?? "", frame.text)) {
          await dispatch({ type: "words_played" });
        }
        return;
      case "error":
        logError("relay_error", frame.description, { call_id: call.plan.callId });
        return;
      case "key_pressed":
      case "other":
        return;
    }
  }

  /** The transcript keeps what was heard of the agent's last words, not what it meant to say. */
  #onInterrupted(call: Call, heard: string): void {
    const { store, feed } = this.#deps;
    this.#stopTurn();
    this.#playsUntilMs = Date.now();
    const lines = store.lines();
    const index = lines.findLastIndex((line) => line.speaker === "agent");
    const line = lines[index];
    if (line === undefined) return;
    const text = heardPart(line.text, heard);
    store.setLine(index, text);
    feed.showLine(index, { ...line, text }, call.state.answeredAtMs, Date.now());
  }
}

/** The agent's words of one turn: one line of the transcript that grows while they are sent. */
class Speech {
  text = "";
  #index: number | null = null;
  #atMs = 0;
  readonly #deps: RelayTalkDeps;
  readonly #provider: TelephonyProvider;

  constructor(deps: RelayTalkDeps, provider: TelephonyProvider) {
    this.#deps = deps;
    this.#provider = provider;
  }

  add(words: string): void {
    const { store, ctx } = this.#deps;
    const socket = currentRelay(ctx);
    if (socket === undefined) return;
    this.text += words;
    if (this.#index === null) {
      this.#atMs = Date.now();
      this.#index = store.addLine("agent", this.text, this.#atMs);
    } else {
      store.setLine(this.#index, this.text);
    }
    trySend(socket, this.#provider.renderWords(words, false));
  }

  finish(): void {
    const { feed, ctx, call } = this.#deps;
    const socket = currentRelay(ctx);
    if (this.#index === null) return;
    if (socket !== undefined) trySend(socket, this.#provider.renderWords("", true));
    const line = { speaker: "agent" as const, text: this.text, atMs: this.#atMs };
    feed.showLine(this.#index, line, call()?.state.answeredAtMs ?? null, Date.now());
  }
}

/** Carriers report words as they were sent, in pieces or whole; the last piece is what counts. */
function endsWith(said: string, played: string): boolean {
  const words = played.trim();
  return words !== "" && said.trim().endsWith(words);
}

function currentRelay(ctx: DurableObjectState): WebSocket | undefined {
  return ctx.getWebSockets(RELAY_TAG).find(isCurrentRelay);
}

function isCurrentRelay(socket: WebSocket): boolean {
  const attachment: unknown = socket.deserializeAttachment();
  return (
    typeof attachment === "object" &&
    attachment !== null &&
    "current" in attachment &&
    attachment.current === true
  );
}

function retire(socket: WebSocket, code: number, reason: string): void {
  socket.serializeAttachment({ current: false });
  socket.close(code, reason);
}
