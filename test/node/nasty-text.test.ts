// Every pattern that sees what others wrote takes a time that grows with its length and not with the square of it: one
// that does not hangs here, and fails by the test's time-out. In Node, where the clock goes on meanwhile.

import { expect, test } from "vitest";
import { oneLine } from "../../src/agent/analysis/clean.ts";
import { analyseByRules } from "../../src/agent/analysis/rules.ts";
import { wordsOfCustomer } from "../../src/agent/llm/directions.ts";
import { SpokenWords } from "../../src/agent/llm/spoken.ts";
import { wishesOptOut, wishesOptOutForSure } from "../../src/agent/opt-out-wish.ts";
import { findWish } from "../../src/agent/wishes.ts";
import { campaignConfigSchema } from "../../src/contract/campaign-config.ts";
import { createContactSchema } from "../../src/contract/contacts.ts";
import { sipSchema } from "../../src/contract/queues.ts";
import { isPressed, pressedToo } from "../../src/domain/keys.ts";
import { estimateSpeechMs } from "../../src/domain/speech.ts";
import { heardPart, toWebVtt } from "../../src/domain/transcript.ts";
import { readByteRange } from "../../src/http/byte-range.ts";
import { describeError } from "../../src/lib/log.ts";
import { parseRelayFrame } from "../../src/telephony/twilio/documents.ts";

const LENGTH = 100_000;

/** A beginning, and what is said again and again behind it. */
const NASTY = [
  ["", "a"],
  ["", " "],
  ["", "a "],
  ["", "!"],
  ["", "0"],
  ["", "?!"],
  ["", "é’ "],
  ["no", " "],
  ["", "not "],
  ["", "never call "],
  ["", "don't call me "],
  ["", "don't "],
  ["", "you "],
  ["", "stop calling me, "],
  ["", "if you call me "],
  ["", "remove me from "],
  ["", "I want to "],
  ["[pressed 1", " 1"],
  ["bytes=1-", " "],
  ["bytes=", "0"],
  ["bytes", " "],
  ["sip:a@", "a"],
  ["sip:a@", "a."],
  ["sip:a@a", ";a=a"],
  ["", "a@"],
  ["a@", "a-"],
  ["a@", "a."],
  ["", "."],
  ["", "+1"],
  ["+", "1"],
  ["", "%2B123"],
  ["", "params"],
  ["", "params:"],
  ["tl_t_", "."],
  ["", "tl_k_"],
] as const;

function analysed(text: string): string {
  const { summary } = analyseByRules({
    callType: "outbound",
    outcome: "connected",
    endedReason: "customer_hangup",
    turns: (["agent", "customer"] as const).map((speaker) => ({ speaker, text, timestamp: 1 })),
    details: {},
    organisationName: "Luminary Home",
    agentName: "Aria",
    language: "en-US",
    config: campaignConfigSchema.parse({}),
    contact: { name: null, preferredLanguage: null, metadata: {} },
    transfer: null,
  });
  return summary;
}

const READERS: Record<string, (text: string) => unknown> = {
  wish: findWish,
  "wish not to be called": (text) => [wishesOptOut(text), wishesOptOutForSure(text)],
  analysis: analysed,
  "one line": (text) => oneLine(text, 500),
  "words for a model": wordsOfCustomer,
  "words of a model": (text) => new SpokenWords().add(text),
  "series of keys": (text) => [isPressed(text), pressedToo(text, "1")],
  "speaking time": estimateSpeechMs,
  "words heard": (text) => heardPart(text, text),
  subtitles: (text) => toWebVtt([{ speaker: "customer", text, timestamp: 1 }]),
  "relay frame": (text) => parseRelayFrame(JSON.stringify({ type: "prompt", voicePrompt: text })),
  "SIP address": (text) => sipSchema.safeParse(text).success,
  email: (text) => createContactSchema.safeParse({ phone: "+14155550192", email: text }).success,
  "range of bytes": readByteRange,
  "logged error": (text) => describeError(new Error(text)),
};

const CASES = Object.keys(READERS).flatMap((name) =>
  NASTY.map(([beginning, again]) => [name, beginning, again] as const),
);

/** What grows with the length takes a twentieth of it. */
const HANGS_AFTER_MS = 6_000;

test.for(CASES)(
  "text of any length is read in time: %s of %j and many %j",
  { timeout: HANGS_AFTER_MS },
  ([name, beginning, again]) => {
    const text = `${beginning}${again.repeat(LENGTH / again.length)}x`;
    expect(READERS[name]?.(text)).toBeDefined();
  },
);
