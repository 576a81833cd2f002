// The conversation over a relay socket, half by half. The agent's utterances are spoken one after another; when
// the last was heard through, the customer thinks, speaks and is transcribed. What a customer says while the
// agent is still speaking interrupts the agent, if the relay allows it.

import type { CallState, Relay } from "./call-state.ts";
import { behaviourOf, faultsOf } from "./behaviours.ts";
import { nextReply, type Script, SCRIPTS } from "./customers.ts";
import { cutSpeech } from "./ending.ts";
import { setupFrame } from "./relay-frames.ts";
import { clearTimers, setTimer, speakingMs, type Turn } from "./turn.ts";

const THINKING_MS = 600;
const ANSWERING_SOUND_MS = 400;

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
  else if (customer.saying === null) considerReply(turn);
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
  if (reply === undefined || customer.saying !== null) return;
  customer.saying = { ...reply, fromMs: turn.nowMs };
  customer.owesReply = true;
  clearTimers(turn, "customer-gives-up");
  setTimer(turn, "customer-done", speakingMs(reply.text));
  if (relay.agent.length > 0 && relay.interruptible) interruptAgent(turn, relay, atMs);
}

export function customerDone(turn: Turn, relay: Relay): void {
  const { customer, speech } = turn.state;
  if (customer.saying === null) return;
  const { text, fromMs, memory } = customer.saying;
  customer.memory = memory;
  customer.saying = null;
  customer.owesReply = false;
  speech.push({ who: "customer", fromMs, toMs: turn.nowMs });
  turn.frames.push({ type: "prompt", voicePrompt: text, lang: relay.lang, last: true });
  const script = scriptOf(turn);
  if (script.endless) setTimer(turn, "customer-starts", THINKING_MS);
  else if (relay.agent.length === 0) waitForAgent(turn, script);
}

/** The socket is gone, the customer stays on the line: words under way are lost, a reply is still owed. */
export function suspendTalk(turn: Turn): void {
  cutSpeech(turn);
  clearTimers(
    turn,
    "agent-spoken",
    "customer-starts",
    "customer-done",
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

/** The agent falls silent where it is; what it had still to say is dropped, as Twilio drops it. */
function interruptAgent(turn: Turn, relay: Relay, atMs: number): void {
  const speaking = relay.agent[0];
  relay.agent = [];
  clearTimers(turn, "agent-spoken", "customer-interrupts");
  if (speaking === undefined) return;
  const lastsMs = Math.max(1, speaking.toMs - speaking.fromMs);
  const spokenMs = Math.min(Math.max(0, atMs - speaking.fromMs), lastsMs);
  const spokenText = speaking.text.slice(0, Math.round((speaking.text.length * spokenMs) / lastsMs));
  turn.state.speech.push({ who: "agent", fromMs: speaking.fromMs, toMs: speaking.fromMs + spokenMs });
  turn.state.customer.lastHeard = spokenText;
  turn.frames.push({
    type: "interrupt",
    utteranceUntilInterrupt: spokenText,
    durationUntilInterruptMs: Math.round(spokenMs),
  });
}

/** A machine whose greeting was waited for during detection does not begin it again. */
function wasHeardOut(state: CallState): boolean {
  return state.detected?.answeredBy.startsWith("machine_end") === true;
}

/** Who is on the line, as it speaks and acts. */
export function scriptOf({ state }: Turn): Script {
  const behaviour = behaviourOf(state.behaves);
  const customer = behaviour.kind === "answers" ? behaviour.customer : "interested";
  return SCRIPTS[customer === "interested" && state.direction === "inbound" ? "caller" : customer];
}
