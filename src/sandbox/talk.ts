// The conversation over a relay socket, half by half. The agent's utterances are spoken one after another; when
// the last was heard through, the customer thinks, speaks and is transcribed. What a customer says while the
// agent is still speaking interrupts the agent, if the relay allows it.

import type { CallState, Relay } from "./call-state.ts";
import { behaviourOf, faultsOf } from "./behaviours.ts";
import { nextReply, type Script, SCRIPTS } from "./customers.ts";
import { cutSpeech } from "./ending.ts";
import { interruptAgent } from "./interruption.ts";
import { setupFrame } from "./relay-frames.ts";
import { pressKey } from "./relay-keys.ts";
import { clearTimers, setTimer, speakingMs, type Turn, wordsWithin } from "./turn.ts";

const THINKING_MS = 600;
const ANSWERING_SOUND_MS = 400;
const PARTIAL_EVERY_MS = 1000;
const BETWEEN_KEYS_MS = 400;

export function openTalk(turn: Turn, relay: Relay): void {
  const { state } = turn;
  relay.phase = "open";
  relay.startedAtMs = turn.nowMs;
  turn.frames.push(setupFrame(state, relay));
  const script = scriptOf(turn);
  waitForAgent(turn, script);
  if (state.customer.owesReply) setTimer(turn, "customer-starts", THINKING_MS);
  else if (script.speaksFirst && state.customer.memory.said.length === 0 && !wasHeardOut(state)) {
    setTimer(turn, "customer-starts", ANSWERING_SOUND_MS);
  }
  if (relay.welcomeGreeting !== null) hearAgent(turn, relay, relay.welcomeGreeting, turn.nowMs);
}

/** The agent begins to speak, or will when it has said what it is saying. */
export function hearAgent(turn: Turn, relay: Relay, text: string, startedAtMs: number): void {
  const { customer } = turn.state;
  const fromMs = Math.max(startedAtMs, relay.agent.at(-1)?.toMs ?? 0);
  const lastsMs = speakingMs(text) / turn.speed;
  relay.agent.push({ text, fromMs, toMs: fromMs + lastsMs });
  if (relay.agent.length === 1) turn.state.timers["agent-spoken"] = fromMs + lastsMs;
  customer.heard += 1;
  const script = scriptOf(turn);
  clearTimers(turn, "customer-gives-up");
  if (!script.endless && !script.speaksFirst) clearTimers(turn, "customer-starts");
  const halfWay = fromMs + lastsMs / 2;
  if (customer.heard === script.hangsUpDuring) turn.state.timers["customer-hangs-up"] = halfWay;
  if (customer.heard === script.interruptsDuring) turn.state.timers["customer-interrupts"] = halfWay;
  const { dropsRelayDuring } = faultsOf(turn.state.behaves);
  if (customer.heard === dropsRelayDuring) turn.state.timers["relay-drops"] = halfWay;
}

/** The utterance under way was heard to its end. */
export function agentSpoken(turn: Turn, relay: Relay): void {
  const spoken = relay.agent.shift();
  if (spoken === undefined) return;
  const { customer } = turn.state;
  turn.state.speech.push({ who: "agent", fromMs: spoken.fromMs, toMs: spoken.toMs });
  customer.lastHeard = spoken.text;
  if (relay.reportsTokensPlayed) {
    turn.frames.push({ type: "info", name: "tokensPlayed", value: spoken.text });
  }
  const next = relay.agent[0];
  if (next !== undefined) turn.state.timers["agent-spoken"] = next.toMs;
  else if (customer.saying === null && customer.pressing === null) considerReply(turn);
}

function considerReply(turn: Turn): void {
  const script = scriptOf(turn);
  const { customer, timers } = turn.state;
  if (timers["customer-starts"] !== undefined) return;
  customer.owesReply = nextReply(script, customer.memory, customer.lastHeard) !== undefined;
  if (customer.owesReply) setTimer(turn, "customer-starts", THINKING_MS);
  else waitForAgent(turn, script);
}

/** @param atMs up to when an agent that is spoken over was heard; an alarm that rang late changes nothing about it. */
export function customerStarts(turn: Turn, relay: Relay, atMs = turn.nowMs): void {
  const { customer } = turn.state;
  const reply = nextReply(scriptOf(turn), customer.memory, customer.lastHeard);
  if (reply === undefined || customer.saying !== null || customer.pressing !== null) return;
  const { text, pressed, memory } = reply;
  customer.owesReply = true;
  clearTimers(turn, "customer-gives-up");
  if (pressed) {
    customer.pressing = { keys: text, memory };
    return customerPresses(turn, relay);
  }
  customer.saying = { text, memory, fromMs: turn.nowMs };
  setTimer(turn, "customer-done", speakingMs(text));
  if (relay.sendsPartials) setTimer(turn, "customer-goes-on", PARTIAL_EVERY_MS);
  if (relay.interruptible) interruptAgent(turn, relay, atMs);
}

/** It is still speaking: its words so far. */
export function customerGoesOn(turn: Turn, relay: Relay): void {
  const { saying } = turn.state.customer;
  if (saying === null) return;
  const words = wordsWithin(saying.text, (turn.nowMs - saying.fromMs) * turn.speed);
  if (words !== "") {
    turn.frames.push({ type: "prompt", voicePrompt: words, lang: relay.lang, last: false });
  }
  setTimer(turn, "customer-goes-on", PARTIAL_EVERY_MS);
}

export function customerDone(turn: Turn, relay: Relay): void {
  const { customer, speech } = turn.state;
  if (customer.saying === null) return;
  const { text, fromMs, memory } = customer.saying;
  customer.memory = memory;
  customer.saying = null;
  customer.owesReply = false;
  clearTimers(turn, "customer-goes-on");
  speech.push({ who: "customer", fromMs, toMs: turn.nowMs });
  turn.frames.push({ type: "prompt", voicePrompt: text, lang: relay.lang, last: true });
  const script = scriptOf(turn);
  if (script.endless) setTimer(turn, "customer-starts", THINKING_MS);
  else if (relay.agent.length === 0) waitForAgent(turn, script);
}

/** One key after the other. */
export function customerPresses(turn: Turn, relay: Relay): void {
  const { customer } = turn.state;
  if (customer.pressing === null) return;
  const { keys, memory } = customer.pressing;
  pressKey(turn, relay, keys.charAt(0));
  if (keys.length > 1) {
    customer.pressing = { keys: keys.slice(1), memory };
    return setTimer(turn, "customer-presses", BETWEEN_KEYS_MS);
  }
  customer.pressing = null;
  customer.memory = memory;
  customer.owesReply = false;
  if (relay.agent.length === 0) waitForAgent(turn, scriptOf(turn));
}

/** The socket is gone, the customer stays on the line: words under way are lost, a reply is still owed. */
export function suspendTalk(turn: Turn): void {
  cutSpeech(turn);
  turn.state.customer.pressing = null;
  clearTimers(
    turn,
    "agent-spoken",
    "customer-starts",
    "customer-done",
    "customer-goes-on",
    "customer-presses",
    "customer-interrupts",
    "customer-hangs-up",
    "customer-gives-up",
    "relay-drops",
  );
}

function waitForAgent(turn: Turn, script: Script): void {
  if (script.patienceMs === "endless") return;
  turn.state.timers["customer-gives-up"] = turn.nowMs + script.patienceMs;
}

/** A machine whose greeting was waited for during detection does not begin it again. */
function wasHeardOut(state: CallState): boolean {
  return state.detected?.answeredBy.startsWith("machine_end") === true;
}

/** Who is on the line, as it speaks and acts. */
export function scriptOf({ state }: Pick<Turn, "state">): Script {
  const behaviour = behaviourOf(state.behaves);
  const customer = behaviour.kind === "answers" ? behaviour.customer : "interested";
  return SCRIPTS[customer === "interested" && state.direction === "inbound" ? "caller" : customer];
}
