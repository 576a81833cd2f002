import { describe, expect, test } from "vitest";
import type { RelayFrame } from "../../src/telephony/provider.ts";
import { parseRelayFrame } from "../../src/telephony/twilio/documents.ts";
import { ACCOUNT_SID, CALL_SID } from "./fake-twilio.ts";

const SETUP = {
  type: "setup",
  sessionId: `VX${"0".repeat(32)}`,
  accountSid: ACCOUNT_SID,
  parentCallSid: "",
  callSid: CALL_SID,
  from: "+18005550100",
  to: "+18005550101",
  callType: "PSTN",
  direction: "outbound-api",
  callStatus: "IN-PROGRESS",
  customParameters: {},
};

const FRAMES: [name: string, sent: object, read: RelayFrame][] = [
  ["setup", SETUP, { type: "opened", carrierCallId: CALL_SID, sessionId: SETUP.sessionId }],
  [
    "setup that names no session",
    { type: "setup", callSid: CALL_SID },
    { type: "opened", carrierCallId: CALL_SID, sessionId: null },
  ],
  [
    "setup with an empty session",
    { type: "setup", callSid: CALL_SID, sessionId: "" },
    { type: "opened", carrierCallId: CALL_SID, sessionId: null },
  ],
  [
    "prompt that is final",
    { type: "prompt", voicePrompt: "Hi! Who is this?", lang: "en-US", last: true },
    { type: "prompt", text: "Hi! Who is this?", final: true },
  ],
  [
    "prompt with more to come",
    { type: "prompt", voicePrompt: "Hi", last: false },
    { type: "prompt", text: "Hi", final: false },
  ],
  [
    "prompt that does not say",
    { type: "prompt", voicePrompt: "Hi" },
    { type: "prompt", text: "Hi", final: true },
  ],
  [
    "empty prompt",
    { type: "prompt", voicePrompt: "", last: true },
    { type: "prompt", text: "", final: true },
  ],
  [
    "interrupt",
    { type: "interrupt", utteranceUntilInterrupt: "Life is a", durationUntilInterruptMs: 460 },
    { type: "interrupted", heard: "Life is a" },
  ],
  [
    "interrupt as older documents show it",
    { type: "interrupt", utteranceUntilInterrupt: "Life is a", durationUntilInterruptMs: "460" },
    { type: "interrupted", heard: "Life is a" },
  ],
  ["interrupt before a word", { type: "interrupt" }, { type: "interrupted", heard: "" }],
  ["key", { type: "dtmf", digit: "1" }, { type: "key_pressed", digit: "1" }],
  ["hash key", { type: "dtmf", digit: "#" }, { type: "key_pressed", digit: "#" }],
  [
    "words played",
    { type: "info", name: "tokensPlayed", value: "Good bye." },
    { type: "words_played", text: "Good bye." },
  ],
  ["words played, unnamed", { type: "info", name: "tokensPlayed" }, { type: "words_played", text: "" }],
  ["other information", { type: "info", name: "clientSpeaking", value: "on" }, { type: "other" }],
  [
    "error",
    { type: "error", description: "Invalid message received" },
    { type: "error", description: "Invalid message received" },
  ],
  ["error without words", { type: "error" }, { type: "error", description: "" }],
  ["unknown type", { type: "weather", value: "fine" }, { type: "other" }],
  ["type of another case", { type: "Prompt", voicePrompt: "Hi" }, { type: "other" }],
];

describe("frames of the relay", () => {
  test.each(FRAMES)("%s", (_, sent, read) => {
    expect(parseRelayFrame(JSON.stringify(sent))).toEqual(read);
  });

  test.each([
    ["setup without a call", { type: "setup" }],
    ["setup with a number for a call", { type: "setup", callSid: 1 }],
    ["setup with a number for a session", { ...SETUP, sessionId: 1 }],
    ["prompt without words", { type: "prompt", last: true }],
    ["prompt with a list of words", { type: "prompt", voicePrompt: ["Hi"] }],
    ["several keys at once", { type: "dtmf", digit: "12" }],
    ["no key", { type: "dtmf", digit: "" }],
    ["a key that no phone has", { type: "dtmf", digit: "]" }],
    ["key as a number", { type: "dtmf", digit: 1 }],
    ["information without a name", { type: "info", value: "tokensPlayed" }],
  ])("is passed over: %s", (_, sent) => {
    expect(parseRelayFrame(JSON.stringify(sent))).toEqual({ type: "other" });
  });

  test("words without end are cut, and a frame without end is none", () => {
    const prompt = (voicePrompt: string) => JSON.stringify({ type: "prompt", voicePrompt });
    expect(parseRelayFrame(prompt("é".repeat(4_000)))).toMatchObject({ text: "é".repeat(4_000) });
    expect(parseRelayFrame(prompt("é".repeat(4_001)))).toMatchObject({ text: "é".repeat(4_000) });
    const halved = `${"a".repeat(3_999)}😀!`;
    expect(parseRelayFrame(prompt(halved))).toMatchObject({ text: "a".repeat(3_999) });
    const interrupt = { type: "interrupt", utteranceUntilInterrupt: "a".repeat(5_000) };
    expect(parseRelayFrame(JSON.stringify(interrupt))).toMatchObject({ heard: "a".repeat(4_000) });
    expect(parseRelayFrame(prompt("a".repeat(65_000)))).toMatchObject({ text: "a".repeat(4_000) });
    expect(parseRelayFrame(prompt("a".repeat(66_000)))).toBeNull();
  });

  test.each([
    ["empty text", ""],
    ["no JSON", "hello"],
    ["half a frame", '{"type":"prompt","voicePr'],
    ["null", "null"],
    ["a string", '"setup"'],
    ["a number", "1"],
    ["a list", '[{"type":"setup"}]'],
    ["no type", "{}"],
    ["a type that is no text", '{"type":7}'],
  ])("is no frame: %s", (_, text) => expect(parseRelayFrame(text)).toBeNull());
});
