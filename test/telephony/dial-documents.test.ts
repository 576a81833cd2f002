// The documents by which a human is rung, told what the call is about, and put through.

import { parseXml, XmlElement } from "@rgrove/parse-xml";
import { describe, expect, test } from "vitest";
import type { DialInstruction, LineInstruction } from "../../src/telephony/provider.ts";
import { renderTwiml } from "../../src/telephony/twilio/documents.ts";

const RETRIES = "#rc=5&rp=ct,rt,5xx";
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';
const DIAL: DialInstruction = {
  kind: "dial",
  to: { kind: "phone", number: "+15005550090" },
  callerId: "+15550010000",
  ringTimeoutSeconds: 20,
  timeLimitSeconds: 14_460,
  whisperUrl: "https://calls.example/whisper?transfer=trf_1&human=hum_1",
  actionUrl: "https://calls.example/dial-end?transfer=trf_1&human=hum_1",
  recordingUrl: null,
};
type Whisper = Extract<LineInstruction, { kind: "whisper" }>;
const WHISPER: Whisper = {
  kind: "whisper",
  text: "Dana asks for a discount. Press any key to take the call.",
  language: "en-GB",
  keyWaitSeconds: 10,
  acceptUrl: "https://calls.example/accept?transfer=trf_1&human=hum_1",
};
const HOSTILE = [
  ["an element", "</Say><Dial>+15005550000</Dial><Say>"],
  ["the end of it all", "</Say></Gather></Response><!--"],
  ["quotes", `" action='https://evil.example`],
  ["a section", "]]><![CDATA[<Hangup/>]]>"],
  ["an entity", "&lt;&amp;&#60;"],
  ["a line end", "one\ntwo\ttwo"],
] as const;

/** The verbs of the document, in order. */
function verbsOf(instruction: LineInstruction): XmlElement[] {
  return elementsOf(parseXml(renderTwiml(instruction)).root);
}

function elementsOf(parent: XmlElement | null | undefined): XmlElement[] {
  return (parent?.children ?? []).map((child) => {
    if (!(child instanceof XmlElement)) throw new Error(`Words between elements: ${parent?.name}`);
    return child;
  });
}

describe("to ring a human", () => {
  test("the document begins a recording where it is the first of the call", () => {
    const verbs = verbsOf({ ...DIAL, recordingUrl: "https://calls.example/recording" });
    expect(verbs.map(({ name }) => name)).toEqual(["Start", "Dial"]);
  });

  test("the document says all that the carrier has to know, and has nothing else in it", () => {
    const [dial, ...others] = verbsOf(DIAL);
    const [number, ...nouns] = elementsOf(dial);
    expect([dial?.name, others, number?.name, nouns]).toEqual(["Dial", [], "Number", []]);
    // Nothing that could cut two people off: no key that hangs up, no other limit.
    expect(dial?.attributes).toEqual({
      action: DIAL.actionUrl + RETRIES,
      method: "POST",
      timeout: "20",
      callerId: "+15550010000",
      timeLimit: "14460",
      answerOnBridge: "true",
    });
    expect(number?.attributes).toEqual({ url: DIAL.whisperUrl + RETRIES, method: "POST" });
    expect(number?.text).toBe("+15005550090");
  });

  test("by SIP, the address stands in its own noun", () => {
    const to = { kind: "sip", address: "sip:ann@pbx.example;transport=tls?X-A=1&X-B=<2>" } as const;
    const [sip] = elementsOf(verbsOf({ ...DIAL, to })[0]);
    expect([sip?.name, sip?.text]).toEqual(["Sip", to.address]);
    expect(sip?.attributes).toEqual({ url: DIAL.whisperUrl + RETRIES, method: "POST" });
  });
});

describe("what the human hears", () => {
  test("is the brief, with time for a key; without one the line is hung up", () => {
    const [gather, hangup, ...others] = verbsOf(WHISPER);
    const [say, ...prompts] = elementsOf(gather);
    expect([gather?.name, hangup?.name, others, say?.name, prompts]).toEqual([
      "Gather",
      "Hangup",
      [],
      "Say",
      [],
    ]);
    expect(gather?.attributes).toEqual({
      input: "dtmf",
      numDigits: "1",
      timeout: "10",
      // Any key is a key, # too.
      finishOnKey: "",
      action: WHISPER.acceptUrl + RETRIES,
      method: "POST",
    });
    expect([say?.attributes, say?.text]).toEqual([{ language: "en-GB" }, WHISPER.text]);
  });

  test("is the brief alone where no key is asked for", () => {
    const [say, redirect, ...others] = verbsOf({ ...WHISPER, keyWaitSeconds: null });
    expect([say?.name, say?.text, redirect?.name, others]).toEqual(["Say", WHISPER.text, "Redirect", []]);
    expect([redirect?.attributes, redirect?.text]).toEqual([{ method: "POST" }, WHISPER.acceptUrl + RETRIES]);
  });

  test.each(HOSTILE)("is words, whatever the brief holds: %s", (_, text) => {
    const [gather] = verbsOf({ ...WHISPER, text });
    expect(elementsOf(gather).map((say) => [say.name, say.text])).toEqual([["Say", text]]);
    const [say, redirect] = verbsOf({ ...WHISPER, text, keyWaitSeconds: null });
    expect([say?.text, redirect?.name]).toEqual([text, "Redirect"]);
  });

  test.each(["\u0000", "\u001b", "\ud800", "\uffff"])("is well-formed with %j in the brief", (character) => {
    const [gather] = verbsOf({ ...WHISPER, text: `Da${character}na` });
    expect(elementsOf(gather)[0]?.text).toBe("Dana");
  });
});

test("who takes the call is put through by a document that asks for nothing", () => {
  expect(renderTwiml({ kind: "put_through" })).toBe(`${DECLARATION}<Response></Response>`);
});

test("to wait is a pause, and then a question: never the end of the document, which would be the call's", () => {
  const thenUrl = "https://calls.example/relay-end?a=1&b=2";
  const [pause, redirect, ...others] = verbsOf({ kind: "wait", seconds: 5, thenUrl });
  expect([pause?.name, pause?.attributes, others]).toEqual(["Pause", { length: "5" }, []]);
  expect([redirect?.name, redirect?.attributes, redirect?.text]).toEqual([
    "Redirect",
    { method: "POST" },
    thenUrl + RETRIES,
  ]);
});
