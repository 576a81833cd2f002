// Calls that come in: what the carrier says of them, and what it is told.

import { describe, expect, test } from "vitest";
import { parseInbound } from "../../src/telephony/twilio/callbacks.ts";
import { renderTwiml } from "../../src/telephony/twilio/documents.ts";
import { ACCOUNT_SID, ACCOUNT_URL, CALL_SID, fakeTwilio, formOf, refusal } from "./fake-twilio.ts";

const FORM = {
  AccountSid: ACCOUNT_SID,
  ApiVersion: "2010-04-01",
  CallSid: CALL_SID,
  CallStatus: "ringing",
  Direction: "inbound",
  From: "+14155550192",
  To: "+15550010000",
  StirVerstat: "TN-Validation-Passed-A",
};

function bodyOf(changes: Record<string, string | undefined>): string {
  const fields = Object.entries({ ...FORM, ...changes }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  return new URLSearchParams(fields).toString();
}

describe("a call that comes in", () => {
  test("is told by its id and the two numbers", () => {
    const told = { carrierCallId: CALL_SID, from: FORM.From, to: FORM.To };
    expect(parseInbound(bodyOf({}), ACCOUNT_SID)).toEqual(told);
  });

  test.each([
    ["anonymous", "anonymous"],
    ["unknown", "unknown"],
    ["client:alice", "client:alice"],
    ["sip:bob@example.com", "sip:bob@example.com"],
    ["+266696687", "anonymous"],
    ["+86282452253", "anonymous"],
    ["+7378742833", "anonymous"],
  ])("may come from %s, taken for %s", (from, taken) => {
    expect(parseInbound(bodyOf({ From: from }), ACCOUNT_SID)?.from).toBe(taken);
  });

  test.each([
    ["is another account's", { AccountSid: `AC${"0".repeat(32)}` }],
    ["has no id", { CallSid: undefined }],
    ["has an id of another kind", { CallSid: `SM${"1b".repeat(16)}` }],
    ["has no caller", { From: undefined }],
    ["has no number that was called", { To: undefined }],
  ])("is not one if it %s", (_, changes) => {
    expect(parseInbound(bodyOf(changes), ACCOUNT_SID)).toBeNull();
  });
});

test("words for the caller are spoken, whatever is in them, and then the line is hung up", () => {
  expect(renderTwiml({ kind: "say", text: 'We "can\'t" <hear> you & me', language: "en-GB" })).toBe(
    '<?xml version="1.0" encoding="UTF-8"?><Response><Say language="en-GB">' +
      "We &quot;can&apos;t&quot; &lt;hear&gt; you &amp; me</Say><Hangup/></Response>",
  );
});

describe("taking charge of a call", () => {
  const CONDITIONS = { timeLimitSeconds: 620, statusUrl: "https://calls.example/status" };

  test("sets its limit and where to tell of it", async () => {
    const { provider, sent } = fakeTwilio(Response.json({ sid: CALL_SID }));
    expect(await provider.takeCharge(CALL_SID, CONDITIONS)).toEqual({ kind: "done" });
    expect(sent().url).toBe(`${ACCOUNT_URL}/Calls/${CALL_SID}.json`);
    expect(await formOf(sent())).toEqual({
      TimeLimit: ["620"],
      StatusCallback: [expect.stringMatching(/^https:\/\/calls\.example\/status#/)],
      StatusCallbackMethod: ["POST"],
    });
  });

  test.each([
    ["is over", 400, 21220, { kind: "already_over" }],
    ["can't be reached", 503, 20503, { kind: "failed", detail: "503/20503", httpStatus: 503 }],
  ])("of one that %s", async (_, status, code, result) => {
    const { provider } = fakeTwilio(refusal(status, code));
    expect(await provider.takeCharge(CALL_SID, CONDITIONS)).toEqual(result);
  });
});

describe("a relay that begins a recording", () => {
  const RELAY = {
    kind: "relay",
    relayUrl: "wss://calls.example/relay",
    actionUrl: "https://calls.example/end",
    language: "en-US",
    voice: { provider: null, speaker: null },
  } as const;

  test("orders it before the talk, both sides apart, untrimmed and told of at the end", () => {
    const twiml = renderTwiml({ ...RELAY, recordingUrl: "https://calls.example/recording?a=1&b" });
    expect(twiml).toContain(
      '<Response><Start><Recording channels="dual" trim="do-not-trim" ' +
        'recordingStatusCallback="https://calls.example/recording?a=1&amp;b#rc=5&amp;rp=ct,rt,5xx" ' +
        'recordingStatusCallbackEvent="completed"/></Start><Connect ',
    );
  });

  test("is no other relay: without one nothing is begun", () => {
    expect(renderTwiml({ ...RELAY, recordingUrl: null })).toMatch(/<Response><Connect /);
  });
});
