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
