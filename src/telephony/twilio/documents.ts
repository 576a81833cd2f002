// TwiML, and the frames of ConversationRelay.
// https://www.twilio.com/docs/voice/twiml/connect/conversationrelay
// https://www.twilio.com/docs/voice/conversationrelay/websocket-messages

import { z } from "zod";
import { assertNever } from "../../lib/assert-never.ts";
import type { DialInstruction, LineInstruction, RelayFrame, RelayProtocol } from "../provider.ts";
import { RETRY_OVERRIDES } from "./retry-overrides.ts";

export function renderTwiml(instruction: LineInstruction): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Response>${renderVerbs(instruction)}</Response>`;
}

function renderVerbs(instruction: LineInstruction): string {
  switch (instruction.kind) {
    case "hang_up":
      return "<Hangup/>";
    case "say":
      return `${renderSay(instruction)}<Hangup/>`;
    case "relay":
      return renderRelay(instruction);
    case "dial":
      return renderDial(instruction);
    case "wait":
      return renderWait(instruction);
    case "whisper":
      return renderWhisper(instruction);
    case "put_through":
      return "";
    default:
      return assertNever(instruction);
  }
}

function renderSay({ text, language }: { text: string; language: string }): string {
  return `<Say${attributes({ language })}>${escapeXml(text)}</Say>`;
}

function renderRelay(instruction: Extract<LineInstruction, { kind: "relay" }>): string {
  const relay = attributes({
    url: instruction.relayUrl,
    language: instruction.language,
    ttsProvider: instruction.voice.provider,
    voice: instruction.voice.speaker,
    interruptible: "any",
    dtmfDetection: "true",
    // What is said or pressed into the agent's words would be dropped without a word.
    reportInputDuringAgentSpeech: "any",
    // Without them a customer who talks for long looks like one who is silent.
    partialPrompts: "true",
    // `tokensPlayed` tells when the agent's words were heard, so that the last ones are not cut off.
    events: "tokens-played",
  });
  const connect = attributes({ action: instruction.actionUrl + RETRY_OVERRIDES });
  return `${renderRecording(instruction.recordingUrl)}<Connect${connect}><ConversationRelay${relay}/></Connect>`;
}

/**
 * The one kind of recording that works beside ConversationRelay: what the create or the REST API orders is passed
 * over without a word. https://www.twilio.com/docs/voice/twiml/recording
 */
function renderRecording(recordingUrl: string | null): string {
  if (recordingUrl === null) return "";
  const recording = attributes({
    channels: "dual",
    // Untrimmed, so that the transcript's times are the recording's.
    trim: "do-not-trim",
    recordingStatusCallback: recordingUrl + RETRY_OVERRIDES,
    recordingStatusCallbackEvent: "completed",
  });
  return `<Start><Recording${recording}/></Start>`;
}

/**
 * Nothing in it may cut two people off: no key hangs up, no verb follows.
 * https://www.twilio.com/docs/voice/twiml/dial
 */
function renderDial(instruction: DialInstruction): string {
  const { to } = instruction;
  const dial = attributes({
    action: instruction.actionUrl + RETRY_OVERRIDES,
    method: "POST",
    timeout: String(instruction.ringTimeoutSeconds),
    callerId: instruction.callerId,
    timeLimit: String(instruction.timeLimitSeconds),
    // The customer hears it ring until the human has taken the call, not only picked up.
    answerOnBridge: "true",
  });
  const whisper = attributes({ url: instruction.whisperUrl + RETRY_OVERRIDES, method: "POST" });
  const noun =
    to.kind === "phone"
      ? `<Number${whisper}>${escapeXml(to.number)}</Number>`
      : `<Sip${whisper}>${escapeXml(to.address)}</Sip>`;
  return `${renderRecording(instruction.recordingUrl)}<Dial${dial}>${noun}</Dial>`;
}

/** Without the verb behind it the line would be cut at the pause's end. */
function renderWait({ seconds, thenUrl }: Extract<LineInstruction, { kind: "wait" }>): string {
  const pause = attributes({ length: String(seconds) });
  return `<Pause${pause}/><Redirect method="POST">${escapeXml(thenUrl + RETRY_OVERRIDES)}</Redirect>`;
}

/** https://www.twilio.com/docs/voice/twiml/gather */
function renderWhisper(instruction: Extract<LineInstruction, { kind: "whisper" }>): string {
  const { keyWaitSeconds, acceptUrl } = instruction;
  const action = acceptUrl + RETRY_OVERRIDES;
  if (keyWaitSeconds === null) {
    return `${renderSay(instruction)}<Redirect method="POST">${escapeXml(action)}</Redirect>`;
  }
  const gather = attributes({
    input: "dtmf",
    numDigits: "1",
    timeout: String(keyWaitSeconds),
    // Else # would end the input and be no key itself.
    finishOnKey: "",
    action,
    method: "POST",
  });
  return `<Gather${gather}>${renderSay(instruction)}</Gather><Hangup/>`;
}

function attributes(values: Record<string, string | null>): string {
  return Object.entries(values)
    .map(([name, value]) => (value === null ? "" : ` ${name}="${escapeXml(value)}"`))
    .join("");
}

/** What XML 1.0 can't hold, escaped or not: control characters, lone surrogates, U+FFFE and U+FFFF. */
const NOT_IN_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

function escapeXml(text: string): string {
  return text
    .replace(NOT_IN_XML, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&apos;");
}

/** No frame of the relay comes near it. */
const LONGEST_FRAME = 65_536;
/** Of what somebody says at a time: minutes without a breath. Cut, not refused: the call lives by what was said. */
const LONGEST_WORDS = 4_000;

const wordsSchema = z.string().transform((words) =>
  words.length <= LONGEST_WORDS
    ? words
    : words
        .slice(0, LONGEST_WORDS)
        // Never half a character.
        .replace(/[\uD800-\uDBFF]$/, ""),
);

const frameSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("setup"), callSid: z.string(), sessionId: z.string().optional() }),
  z.object({ type: z.literal("prompt"), voicePrompt: wordsSchema, last: z.boolean().nullish() }),
  z.object({ type: z.literal("interrupt"), utteranceUntilInterrupt: wordsSchema.nullish() }),
  z.object({ type: z.literal("dtmf"), digit: z.string().regex(/^[0-9A-D*#]$/) }),
  z.object({ type: z.literal("info"), name: z.string(), value: z.string().nullish() }),
  z.object({ type: z.literal("error"), description: z.string().nullish() }),
]);

const anyFrameSchema = z.object({ type: z.string() });

/** Null for what is no frame at all, or too long for one; `other` for kinds that are not for us. */
export function parseRelayFrame(text: string): RelayFrame | null {
  if (text.length > LONGEST_FRAME) return null;
  const json = parseJson(text);
  const parsed = frameSchema.safeParse(json);
  if (!parsed.success) return anyFrameSchema.safeParse(json).success ? { type: "other" } : null;
  const frame = parsed.data;
  switch (frame.type) {
    case "setup":
      return { type: "opened", carrierCallId: frame.callSid, sessionId: frame.sessionId || null };
    case "prompt":
      return { type: "prompt", text: frame.voicePrompt, final: frame.last ?? true };
    case "interrupt":
      return { type: "interrupted", heard: frame.utteranceUntilInterrupt ?? "" };
    case "dtmf":
      return { type: "key_pressed", digit: frame.digit };
    case "info":
      return frame.name === "tokensPlayed"
        ? { type: "words_played", text: frame.value ?? "" }
        : { type: "other" };
    case "error":
      return { type: "error", description: frame.description ?? "" };
  }
}

export function renderWords(text: string, last: boolean): string {
  return JSON.stringify({ type: "text", token: text, last });
}

export function renderRelayEnd(handoff: string | null): string {
  return JSON.stringify({ type: "end", ...(handoff === null ? {} : { handoffData: handoff }) });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export const twilioRelay: RelayProtocol = { parseRelayFrame, renderWords, renderRelayEnd };
