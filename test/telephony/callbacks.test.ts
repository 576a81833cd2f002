import { describe, expect, test } from "vitest";
import type { CarrierPhase } from "../../src/domain/call/events.ts";
import {
  callRecordSchema,
  parseAnswerRequest,
  parseRecording,
  parseRelayEnd,
  parseStatus,
  reportOf,
} from "../../src/telephony/twilio/callbacks.ts";
import { ACCOUNT_SID, CALL_SID, RECORDING_SID } from "./fake-twilio.ts";

const IDS = { AccountSid: ACCOUNT_SID, CallSid: CALL_SID };
const AT = "Sun, 25 Mar 2018 09:53:19 +0000";
const AT_MS = 1_521_971_599_000;

function body(fields: Record<string, string>, base: Record<string, string> = IDS): string {
  return new URLSearchParams({ ...base, ...fields }).toString();
}

function status(fields: Record<string, string>) {
  return parseStatus(body({ CallStatus: "completed", ...fields }), ACCOUNT_SID);
}

describe("status callback", () => {
  test("is read from a real one's many fields", () => {
    const real =
      `CallSid=${CALL_SID}&AccountSid=${ACCOUNT_SID}&ApiVersion=2010-04-01&Direction=outbound-api` +
      "&CallStatus=completed&CallDuration=49&Duration=1&AnsweredBy=human&SequenceNumber=3" +
      "&Timestamp=Sun%2C+25+Mar+2018+09%3A53%3A19+%2B0000&CallbackSource=call-progress-events" +
      "&From=%2B15005550006&To=%2B5511999999999&FromCity=NEW+YORK&FromState=NY&CalledState=&ToCountry=BR";
    expect(parseStatus(real, ACCOUNT_SID)).toEqual({
      carrierCallId: CALL_SID,
      phase: "completed",
      atMs: AT_MS,
      durationSeconds: 49,
      answeredBy: "person",
    });
  });

  test.each<[callStatus: string, sipCode: string | null, phase: CarrierPhase]>([
    ["queued", null, "queued"],
    ["initiated", null, "queued"],
    ["ringing", null, "ringing"],
    ["ringing", "180", "ringing"],
    ["in-progress", null, "answered"],
    ["in-progress", "200", "answered"],
    ["completed", null, "completed"],
    ["completed", "200", "completed"],
    ["completed", "603", "completed"],
    ["completed", "404", "completed"],
    ["busy", null, "busy"],
    ["busy", "486", "busy"],
    ["busy", "600", "busy"],
    ["busy", "404", "busy"],
    ["busy", "603", "declined"],
    ["failed", "603", "declined"],
    ["failed", null, "failed"],
    ["failed", "404", "unreachable"],
    ["failed", "410", "unreachable"],
    ["failed", "484", "unreachable"],
    ["failed", "604", "unreachable"],
    ["failed", "403", "failed"],
    ["failed", "408", "failed"],
    ["failed", "500", "failed"],
    ["failed", "503", "failed"],
    ["no-answer", null, "no_answer"],
    ["no-answer", "480", "no_answer"],
    ["no-answer", "487", "no_answer"],
    ["canceled", null, "canceled"],
    ["canceled", "487", "canceled"],
  ])("CallStatus %s with SIP %s is %s", (CallStatus, sipCode, phase) => {
    const fields = sipCode === null ? { CallStatus } : { CallStatus, SipResponseCode: sipCode };
    expect(status(fields)).toMatchObject({ carrierCallId: CALL_SID, phase });
  });

  test.each([
    ["RFC 2822", AT, AT_MS],
    ["RFC 2822 elsewhere", "Sun, 25 Mar 2018 11:53:19 +0200", AT_MS],
    ["ISO 8601", "2018-03-25T09:53:19Z", AT_MS],
    ["empty", "", null],
    ["no time", "yesterday at noon", null],
  ])("Timestamp in %s", (_, Timestamp, atMs) => {
    expect(status({ Timestamp })?.atMs).toBe(atMs);
  });

  test("has no time if Twilio gave none", () => expect(status({})?.atMs).toBeNull());

  test.each([
    ["completed", "49", 49],
    ["completed", "0", 0],
    ["busy", "49", null],
    ["no-answer", "0", null],
    ["in-progress", "3", null],
  ])("CallDuration of a call that is %s with %s seconds is %s", (CallStatus, CallDuration, seconds) => {
    expect(status({ CallStatus, CallDuration })?.durationSeconds).toBe(seconds);
  });

  test("has no duration if Twilio gave none", () => expect(status({})?.durationSeconds).toBeNull());

  test.each([
    ["an unknown status", { CallStatus: "answered" }],
    ["a status in other case", { CallStatus: "Completed" }],
    ["an empty status", { CallStatus: "" }],
  ])("is none with %s", (_, fields) => expect(status(fields)).toBeNull());

  // One odd extra must not cost the news that the call is over.
  test.each([
    ["SipResponseCode", ""],
    ["SipResponseCode", "unknown"],
    ["CallDuration", ""],
    ["CallDuration", "-1"],
  ])("is still read with %s=%j", (name, value) => {
    expect(status({ [name]: value })).toMatchObject({ carrierCallId: CALL_SID, phase: "completed" });
  });
});

describe("who answered", () => {
  const ANSWERERS = [
    ["human", "person"],
    ["unknown", "person"],
    ["machine_start", "machine"],
    ["machine_end_beep", "machine"],
    ["machine_end_silence", "machine"],
    ["machine_end_other", "machine"],
    ["fax", "fax"],
    ["", null],
  ] as const;

  test.each(ANSWERERS)("AnsweredBy %j in a status callback is %s", (AnsweredBy, answeredBy) => {
    expect(status({ AnsweredBy })?.answeredBy).toBe(answeredBy);
  });

  test.each(ANSWERERS)("AnsweredBy %j in the request for instructions is %s", (AnsweredBy, answeredBy) => {
    const request = body({ CallStatus: "in-progress", AnsweredBy, MachineDetectionDuration: "3200" });
    expect(parseAnswerRequest(request, ACCOUNT_SID)).toEqual({ carrierCallId: CALL_SID, answeredBy });
  });

  test("is not said where nobody listened for it", () => {
    expect(status({})?.answeredBy).toBeNull();
    expect(parseAnswerRequest(body({}), ACCOUNT_SID)).toEqual({ carrierCallId: CALL_SID, answeredBy: null });
  });
});

describe("end of a relay", () => {
  const SessionId = `VX${"4e".repeat(16)}`;
  const ENDED = { carrierCallId: CALL_SID, sessionId: SessionId };
  const NO_FAILURE = { ...ENDED, failed: false };
  test.each([
    [
      "we ended it",
      { SessionStatus: "ended", CallStatus: "in-progress" },
      { ...NO_FAILURE, callOver: false },
    ],
    [
      "the customer hung up",
      { SessionStatus: "completed", CallStatus: "completed" },
      { ...NO_FAILURE, callOver: true },
    ],
    [
      "our socket failed",
      { SessionStatus: "failed", CallStatus: "in-progress", ErrorCode: "39001", ErrorMessage: "Network" },
      { ...ENDED, failed: true, callOver: false },
    ],
    [
      "both failed and hung up",
      { SessionStatus: "failed", CallStatus: "completed" },
      { ...ENDED, failed: true, callOver: true },
    ],
    ["nothing is said of the session", { CallStatus: "in-progress" }, { ...NO_FAILURE, callOver: false }],
    [
      "the call failed",
      { SessionStatus: "completed", CallStatus: "failed" },
      { ...NO_FAILURE, callOver: true },
    ],
    ["the call was canceled", { CallStatus: "canceled" }, { ...NO_FAILURE, callOver: true }],
  ])("when %s", (_, fields, end) => {
    const extras = { SessionId, SessionDuration: "12", HandoffData: '{"a":1}' };
    expect(parseRelayEnd(body({ ...extras, ...fields }), ACCOUNT_SID)).toEqual(end);
  });

  test("that names no session", () => {
    expect(parseRelayEnd(body({ CallStatus: "in-progress" }), ACCOUNT_SID)).toEqual({
      carrierCallId: CALL_SID,
      sessionId: null,
      failed: false,
      callOver: false,
    });
  });

  test("is none without a status of the call", () => {
    expect(parseRelayEnd(body({ SessionStatus: "ended" }), ACCOUNT_SID)).toBeNull();
  });
});

describe("notice of a recording", () => {
  const DONE = { RecordingSid: RECORDING_SID, RecordingStatus: "completed", RecordingDuration: "37" };

  test("names the recording and its length; where it lies is not believed", () => {
    const RecordingUrl = "https://evil.example/recording";
    expect(parseRecording(body({ ...DONE, RecordingUrl, RecordingChannels: "2" }), ACCOUNT_SID)).toEqual({
      carrierCallId: CALL_SID,
      recordingId: RECORDING_SID,
      durationSeconds: 37,
    });
  });

  test("counts a length that is not given as none", () => {
    const { RecordingDuration: _, ...rest } = DONE;
    expect(parseRecording(body(rest), ACCOUNT_SID)?.durationSeconds).toBe(0);
  });

  test.each([
    ["in progress", { RecordingStatus: "in-progress" }],
    ["absent", { RecordingStatus: "absent", ErrorCode: "16111" }],
    ["without a status", { RecordingStatus: "" }],
    ["with a call's sid", { RecordingSid: CALL_SID }],
    ["with a path for a sid", { RecordingSid: "RE../../../Accounts" }],
    ["without a sid", { RecordingSid: "" }],
  ])("is none when it is %s", (_, fields) => {
    expect(parseRecording(body({ ...DONE, ...fields }), ACCOUNT_SID)).toBeNull();
  });
});

describe("every callback", () => {
  const FIELDS = {
    CallStatus: "completed",
    SessionStatus: "ended",
    RecordingSid: RECORDING_SID,
    RecordingStatus: "completed",
  };
  const PARSERS = [
    ["status", parseStatus],
    ["answer", parseAnswerRequest],
    ["relay-end", parseRelayEnd],
    ["recording", parseRecording],
  ] as const;
  const OTHER_ACCOUNT = `AC${"9".repeat(32)}`;

  const BAD_BODIES: [name: string, body: string][] = [
    ["of another account", body(FIELDS, { ...IDS, AccountSid: OTHER_ACCOUNT })],
    [
      "of another account, its own named before",
      `AccountSid=${ACCOUNT_SID}&${body(FIELDS, { ...IDS, AccountSid: OTHER_ACCOUNT })}`,
    ],
    ["of the account in other case", body(FIELDS, { ...IDS, AccountSid: ACCOUNT_SID.toUpperCase() })],
    ["without an account", body(FIELDS, { CallSid: CALL_SID })],
    ["without a call", body(FIELDS, { AccountSid: ACCOUNT_SID })],
    ["with an empty call", body(FIELDS, { ...IDS, CallSid: "" })],
    ["with a call's sid too short", body(FIELDS, { ...IDS, CallSid: CALL_SID.slice(0, -1) })],
    ["with a call's sid too long", body(FIELDS, { ...IDS, CallSid: `${CALL_SID}0` })],
    ["with a call's sid and a line's end", body(FIELDS, { ...IDS, CallSid: `${CALL_SID}\n` })],
    ["with a call's sid that is not hexadecimal", body(FIELDS, { ...IDS, CallSid: `CA${"g".repeat(32)}` })],
    ["with another thing's sid", body(FIELDS, { ...IDS, CallSid: RECORDING_SID })],
    ["that is empty", ""],
    ["that is JSON", JSON.stringify({ ...IDS, ...FIELDS })],
    ["that is noise", "\u0000\u0001&&==%%%zz\ufffd"],
  ];

  describe.each(PARSERS)("%s", (_, parse) => {
    test("is read in its own account", () => {
      expect(parse(body(FIELDS), ACCOUNT_SID)).toMatchObject({ carrierCallId: CALL_SID });
    });

    test.each(BAD_BODIES)("is none %s", (_name, bad) => expect(parse(bad, ACCOUNT_SID)).toBeNull());
  });
});

describe("a call as the REST API shows it", () => {
  const START = "Tue, 31 Aug 2010 20:36:29 +0000";
  const END = "Tue, 31 Aug 2010 20:36:44 +0000";
  const END_MS = 1_283_287_004_000;
  const RECORD = {
    sid: CALL_SID,
    status: "completed",
    date_created: "Tue, 31 Aug 2010 20:36:28 +0000",
    start_time: START,
    end_time: END,
    duration: "15",
    price: null,
    answered_by: null,
  };
  const read = (changes: object) => reportOf(callRecordSchema.parse({ ...RECORD, ...changes }));

  test("that has ended", () => {
    expect(read({ answered_by: "human" })).toEqual({
      carrierCallId: CALL_SID,
      phase: "completed",
      atMs: END_MS,
      durationSeconds: 15,
      answeredBy: "person",
    });
  });

  test.each([
    ["queued", { status: "queued", start_time: null, end_time: null, duration: null }, "queued"],
    ["ringing", { status: "ringing", end_time: null, duration: null }, "ringing"],
  ])("that is %s has no time and no length", (_, changes, phase) => {
    expect(read(changes)).toMatchObject({ phase, atMs: null, durationSeconds: null, answeredBy: null });
  });

  test.each([
    ["busy", "busy"],
    ["no-answer", "no_answer"],
    ["failed", "failed"],
    ["canceled", "canceled"],
  ])("that ended %s has its end's time and no length", (status_, phase) => {
    expect(read({ status: status_, duration: "0" })).toMatchObject({
      phase,
      atMs: END_MS,
      durationSeconds: null,
    });
  });

  test.each([
    ["a string", "15", 15],
    ["a number", 15, 15],
    ["nothing yet", null, null],
    ["no number", "soon", null],
  ])("has a length from %s", (_, duration, seconds) => {
    expect(read({ duration }).durationSeconds).toBe(seconds);
  });

  test("was answered by a machine", () => {
    expect(read({ answered_by: "machine_start" }).answeredBy).toBe("machine");
  });

  test.each([
    ["a sid of another kind", { sid: RECORDING_SID }],
    ["an unknown status", { status: "paused" }],
    ["no sid", { sid: undefined }],
  ])("is unreadable with %s", (_, changes) => {
    expect(callRecordSchema.safeParse({ ...RECORD, ...changes }).success).toBe(false);
  });

  // `start_time` is "null if the call has not yet been dialed": it is when the phone began to ring.
  test("that is being talked on does not tell when it was answered", () => {
    expect(read({ status: "in-progress", end_time: null, duration: null })).toMatchObject({
      phase: "answered",
      atMs: null,
    });
  });
});
