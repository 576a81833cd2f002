import { describe, expect, test } from "vitest";
import { parseTwiml } from "../../src/sandbox/twiml.ts";

const BASE = "https://product.example/answer/cal_1?x=1";

function verbsOf(xml: string) {
  const parsed = parseTwiml(xml, BASE);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

describe("TwiML", () => {
  test("reads a ConversationRelay with its action, parameters and settings", () => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>
      <Response><Connect action="/done?call=1&amp;n=2" method="GET">
        <ConversationRelay url="wss://product.example/relay" welcomeGreeting="Hi &amp; welcome"
            language="en-US" transcriptionLanguage="sv-SE" interruptible="none" events="speaker-events tokens-played">
          <Language code="sv-SE"/><Parameter name="call" value="cal_1"/><Parameter name="empty"/>
        </ConversationRelay></Connect></Response>`;
    expect(verbsOf(xml)).toEqual([
      {
        verb: "relay",
        relay: {
          url: "wss://product.example/relay",
          action: { url: "https://product.example/done?call=1&n=2", method: "GET" },
          welcomeGreeting: "Hi & welcome",
          lang: "sv-SE",
          interruptible: false,
          interruptibleByKeys: false,
          hearsKeys: false,
          sendsPartials: false,
          reportsTokensPlayed: true,
          parameters: { call: "cal_1", empty: "" },
        },
      },
    ]);
  });

  test("reads the plain verbs in order and skips what it does not know", () => {
    const xml = `<Response><!-- note --><Say voice="alice"> Hello </Say><Pause length="3"/><Pause/>
      <Fancy>?</Fancy><Redirect method="GET">next</Redirect><Reject reason="busy"/><Hangup/></Response>`;
    expect(verbsOf(xml)).toEqual([
      { verb: "say", text: "Hello" },
      { verb: "pause", seconds: 3 },
      { verb: "pause", seconds: 1 },
      { verb: "redirect", to: { url: "https://product.example/answer/next", method: "GET" } },
      { verb: "reject", reason: "busy" },
      { verb: "hangup" },
    ]);
  });

  test("reads a Dial with its one noun, and whatever is left out as Twilio would", () => {
    const xml = `<Response><Dial action="/end?transfer=1" method="GET" timeout="20" callerId="+15550010000"
        timeLimit="60" answerOnBridge="true" record="record-from-answer">
        <Number url="/whisper?transfer=1&amp;human=2" method="GET" statusCallback="/leg"
          statusCallbackMethod="GET" statusCallbackEvent="initiated completed nonsense"> +15005550090 </Number>
      </Dial><Dial>+15005550091</Dial></Response>`;
    expect(verbsOf(xml)).toEqual([
      {
        verb: "dial",
        dial: {
          action: { url: "https://product.example/end?transfer=1", method: "GET" },
          timeoutSeconds: 20,
          timeLimitSeconds: 60,
          callerId: "+15550010000",
          answerOnBridge: true,
          to: "+15005550090",
          whisper: { url: "https://product.example/whisper?transfer=1&human=2", method: "GET" },
          statusCallback: { url: "https://product.example/leg", method: "GET" },
          statusEvents: ["initiated", "completed"],
        },
      },
      {
        verb: "dial",
        dial: {
          action: null,
          timeoutSeconds: 30,
          timeLimitSeconds: 14_400,
          callerId: null,
          answerOnBridge: false,
          to: "+15005550091",
          whisper: null,
          statusCallback: null,
          statusEvents: ["completed"],
        },
      },
    ]);
  });

  test.each([
    ["<Sip>sip:ava@pbx.example</Sip>", "sip:ava@pbx.example"],
    ["<Sip>+15005550090</Sip>", null],
    ["<Number>sip:ava@pbx.example</Number>", null],
    ["<Number>12</Number>", null],
    ["<Queue>+15005550090</Queue>", null],
    ["", null],
  ])("a Dial of “%s” calls %s", (noun, to) => {
    expect(verbsOf(`<Response><Dial>${noun}</Dial></Response>`)).toMatchObject([{ dial: { to } }]);
  });

  test("reads a Gather with what is said in it", () => {
    const xml = `<Response><Gather input="speech dtmf" action="/keys" method="GET" timeout="10" numDigits="1"
        finishOnKey="*" actionOnEmptyResult="true"><Say>Press</Say><Play>x.mp3</Play><Pause length="2"/></Gather>
      <Gather numDigits="many" timeout="soon"/></Response>`;
    expect(verbsOf(xml)).toEqual([
      {
        verb: "gather",
        gather: {
          action: { url: "https://product.example/keys", method: "GET" },
          hearsKeys: true,
          timeoutSeconds: 10,
          numDigits: 1,
          finishOnKey: "*",
          actionOnEmptyResult: true,
          prompts: [
            { verb: "say", text: "Press" },
            { verb: "pause", seconds: 2 },
          ],
        },
      },
      {
        verb: "gather",
        gather: {
          action: { url: BASE, method: "POST" },
          hearsKeys: true,
          timeoutSeconds: 5,
          numDigits: null,
          finishOnKey: "#",
          actionOnEmptyResult: false,
          prompts: [],
        },
      },
    ]);
  });

  test("an empty Response has no verbs", () => expect(verbsOf("<Response/>")).toEqual([]));

  test.each([
    ["no XML", "oops", 12100],
    ["unclosed", "<Response><Say>", 12100],
    ["another root", "<Answer/>", 12100],
    ["empty", "", 12100],
    ["a relay without url", "<Response><Connect><ConversationRelay/></Connect></Response>", 64101],
    [
      "a relay over https",
      '<Response><Connect><ConversationRelay url="https://a.example"/></Connect></Response>',
      64101,
    ],
  ])("refuses %s", (_, xml, code) => {
    expect(parseTwiml(xml, BASE)).toMatchObject({ ok: false, error: { code } });
  });
});
