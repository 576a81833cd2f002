// A call that is handed over to a human, and what the application then answers.

import { Drive, RECORDED_RELAY } from "./drive.ts";

const BRIEF = "Ava, about a desk for a home office.";
/** Who answers has to press a key. */
export const BY_KEY = `<Response><Gather input="dtmf" numDigits="1" timeout="10" action="/accept?transfer=1">
  <Say>${BRIEF} Press any key to take the call.</Say></Gather><Hangup/></Response>`;
/** Whoever answers has the call. */
export const AUTO = `<Response><Say>${BRIEF}</Say><Redirect method="POST">/accept?transfer=1</Redirect></Response>`;
export const ACCEPTED = "<Response/>";

type Dial = { attributes?: string; noun?: string; whisper?: string; next?: string };

export function dial(human: string, { attributes = "", noun = "", whisper, next = "" }: Dial = {}): string {
  const url = whisper === "" ? "" : `url="${whisper ?? "/whisper?transfer=1"}"`;
  return `<Response><Dial action="/dial-end?transfer=1" timeout="20" callerId="+15550010000" ${attributes}>
    <Number ${url} ${noun}>+1500555${human}</Number></Dial>${next}</Response>`;
}

/** The agent has said that it hands over, and the application has answered with `document`. */
export function handedOver(document: string, speed = 1): Drive {
  const call = new Drive("+15005550036", {}, speed).relayOpens(RECORDED_RELAY).says("One moment, please.");
  call.until((state) => state.speech.length > 0);
  const end = { status: "ended" as const, handoffData: '{"transfer":"1"}' };
  return call.apply({ type: "relay-closed", sessionId: call.sessionId, end }).document(document);
}

export const isBridged = ({ state }: Drive): boolean => state.dial !== null && state.dial.bridge !== null;
