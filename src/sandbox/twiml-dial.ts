// `<Dial>` with one noun, and `<Gather>`: attributes, and what they are when they are left out.
// https://www.twilio.com/docs/voice/twiml/dial https://www.twilio.com/docs/voice/twiml/gather

import type { XmlElement } from "@rgrove/parse-xml";
import { z } from "zod";
import { destinationOf, elementsOf, optionalDestination, secondsOf } from "./twiml-elements.ts";
import { type DialOrder, type GatherOrder, STATUS_EVENTS } from "./verbs.ts";

const RING_SECONDS = 30;
const MAX_RING_SECONDS = 600;
const TALK_SECONDS = 14_400;
const MAX_TALK_SECONDS = 86_400;
const KEY_SECONDS = 5;
const MAX_PAUSE_SECONDS = 3600;

const NUMBER = /^\+[1-9]\d{6,14}$/;
const SIP = /^sips?:\S+@\S+$/i;

export function readDial(dial: XmlElement, baseUrl: string): DialOrder {
  const { action, method, timeout, timeLimit, callerId, answerOnBridge } = dial.attributes;
  const noun = elementsOf(dial)[0];
  const { url, method: urlMethod, ...status } = noun?.attributes ?? {};
  const told = (status["statusCallbackEvent"] ?? "completed").split(/\s+/);
  return {
    action: optionalDestination(action, method, baseUrl),
    timeoutSeconds: secondsOf(timeout, MAX_RING_SECONDS, RING_SECONDS),
    timeLimitSeconds: secondsOf(timeLimit, MAX_TALK_SECONDS, TALK_SECONDS),
    callerId: callerId ?? null,
    answerOnBridge: isTrue(answerOnBridge),
    to: partyOf(noun ?? dial),
    whisper: optionalDestination(url, urlMethod, baseUrl),
    statusCallback: optionalDestination(status["statusCallback"], status["statusCallbackMethod"], baseUrl),
    statusEvents: STATUS_EVENTS.filter((event) => told.includes(event)),
  };
}

export function readGather(gather: XmlElement, baseUrl: string): GatherOrder {
  const { action, method, input, timeout, numDigits, finishOnKey, actionOnEmptyResult } = gather.attributes;
  return {
    action: destinationOf(action ?? baseUrl, method, baseUrl),
    hearsKeys: (input ?? "dtmf").split(/\s+/).includes("dtmf"),
    timeoutSeconds: secondsOf(timeout, MAX_PAUSE_SECONDS, KEY_SECONDS),
    numDigits: keyCount.parse(numDigits),
    finishOnKey: finishOnKey ?? "#",
    actionOnEmptyResult: isTrue(actionOnEmptyResult),
    prompts: elementsOf(gather).flatMap((element): GatherOrder["prompts"] => {
      if (element.name === "Say") return [readSay(element)];
      return element.name === "Pause" ? [readPause(element)] : [];
    }),
  };
}

const keyCount = z.coerce.number().int().min(1).nullable().catch(null);

export function readSay(element: XmlElement): { verb: "say"; text: string } {
  return { verb: "say", text: element.text.trim() };
}

export function readPause(element: XmlElement): { verb: "pause"; seconds: number } {
  return { verb: "pause", seconds: secondsOf(element.attributes["length"], MAX_PAUSE_SECONDS, 1) };
}

/** The number or address that a noun, or the verb without one, stands around. */
function partyOf(element: XmlElement): string | null {
  const text = element.text.trim();
  if (element.name === "Sip") return SIP.test(text) ? text : null;
  return ["Number", "Dial"].includes(element.name) && NUMBER.test(text) ? text : null;
}

function isTrue(text: string | undefined): boolean {
  return text?.toLowerCase() === "true";
}
