// The conversation on the carrier's relay socket: the customer's words come in, the agent's go out.
//
// Only one turn of the agent is under way; what the customer says ends it. Nothing here waits for anything but
// the brain: a frame needs neither the database nor the carrier's account.

import type { Brain, Turn, TurnEnd } from "../../agent/brain.ts";
import { findLastWish } from "../../agent/wishes.ts";
import type { CallPlan } from "../../contract/call-plan.ts";
import type { CallEvent, Moment } from "../../domain/call/events.ts";
import type { CallState } from "../../domain/call/state.ts";
import type { Line } from "../../domain/transcript.ts";
import { logError } from "../../lib/log.ts";
import { untilAborted } from "../../lib/until-aborted.ts";
import type { RelayFrame, RelayProtocol } from "../../telephony/provider.ts";
import { relayProtocolOf } from "../../telephony/registry.ts";
import { AgentSpeech } from "./agent-speech.ts";
import { trySend } from "../watchers.ts";
import { CustomerLines } from "./customer-lines.ts";
import type { LiveFeed } from "./live-feed.ts";
import { Playback } from "./playback.ts";
import { currentRelay, dismiss, isCurrentRelay, makeCurrent, RELAY_TAG, retire } from "./relay-sockets.ts";
import type { Call, CallStore } from "./store.ts";

/** RFC 6455, 7.4.1. */
const CLOSE_NORMAL = 1000;
const CLOSE_POLICY = 1008;

/** A customer who talks on is taken note of no more often than this … */
const HEARD_EVERY_MS = 2_000;
/** … or this, where the agent waits only for them to end. */
const AWAITED_EVERY_MS = 500;

/** A carrier reports each piece that it has spoken; the call is told if the end has moved by so much. */
const PROGRESS_MS = 500;

/** In which a human was called for already, or is not to be had, or nobody is there who would talk to one. */
const MOMENTS_WITHOUT_TRANSFER: readonly Moment[] = [
  "transferring",
  "transfer_failed",
  "no_human",
  "silence_end",
];

/** A carrier's error is named in so many signs. */
const LONGEST_ERROR = 80;

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
  readonly #playback: Playback;
  readonly #customer: CustomerLines;
  #turn: AgentTurn | null = null;
  /** Until when the agent's words play, as the call was told last. */
  #toldPlaysUntilMs = 0;

  constructor(deps: RelayTalkDeps) {
    this.#deps = deps;
    const { feed, call } = deps;
    const { transcript } = deps.store;
    const answeredAtMs = (): number | null => call()?.state.answeredAtMs ?? null;
    this.#playback = new Playback({ transcript, feed, answeredAtMs });
    this.#customer = new CustomerLines({ transcript, feed, playback: this.#playback, answeredAtMs });
  }

  /**
   * What became of the agent's turn when the object had to be made anew; null if it had none. Without the carrier's
   * socket nobody hears it any more.
   */
  wake(): CallEvent | null {
    const state = this.#deps.call()?.state;
    if (state?.relay !== "open") return null;
    if (!this.hasSocket()) {
      this.#playback.lost(Date.now());
      return { type: "relay_closed" };
    }
    if (state.turn === null) return null;
    const wasHeard = this.#deps.store.transcript.lastLine()?.speaker === "agent";
    return { type: "turn_cut", wasHeard, playsUntilMs: this.#playback.busyUntilMs() };
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
    dismiss(socket);
    this.#loseRelay();
    await this.#deps.dispatch({ type: "relay_closed" });
  }

  /** Lets the agent take a turn; one that is still under way is given up. */
  async takeTurn(moment: Moment): Promise<void> {
    const call = this.#deps.call();
    if (call === null) return;
    this.#stopTurn();
    // By the time it is to be taken, the call may be about to end.
    if (call.state.closing !== null || call.state.relay !== "open") return;
    const { store, feed, ctx } = this.#deps;
    const speech = new AgentSpeech({
      transcript: store.transcript,
      feed,
      playback: this.#playback,
      protocol: protocolOf(call),
      socket: () => currentRelay(ctx),
      answeredAtMs: call.state.answeredAtMs,
    });
    const turn = { abort: new AbortController(), speech };
    this.#turn = turn;
    const end = await this.#speak(moment === "resumed" ? this.#openingMoment(call) : moment, call, turn);
    if (this.#turn !== turn) return;
    this.#stopTurn();
    await this.#finishTurn(end, speech.text !== "");
  }

  async #finishTurn(end: TurnEnd | null, spoke: boolean): Promise<void> {
    const { dispatch, callHuman } = this.#deps;
    const playsUntilMs = Math.max(Date.now(), this.#playback.busyUntilMs());
    if (end?.type === "end_call")
      return dispatch({ type: "agent_finished", reason: end.reason, playsUntilMs });
    await dispatch({ type: spoke || end !== null ? "agent_spoke" : "agent_silent", playsUntilMs });
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

  /** The call has moved on: what is not said yet may have to stay unsaid. */
  follow(before: CallState, after: CallState): void {
    if (after.status === "ended" && before.status !== "ended") this.#close();
    else if (after.closing !== null || hasLeftAgent(before, after)) this.#stopTurn();
  }

  /** A machine is told this by the carrier. If it is asked again, it is the same. */
  noteMessage(text: string): void {
    const { store, feed, call } = this.#deps;
    if (store.transcript.lastLine() !== null) return;
    const { index, atMs } = store.transcript.addLine("agent", text, Date.now());
    feed.showLine(index, { speaker: "agent", text, atMs }, call()?.state.answeredAtMs ?? null, atMs);
  }

  /** The call is over: nothing more is said or heard. */
  #close(): void {
    this.#loseRelay();
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
      for await (const output of untilAborted(outputs, signal)) {
        if (output.type === "words") speech.add(output.text);
        else if (output.type === "record_details") {
          await dispatch({ type: "details_recorded", details: output.details });
        } else if (output.type === "model_failed" || output.type === "wish_heard") await dispatch(output);
        else if (output.type === "end_call" || !MOMENTS_WITHOUT_TRANSFER.includes(moment)) return output;
      }
      return null;
    } catch (error) {
      if (signal.aborted) return null;
      logError("agent_turn_failed", error, { call_id: call.plan.callId });
      // A human is about to take over, with the agent's words or without.
      if (moment === "transferring") return null;
      speech.add(speech.text === "" ? APOLOGY : ` ${APOLOGY}`);
      return { type: "end_call", reason: "agent_failed" };
    }
  }

  #turnOf(moment: Moment, { plan, state }: Call): Turn {
    const { details, byScript, timers } = state;
    const leftMs = timers.max_duration === undefined ? null : timers.max_duration - Date.now();
    const secondsLeft = leftMs === null ? null : Math.max(0, Math.round(leftMs / 1000));
    return { moment, lines: this.#heardLines(), plan, details, secondsLeft, byScript };
  }

  #heardLines(): Line[] {
    return this.#deps.store.transcript.lines().filter(({ text }) => text !== "");
  }

  /** What the agent begins with on a new relay, given what was heard so far. */
  #openingMoment({ state }: Call): Moment {
    if (state.transfer?.untold === true) return "transfer_failed";
    const last = this.#heardLines().at(-1);
    if (last === undefined) return "opened";
    return last.speaker === "customer" ? "customer_spoke" : "resumed";
  }

  /** Ends the turn under way, if any: what was sent of it is what was said. */
  #stopTurn(): void {
    const turn = this.#turn;
    this.#turn = null;
    turn?.abort.abort();
    turn?.speech.finish();
  }

  /** Nobody hears the agent any more. */
  #loseRelay(): void {
    this.#stopTurn();
    this.#playback.lost(Date.now());
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
    if (!isCurrentRelay(socket)) this.#loseRelay();
    for (const other of this.#deps.ctx.getWebSockets(RELAY_TAG)) {
      if (other !== socket) retire(other, CLOSE_NORMAL, "Superseded");
    }
    makeCurrent(socket);
    await this.#deps.dispatch({ type: "relay_opened", sessionId: frame.sessionId });
    await this.takeTurn("resumed");
  }

  async #onTalk(call: Call, frame: Exclude<RelayFrame, { type: "opened" }>): Promise<void> {
    switch (frame.type) {
      case "prompt":
        return frame.final ? this.#onWords(call, frame.text.trim()) : this.#onTalkingOn(call, frame.text);
      case "interrupted":
        return this.#onInterrupted(call, frame.heard);
      case "words_played":
        return this.#onPlayed(frame.text);
      case "error":
        logError("relay_error", nameOfError(frame.description), { call_id: call.plan.callId });
        return;
      case "key_pressed":
        return this.#onKey(call, frame.digit);
      case "other":
        return;
    }
  }

  async #onWords(call: Call, words: string): Promise<void> {
    if (words === "") return;
    const isCutOff = this.#stopTurnOf(call);
    this.#customer.said(words);
    if (call.state.closing !== null) return this.#heed();
    await this.#deps.dispatch({ type: "customer_spoke" });
    if (isCutOff) await this.#endAnnouncement(call);
    if (call.state.status === "transferring") await this.#heed();
  }

  /** Keys that follow each other are one line; what they mean is asked of the agent when all of them are there. */
  async #onKey(call: Call, key: string): Promise<void> {
    const isCutOff = this.#stopTurnOf(call);
    const isLast = this.#customer.pressed(key);
    await this.#deps.dispatch({ type: "key_pressed", isLast });
    if (isCutOff) await this.#endAnnouncement(call);
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
  async #heed(): Promise<void> {
    if (findLastWish(this.#heardLines()) !== "opt_out") return;
    await this.#deps.dispatch({ type: "wish_heard", reason: "dnc_request" });
  }

  /** The customer has not said all yet. An agent that has not begun to speak does not do so now. */
  async #onTalkingOn(call: Call, words: string): Promise<void> {
    const { state } = call;
    const isUnsaid = this.#turn?.speech.text === "" && state.status === "in_progress" && words.trim() !== "";
    if (isUnsaid) await this.#cutTurn(false);
    const isAwaited = state.owedTurn !== null || state.timers.keys !== undefined;
    const everyMs = isAwaited ? AWAITED_EVERY_MS : HEARD_EVERY_MS;
    if (!isUnsaid && Date.now() - (state.heardAtMs ?? 0) < everyMs) return;
    await this.#deps.dispatch({ type: "customer_heard", playsUntilMs: this.#playback.busyUntilMs() });
  }

  async #cutTurn(wasHeard: boolean): Promise<void> {
    this.#stopTurn();
    await this.#deps.dispatch({ type: "turn_cut", wasHeard, playsUntilMs: this.#playback.busyUntilMs() });
  }

  async #onPlayed(words: string): Promise<void> {
    const played = this.#playback.played(words, Date.now());
    if (played === "nothing" || this.#turn !== null) return;
    if (played === "all") return this.#deps.dispatch({ type: "words_played" });
    const playsUntilMs = this.#playback.busyUntilMs();
    if (Math.abs(playsUntilMs - this.#toldPlaysUntilMs) < PROGRESS_MS) return;
    this.#toldPlaysUntilMs = playsUntilMs;
    await this.#deps.dispatch({ type: "words_played", playsUntilMs });
  }

  /** The transcript keeps what was heard of the agent's words, not what it meant to say. */
  async #onInterrupted(call: Call, heard: string): Promise<void> {
    // A turn that has said nothing yet was not what was cut off, and is still to come.
    const isCutOff = this.#turn !== null && this.#turn.speech.text !== "";
    if (isCutOff) this.#stopTurn();
    const wasHeard = !this.#playback.interrupted(heard, Date.now());
    if (isCutOff) await this.#cutTurn(wasHeard);
    const answers = this.#heardLines().at(-1)?.speaker === "customer";
    await this.#deps.dispatch({ type: "words_cut", wasHeard: isCutOff || wasHeard, answers });
    if (isCutOff) await this.#endAnnouncement(call);
  }
}

/** Carriers quote the frame that they did not understand, and in it stand the agent's words. */
function nameOfError(description: string): string {
  return (description.split("{", 1)[0] ?? "").slice(0, LONGEST_ERROR);
}

/** The line goes to a human, whatever the agent was about to say. */
function hasLeftAgent(before: CallState, after: CallState): boolean {
  return before.relay === "open" && after.relay !== "open" && after.status === "transferring";
}

function protocolOf({ plan }: Call): RelayProtocol {
  return relayProtocolOf(plan.carrier.kind);
}
