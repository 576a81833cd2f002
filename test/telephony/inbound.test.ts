// Calls that come in: what the carrier says of them, and what it is told.

import { describe, expect, test } from "vitest";
import { parseInbound } from "../../src/telephony/twilio/callbacks.ts";
import { renderTwiml } from "../../src/telephony/twilio/documents.ts";
import { createTwilioProvider } from "../../src/telephony/twilio/twilio.ts";
import { ACCOUNT_SID, ACCOUNT_URL, API, AUTH_TOKEN, CALL_SID, formOf, refusal } from "./fake-twilio.ts";

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

  test.each(["anonymous", "unknown", "client:alice", "sip:bob@example.com", "+266696687"])(
    "may come from %s",
    (from) => {
      expect(parseInbound(bodyOf({ From: from }), ACCOUNT_SID)?.from).toBe(from);
    },
  );

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
  const CONDITIONS = {
    timeLimitSeconds: 620,
    statusUrl: "https://calls.example/status",
    recordingUrl: "https://calls.example/recording",
  };

  function provider(...answers: Response[]) {
    const requests: Request[] = [];
    const twilio = createTwilioProvider({
      accountSid: ACCOUNT_SID,
      authToken: AUTH_TOKEN,
      apiBaseUrl: API,
      fetch: async (input, init) => {
        requests.push(new Request(input, init));
        return answers[requests.length - 1] ?? new Response(null, { status: 500 });
      },
    });
    return { twilio, requests };
  }
  const done = () => Response.json({ sid: CALL_SID });

  test("sets its limit and where to tell of it, and has it recorded from here on, both sides apart", async () => {
    const { twilio, requests } = provider(done(), done());
    expect(await twilio.takeCharge(CALL_SID, CONDITIONS)).toEqual({ kind: "done" });
    const [limit, recording] = requests;
    expect(requests.map(({ url }) => url)).toEqual([
      `${ACCOUNT_URL}/Calls/${CALL_SID}.json`,
      `${ACCOUNT_URL}/Calls/${CALL_SID}/Recordings.json`,
    ]);
    expect(limit && (await formOf(limit))).toEqual({
      TimeLimit: ["620"],
      StatusCallback: [expect.stringMatching(/^https:\/\/calls\.example\/status#/)],
      StatusCallbackMethod: ["POST"],
    });
    expect(recording && (await formOf(recording))).toEqual({
      RecordingChannels: ["dual"],
      Trim: ["do-not-trim"],
      RecordingStatusCallback: [expect.stringMatching(/^https:\/\/calls\.example\/recording#/)],
      RecordingStatusCallbackEvent: ["completed"],
    });
  });

  test("records nothing where that is not wanted", async () => {
    const { twilio, requests } = provider(done());
    const result = await twilio.takeCharge(CALL_SID, { ...CONDITIONS, recordingUrl: null });
    expect([result, requests.length]).toEqual([{ kind: "done" }, 1]);
  });

  test("of one that is over asks for no more", async () => {
    const { twilio, requests } = provider(refusal(400, 21220));
    expect(await twilio.takeCharge(CALL_SID, CONDITIONS)).toEqual({ kind: "already_over" });
    expect(requests).toHaveLength(1);
  });

  test("has failed if the recording did not start", async () => {
    const { twilio } = provider(done(), refusal(503, 20503));
    expect(await twilio.takeCharge(CALL_SID, CONDITIONS)).toEqual({ kind: "failed", detail: "503/20503" });
  });
});
