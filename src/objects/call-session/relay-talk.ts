// The conversation on the carrier's relay socket: the customer's words come in, the agent's go out.
//
// Only one turn of the agent is under way; what the customer says ends it. Nothing here waits for anything but
// the brain: a frame needs neither the database nor the carrier's account.

import type { Brain, Turn, TurnEnd } from "../../agent/brain.ts";
import type { CallPlan } from "../../contract/call-plan.ts";
import type { CallEvent, Moment } from "../../domain/call/events.ts";
import { estimateSpeechMs } from "../../domain/speech.ts";
import { heardPart, type Line } from "../../domain/transcript.ts";
import { logError } from "../../lib/log.ts";
import type { RelayFrame, RelayProtocol } from "../../telephony/provider.ts";
import { relayProtocolOf } from "../../telephony/registry.ts";
import { AgentSpeech } from "./agent-speech.ts";
import { trySend } from "../watchers.ts";
import type { LiveFeed } from "./live-feed.ts";
import type { Call, CallStore } from "./store.ts";

export const RELAY_TAG = "relay";

/** RFC 6455, 7.4.1. */
const CLOSE_NORMAL = 1000;
const CLOSE_POLICY = 1008;

/** A customer who talks on is taken note of no more often than this. */
const HEARD_EVERY_MS = 2_000;

/** In which a human was called for already, or is not to be had. */
const TRANSFER_MOMENTS: readonly Moment[] = ["transferring", "transfer_failed", "no_human"];

const APOLOGY = "I am sorry, something went wrong on our side. Goodbye.";

export type RelayTalkDeps = {
  ctx: DurableObjectState;
  store: CallStore;
  feed: LiveFeed;
  openBrain: (plan: CallPlan) => Brain;
  call: () => Call | null;
  dispatch: (event: CallEvent) => Promise<void>;
  /** The agent wishes for a human. */
  callHuman: (wish: Extract<TurnEnd, { type: "transfer_to_human" }>) => Promise<void>;
};

type AgentTurn = { abort: AbortController; speech: AgentSpeech };

export class RelayTalk {
  readonly #deps: RelayTalkDeps;
  #turn: AgentTurn | null = null;
  /** When the words sent so far will have been spoken, by estimate. */
  #playsUntilMs = 0;
  /** The end of what the agent said last; after an eviction unknown, and then the estimate alone counts. */
  #lastPiece = "";
  #heardAtMs = 0;

  constructor(deps: RelayTalkDeps) {
    this.#deps = deps;
  }

  async onFrame(socket: WebSocket, text: string): Promise<void> {
    const call = this.#deps.call();
    const frame = call === null ? null : protocolOf(call).parseRelayFrame(text);
    if (call === null || frame === null) return;
    if (frame.type === "opened") await this.#onOpened(call, socket, frame);
    else if (isCurrentRelay(socket)) await this.#onTalk(call, frame);
  }

  async onClose(socket: WebSocket): Promise<void> {
    if (!isCurrentRelay(socket)) return;
    socket.serializeAttachment({ current: false });
    this.#stopTurn();
    await this.#deps.dispatch({ type: "relay_closed" });
  }

  /** Lets the agent take a turn; one that is still under way is given up. */
  async takeTurn(moment: Moment): Promise<void> {
    const call = this.#deps.call();
    if (call === null) return;
    const cut = this.#turn;
    this.#stopTurn();
    // Nobody has interrupted it: what was sent of it is spoken all the same, before this turn is.
    if (cut !== null) this.#playsUntilMs = cut.speech.playsUntilMs(this.#playsUntilMs);
    const { store, feed, ctx } = this.#deps;
    const speech = new AgentSpeech({
      store,
      feed,
      protocol: protocolOf(call),
      socket: () => currentRelay(ctx),
      answeredAtMs: call.state.answeredAtMs,
    });
    const turn = { abort: new AbortController(), speech };
    this.#turn = turn;
    const end = await this.#speak(moment, call, turn);
    if (this.#turn !== turn) return;
    this.#stopTurn();
    this.#playsUntilMs = speech.playsUntilMs(this.#playsUntilMs);
    this.#lastPiece = speech.lastPiece;
    await this.#finishTurn(end, speech.text !== "");
  }

  async #finishTurn(end: TurnEnd | null, spoke: boolean): Promise<void> {
    const { dispatch, callHuman } = this.#deps;
    const playsUntilMs = this.#playsUntilMs;
    if (end?.type === "end_call")
      return dispatch({ type: "agent_finished", reason: end.reason, playsUntilMs });
    if (end === null || spoke) await dispatch({ type: "agent_spoke", playsUntilMs });
    if (end !== null) await callHuman(end);
  }

  hasSocket(): boolean {
    return currentRelay(this.#deps.ctx) !== undefined;
  }

  /**
   * Tells the carrier that the relay is over. False if there is no socket to tell it on.
   *
   * @param handoff for whoever handles the line next.
   */
  end(handoff: string | null = null): boolean {
    this.#stopTurn();
    const call = this.#deps.call();
    const socket = currentRelay(this.#deps.ctx);
    if (call === null || socket === undefined) return false;
    return trySend(socket, protocolOf(call).renderRelayEnd(handoff));
  }

  /** What is not said yet stays unsaid. */
  hush(): void {
    this.#stopTurn();
  }

  /** The call is over: nothing more is said or heard. */
  close(): void {
    this.#stopTurn();
    for (const socket of this.#deps.ctx.getWebSockets(RELAY_TAG)) {
      retire(socket, CLOSE_NORMAL, "The call is over");
    }
  }

  /** Speaks what the brain says; answers what it wishes in the end, if anything. */
  async #speak(moment: Moment, call: Call, { abort, speech }: AgentTurn): Promise<TurnEnd | null> {
    const { openBrain, dispatch } = this.#deps;
    const { signal } = abort;
    try {
      const outputs = openBrain(call.plan).takeTurn(this.#turnOf(moment, call), signal);
      for await (const output of outputs) {
        if (signal.aborted) return null;
        if (output.type === "words") speech.add(output.text);
        else if (output.type === "record_details") {
          await dispatch({ type: "details_recorded", details: output.details });
        } else if (output.type === "model_failed") await dispatch({ type: "model_failed" });
        else if (output.type === "end_call" || !TRANSFER_MOMENTS.includes(moment)) return output;
      }
      return null;
    } catch (error) {
      if (signal.aborted) return null;
      logError("agent_turn_failed", error, { call_id: call.plan.callId });
      // A human is about to take over, with the agent's words or without.
      if (moment === "transferring") return null;
      speech.add(APOLOGY);
      return { type: "end_call", reason: "agent_failed" };
    }
  }

  #turnOf(moment: Moment, { plan, state }: Call): Turn {
    const { details, byScript, timers } = state;
    const leftMs = timers.max_duration === undefined ? null : timers.max_duration - Date.now();
    const secondsLeft = leftMs === null ? null : Math.max(0, Math.round(leftMs / 1000));
    return { moment, lines: this.#deps.store.lines(), plan, details, secondsLeft, byScript };
  }

  /** Ends the turn under way, if any: what was sent of it is what was said. */
  #stopTurn(): void {
    const turn = this.#turn;
    this.#turn = null;
    turn?.abort.abort();
    turn?.speech.finish();
  }

  async #onOpened(
    call: Call,
    socket: WebSocket,
    frame: Extract<RelayFrame, { type: "opened" }>,
  ): Promise<void> {
    if (call.state.carrierCallId !== frame.carrierCallId || call.state.status !== "in_progress") {
      retire(socket, CLOSE_POLICY, "No such talk");
      return;
    }
    for (const other of this.#deps.ctx.getWebSockets(RELAY_TAG)) {
      if (other !== socket) retire(other, CLOSE_NORMAL, "Superseded");
    }
    socket.serializeAttachment({ current: true });
    this.#playsUntilMs = 0;
    await this.#deps.dispatch({ type: "relay_opened", sessionId: frame.sessionId });
    const state = this.#deps.call()?.state;
    if (state?.relay !== "open" || state.closing !== null) return;
    const last = this.#deps.store.lastLine();
    if (call.state.transfer?.untold === true) return this.takeTurn("transfer_failed");
    const resumed = last?.speaker === "customer" ? "customer_spoke" : "resumed";
    await this.takeTurn(last === null ? "opened" : resumed);
  }

  async #onTalk(call: Call, frame: Exclude<RelayFrame, { type: "opened" }>): Promise<void> {
    switch (frame.type) {
      case "prompt":
        return frame.final ? this.#onWords(call, frame.text.trim()) : this.#onTalkingOn();
      case "interrupted":
        return this.#onInterrupted(call, frame.heard);
      case "words_played":
        return this.#onPlayed(frame.text.trim());
      case "error":
        logError("relay_error", frame.description, { call_id: call.plan.callId });
        return;
      case "key_pressed":
      case "other":
        return;
    }
  }

  async #onWords(call: Call, words: string): Promise<void> {
    if (words === "") return;
    const { store, feed, dispatch } = this.#deps;
    const nowMs = Date.now();
    const isCutOff = this.#stopTurnOf(call);
    // The carrier hands the words over when they were said; they began earlier, but after the agent had spoken.
    const beganMs = nowMs - estimateSpeechMs(words);
    const earliestMs = Math.max(call.state.answeredAtMs ?? 0, Math.min(this.#playsUntilMs, nowMs));
    const { index, atMs } = store.addLine("customer", words, Math.max(beganMs, earliestMs));
    const line: Line = { speaker: "customer", text: words, atMs };
    feed.showLine(index, line, call.state.answeredAtMs, nowMs);
    if (call.state.closing !== null) return this.#heed(call);
    await dispatch({ type: "customer_spoke" });
    if (isCutOff) await this.#endAnnouncement(call);
    if (call.state.status === "transferring") await this.#heed(call);
  }

  /**
   * The customer speaks, which ends the agent's turn. That a human takes over is said all the same if nothing of it
   * was said yet. True if it ended one of which something was.
   */
  #stopTurnOf(call: Call): boolean {
    const isSilent = this.#turn?.speech.text === "";
    if (isSilent && call.state.status === "transferring") return false;
    const stopped = this.#turn !== null;
    this.#stopTurn();
    return stopped;
  }

  /** What was said of it must do: it is not begun again. */
  async #endAnnouncement(call: Call): Promise<void> {
    if (call.state.status !== "transferring") return;
    await this.#deps.dispatch({ type: "agent_spoke", playsUntilMs: Date.now() });
  }

  /** The call is about to end, or a human to take over; but a wish not to be called again is still heard. */
  async #heed(call: Call): Promise<void> {
    const { openBrain, dispatch } = this.#deps;
    const turn = this.#turnOf("customer_spoke", call);
    for await (const output of openBrain(call.plan).takeTurn(turn, new AbortController().signal)) {
      if (output.type !== "end_call" || output.reason !== "dnc_request") continue;
      await dispatch({ type: "wish_heard", reason: output.reason });
    }
  }

  async #onTalkingOn(): Promise<void> {
    const nowMs = Date.now();
    if (nowMs - this.#heardAtMs < HEARD_EVERY_MS) return;
    this.#heardAtMs = nowMs;
    await this.#deps.dispatch({ type: "customer_heard" });
  }

  /** Carriers report words as they were sent, in pieces or whole; the last piece is what counts. */
  async #onPlayed(words: string): Promise<void> {
    if (this.#turn !== null || words === "") return;
    const whole = this.#deps.store.lastLine()?.text.trim();
    if (words !== this.#lastPiece.trim() && words !== whole) return;
    this.#playsUntilMs = Date.now();
    await this.#deps.dispatch({ type: "words_played" });
  }

  /** The transcript keeps what was heard of the agent's last words, not what it meant to say. */
  async #onInterrupted(call: Call, heard: string): Promise<void> {
    const { store, feed, dispatch } = this.#deps;
    // A turn that has said nothing yet was not what was cut off, and is still to come.
    const isCutOff = this.#turn !== null && this.#turn.speech.text !== "";
    if (isCutOff) this.#stopTurn();
    this.#playsUntilMs = Date.now();
    const line = store.lastLine();
    if (line?.speaker === "agent") {
      const text = heardPart(line.text, heard);
      store.setLine(line.index, text);
      feed.showLine(line.index, { ...line, text }, call.state.answeredAtMs, Date.now());
    }
    await dispatch({ type: "customer_heard" });
    if (isCutOff) await this.#endAnnouncement(call);
  }
}

function protocolOf({ plan }: Call): RelayProtocol {
  return relayProtocolOf(plan.carrier.kind);
}

function currentRelay(ctx: DurableObjectState): WebSocket | undefined {
  return ctx.getWebSockets(RELAY_TAG).find(isCurrentRelay);
}

/** A socket that closed while the object was out of memory has no tags any more, and asking for them throws. */
export function isRelay(ctx: DurableObjectState, socket: WebSocket): boolean {
  try {
    return ctx.getTags(socket).includes(RELAY_TAG);
  } catch {
    return false;
  }
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
