// Fetching TwiML and running it, verb by verb. A document that cannot be had or read is asked for once more at
// the fallback address; after that the caller hears Twilio's apology and the call ends as completed.

import { pickUp } from "./answering.ts";
import { answerParams, commonParams } from "./callbacks.ts";
import { bridge, placeLeg } from "./dialling.ts";
import { endCall } from "./ending.ts";
import { newSid } from "./formats.ts";
import { gather, say } from "./listening.ts";
import { giveWayToRelay, startByDocument } from "./recording.ts";
import { setTimer, type Turn } from "./turn.ts";
import { parseTwiml } from "./twiml.ts";
import type { Destination, Verb } from "./verbs.ts";

/** What came of a request for a document. */
export type DocumentOutcome = { kind: "document"; body: string } | { kind: "failed"; errorCode: number };

/** Twilio's code for a document that could not be had. */
export const HTTP_RETRIEVAL_FAILURE = 11200;

const APOLOGY = "We are sorry, an application error has occurred. Goodbye.";

/** The call's first document: the one given inline, or the one at `Url`. */
export function beginProgram(turn: Turn): void {
  const { document } = turn.state.order;
  if ("url" in document) return requestDocument(turn, document, answerParams(turn.state));
  load(turn, document.twiml, turn.state.documentUrl);
}

export function requestDocument(turn: Turn, to: Destination, params: Record<string, string>): void {
  turn.state.program = [];
  turn.state.request = {
    url: to.url,
    method: to.method,
    params,
    id: turn.state.nextRequestId++,
    isFallback: false,
  };
}

export function receiveDocument(turn: Turn, requestId: number, outcome: DocumentOutcome): void {
  const { request } = turn.state;
  if (request?.id !== requestId) return;
  if (outcome.kind === "failed") return recover(turn, outcome.errorCode);
  load(turn, outcome.body, request.url);
}

/** Replaces whatever is running by a document that came with a REST update. */
export function load(turn: Turn, text: string, documentUrl: string): void {
  const verbs = parseTwiml(text, documentUrl);
  if (!verbs.ok) return recover(turn, verbs.error.code);
  turn.state.request = null;
  turn.state.documentUrl = documentUrl;
  turn.state.program = verbs.value;
  runProgram(turn);
}

/** Goes on with the next verb; a program that has run out ends the call, or bridges the leg that it ran on. */
export function runProgram(turn: Turn): void {
  const next = turn.state.program.shift();
  if (turn.parent === null) return start(turn, next ?? { verb: "hangup" });
  if (next === undefined) return bridge(turn, turn.parent);
  if (WHISPERED.includes(next.verb)) start(turn, next);
  else runProgram(turn);
}

/** What a leg's document can do before the bridge; the rest is skipped. */
const WHISPERED: readonly Verb["verb"][] = ["say", "pause", "gather", "redirect", "hangup"];

/** What an unanswered call may be told without being answered. https://www.twilio.com/docs/voice/twiml/reject */
const WHILE_RINGING: readonly Verb["verb"][] = ["pause", "redirect", "reject"];

function start(turn: Turn, verb: Verb): void {
  const ringsOn = WHILE_RINGING.includes(verb.verb) || (verb.verb === "dial" && verb.dial.answerOnBridge);
  if (!ringsOn) pickUp(turn);
  switch (verb.verb) {
    case "say":
      return say(turn, verb.text);
    case "gather":
      return gather(turn, verb.gather);
    case "dial":
      return placeLeg(turn, verb.dial);
    case "pause":
      return setTimer(turn, "verb", verb.seconds * 1000);
    case "hangup":
      return endCall(turn, "completed", 200);
    case "reject":
      return reject(turn, verb.reason);
    case "redirect":
      return requestDocument(turn, verb.to, commonParams(turn.state));
    case "record":
      startByDocument(turn, { channels: 2, callback: verb.callback, events: verb.events });
      return runProgram(turn);
    case "relay":
      giveWayToRelay(turn);
      turn.state.relay = {
        ...verb.relay,
        sessionId: newSid("VX"),
        phase: "connecting",
        startedAtMs: turn.nowMs,
        agent: [],
      };
  }
}

function reject(turn: Turn, reason: "busy" | "rejected"): void {
  if (turn.state.answeredAtMs !== null) return endCall(turn, "completed", 200);
  if (reason === "busy") return endCall(turn, "busy", 486);
  endCall(turn, "no-answer", 603);
}

/** The document cannot be had: the fallback may help, once; else the caller hears an apology. A leg just ends. */
export function recover(turn: Turn, errorCode: number): void {
  if (turn.parent !== null) return endCall(turn, "completed", 200);
  const { request, order } = turn.state;
  if (order.fallback !== null && request?.isFallback !== true) {
    const failed = { ErrorCode: String(errorCode), ErrorUrl: request?.url ?? turn.state.documentUrl };
    requestDocument(turn, order.fallback, { ...commonParams(turn.state), ...failed });
    if (turn.state.request !== null) turn.state.request.isFallback = true;
    return;
  }
  turn.state.request = null;
  turn.state.program = [{ verb: "say", text: APOLOGY }, { verb: "hangup" }];
  runProgram(turn);
}
