// Every request of the adapter, held against Twilio's own description of its REST API.

import { describe, expect, test } from "vitest";
import type { TelephonyProvider } from "../../src/telephony/provider.ts";
import { createTwilioProvider } from "../../src/telephony/twilio/twilio.ts";
import {
  ACCOUNT_SID,
  ACCOUNT_URL,
  API,
  AUTH_TOKEN,
  CALL,
  CALL_SID,
  RECORDING_SID,
  URLS,
} from "./fake-twilio.ts";
import { requestMisfits } from "./request-misfits.ts";

const CONDITIONS = { timeLimitSeconds: 620, statusUrl: URLS.status };

/** What each function that asks the carrier sends, as method and path, and a call that brings it to send all that. */
const QUESTIONS: [
  name: keyof TelephonyProvider,
  sends: string[],
  ask: (provider: TelephonyProvider) => Promise<unknown>,
][] = [
  ["createCall", ["POST Calls.json"], (provider) => provider.createCall(CALL)],
  ["hangUp", [`POST Calls/${CALL_SID}.json`], (provider) => provider.hangUp(CALL_SID)],
  [
    "redirect",
    [`POST Calls/${CALL_SID}.json`],
    (provider) => provider.redirect(CALL_SID, { kind: "hang_up" }),
  ],
  [
    "redirect",
    [`POST Calls/${CALL_SID}.json`],
    (provider) =>
      provider.redirect(CALL_SID, {
        kind: "relay",
        relayUrl: URLS.relay,
        actionUrl: URLS.relayEnd,
        recordingUrl: URLS.recording,
        language: "en-US",
        voice: { provider: "Google", speaker: "en-US-Journey-O" },
      }),
  ],
  [
    "redirect",
    [`POST Calls/${CALL_SID}.json`],
    (provider) =>
      provider.redirect(CALL_SID, {
        kind: "dial",
        to: { kind: "phone", number: "+15005550090" },
        callerId: CALL.from,
        ringTimeoutSeconds: 20,
        timeLimitSeconds: 14_460,
        whisperUrl: "https://calls.example/whisper?transfer=trf_1&human=hum_1",
        actionUrl: "https://calls.example/dial-end?transfer=trf_1&human=hum_1",
        recordingUrl: null,
      }),
  ],
  ["setTimeLimit", [`POST Calls/${CALL_SID}.json`], (provider) => provider.setTimeLimit(CALL_SID, 15_180)],
  ["takeCharge", [`POST Calls/${CALL_SID}.json`], (provider) => provider.takeCharge(CALL_SID, CONDITIONS)],
  [
    "findCall",
    ["GET Calls.json"],
    (provider) => provider.findCall({ to: CALL.to, from: CALL.from, sinceMs: 0 }),
  ],
  ["fetchCall", [`GET Calls/${CALL_SID}.json`], (provider) => provider.fetchCall(CALL_SID)],
  [
    "listRecordings",
    [`GET Calls/${CALL_SID}/Recordings.json`],
    (provider) => provider.listRecordings(CALL_SID),
  ],
  [
    "fetchRecording",
    [`GET Recordings/${RECORDING_SID}.mp3`],
    (provider) => provider.fetchRecording(RECORDING_SID),
  ],
  [
    "deleteRecording",
    [`DELETE Recordings/${RECORDING_SID}.json`],
    (provider) => provider.deleteRecording(RECORDING_SID),
  ],
];

/** The adapter against a carrier that does whatever it is asked, and what it was asked. */
function obligingTwilio(): { provider: TelephonyProvider; requests: Request[] } {
  const requests: Request[] = [];
  const provider = createTwilioProvider({
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    apiBaseUrl: API,
    fetch: async (input, init) => {
      requests.push(new Request(input, init));
      return Response.json({ sid: CALL_SID, status: "in-progress", calls: [] });
    },
  });
  return { provider, requests };
}

describe("a request of the adapter", () => {
  test.each(QUESTIONS)("is one that Twilio describes: %s", async (_, sends, ask) => {
    const { provider, requests } = obligingTwilio();
    await ask(provider);
    expect(requests.map(({ method, url }) => `${method} ${pathOf(url)}`)).toEqual(sends);
    const misfits = await Promise.all(requests.map((request) => requestMisfits(request, API)));
    expect(misfits.flat()).toEqual([]);
  });

  test("is looked at above, whichever of its functions sends it", () => {
    const speaking = Object.keys(obligingTwilio().provider).filter(
      (name) => !/^(parse|render|is)[A-Z]/.test(name),
    );
    expect([...new Set(QUESTIONS.map(([name]) => name))].toSorted()).toEqual(speaking.toSorted());
  });
});

function pathOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return (origin + pathname).replace(`${ACCOUNT_URL}/`, "");
}

const BASIC = `Basic ${btoa(`${ACCOUNT_SID}:${AUTH_TOKEN}`)}`;
const LEAST = { To: "+5511999999999", From: "+15005550006" };
const CALLS = "Calls.json";
const ONE = `Calls/${CALL_SID}.json`;
const FORM = { "content-type": "application/x-www-form-urlencoded" };
const RECORD = `Calls/${CALL_SID}/Recordings.json`;

function sent(method: string, path: string, form?: string | object, headers: object = {}): Request {
  const body = typeof form === "object" ? new URLSearchParams(Object.entries(form)) : (form ?? null);
  return new Request(`${ACCOUNT_URL}/${path}`, {
    method,
    body,
    headers: { authorization: BASIC, ...headers },
  });
}

describe("the check of a request", () => {
  test.each([
    ["a call with the least that it needs", sent("POST", CALLS, LEAST)],
    [
      "new conditions of a call",
      sent("POST", ONE, { TimeLimit: "60", StatusCallback: `${URLS.status}#rc=5` }),
    ],
    ["the start of a recording", sent("POST", RECORD, { RecordingChannels: "dual", Trim: "do-not-trim" })],
    ["the end of a call's record", sent("DELETE", ONE)],
    ["a page of a list", sent("GET", `${CALLS}?Status=ringing&PageSize=1000&StartTime%3E=2026-10-20`)],
  ])("finds nothing in %s", async (_, request) => {
    expect(await requestMisfits(request, API)).toEqual([]);
  });

  test.each([
    ["another path", sent("POST", "Call.json", LEAST), /^POST \S+ is unknown$/],
    ["another version", sent("GET", `../../../2008-08-01/Accounts/${ACCOUNT_SID}/Calls.json`), /is unknown$/],
    ["a method that there is not", sent("PUT", ONE, { Status: "completed" }), /^PUT \S+ is unknown$/],
    ["a missing extension", sent("GET", `Calls/${CALL_SID}`), /is unknown$/],
    ["a call's sid that is none", sent("GET", "Calls/CA12.json"), /^Sid is "CA12"$/],
    ["another kind's sid", sent("GET", `Calls/${RECORDING_SID}.json`), /^Sid is "RE/],
    [
      "another account's credentials",
      sent("GET", ONE, undefined, { authorization: "Basic QUM6eA==" }),
      /^The cred/,
    ],
    ["no credentials", sent("GET", ONE, undefined, { authorization: "" }), /^The credentials/],
    ["an unknown parameter", sent("POST", CALLS, { ...LEAST, Recordd: "true" }), /^Recordd is unknown$/],
    ["a parameter of another request", sent("POST", ONE, { Timeout: "60" }), /^Timeout is unknown$/],
    ["a name in other case", sent("POST", ONE, { status: "completed" }), /^status is unknown$/],
    ["an unknown filter", sent("GET", `${CALLS}?to=%2B15005550006`), /^to is unknown$/],
    ["a missing parameter", sent("POST", CALLS, { To: LEAST.To }), /^From is missing$/],
    ["a repeated one", sent("POST", ONE, "Status=completed&Status=canceled", FORM), /^Status is repeated$/],
    ["a value that is not in the list", sent("POST", ONE, { Status: "ended" }), /^Status is "ended"$/],
    ["a method in other case", sent("POST", ONE, { Method: "post" }), /^Method is "post"$/],
    ["a number that is none", sent("POST", ONE, { TimeLimit: "60s" }), /^TimeLimit is "60s"$/],
    ["a page too large", sent("GET", `${CALLS}?PageSize=1001`), /^PageSize is 1001$/],
    ["a truth value that is none", sent("POST", CALLS, { ...LEAST, Record: "1" }), /^Record is "1"$/],
    ["a relative address", sent("POST", ONE, { Url: "/answer" }), /^Url is "\/answer"$/],
    ["a number in its national form", sent("POST", CALLS, { ...LEAST, To: "(500) 555-0006" }), /^To is /],
    ["a document that is none", sent("POST", ONE, { Twiml: "<Hangup/>" }), /^Twiml is "<Hangup\/>"$/],
    ["a value that only the prose forbids", sent("POST", RECORD, { Trim: "no" }), /^Trim is "no"$/],
    [
      "events joined by a comma",
      sent("POST", CALLS, { ...LEAST, StatusCallbackEvent: "ringing,answered" }),
      /^Status/,
    ],
    [
      "JSON",
      sent("POST", ONE, "{}", { "content-type": "application/json" }),
      /^The body is application\/json$/,
    ],
    ["a body of a deletion", sent("DELETE", ONE, { Status: "completed" }), /^There is a body$/],
  ])("finds %s", async (_, request, misfit) => {
    expect((await requestMisfits(request, API))[0]).toMatch(misfit);
  });

  test("finds an address that is not the carrier's", async () => {
    expect(await requestMisfits(new Request(`${API}.evil.example/`), API)).toHaveLength(1);
  });
});
