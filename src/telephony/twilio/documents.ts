// TwiML, and the frames of ConversationRelay.
// https://www.twilio.com/docs/voice/twiml/connect/conversationrelay
// https://www.twilio.com/docs/voice/conversationrelay/websocket-messages

import { z } from "zod";
import type { LineInstruction, RelayFrame, RelayProtocol } from "../provider.ts";
import { RETRY_OVERRIDES } from "./retry-overrides.ts";

export function renderTwiml(instruction: LineInstruction): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Response>${renderVerbs(instruction)}</Response>`;
}

function renderVerbs(instruction: LineInstruction): string {
  if (instruction.kind === "hang_up") return "<Hangup/>";
  if (instruction.kind === "say") {
    return `<Say${attributes({ language: instruction.language })}>${escapeXml(instruction.text)}</Say><Hangup/>`;
  }
  const relay = attributes({
    url: instruction.relayUrl,
    language: instruction.language,
    ttsProvider: instruction.voice.provider,
    voice: instruction.voice.speaker,
    interruptible: "speech",
    dtmfDetection: "true",
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

const frameSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("setup"), callSid: z.string(), sessionId: z.string().optional() }),
  z.object({ type: z.literal("prompt"), voicePrompt: z.string(), last: z.boolean().nullish() }),
  z.object({ type: z.literal("interrupt"), utteranceUntilInterrupt: z.string().nullish() }),
  z.object({ type: z.literal("dtmf"), digit: z.string().max(1) }),
  z.object({ type: z.literal("info"), name: z.string(), value: z.string().nullish() }),
  z.object({ type: z.literal("error"), description: z.string().nullish() }),
]);

const anyFrameSchema = z.object({ type: z.string() });

/** Null for what is no frame at all; `other` for kinds that are not for us. */
export function parseRelayFrame(text: string): RelayFrame | null {
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

export function renderRelayEnd(): string {
  return JSON.stringify({ type: "end" });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export const twilioRelay: RelayProtocol = { parseRelayFrame, renderWords, renderRelayEnd };
