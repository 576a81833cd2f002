// What Twilio asks on a human's line, and what it says of that line's end.

import { describe, expect, test } from "vitest";
import { parseDialEnd, parseHumanRequest } from "../../src/telephony/twilio/callbacks.ts";
import { ACCOUNT_SID, CALL_SID, fakeTwilio, formOf, OTHER_CALL_SID } from "./fake-twilio.ts";

const CHILD = { AccountSid: ACCOUNT_SID, CallSid: OTHER_CALL_SID, CallStatus: "in-progress" };
const PARENT = { AccountSid: ACCOUNT_SID, CallSid: CALL_SID, CallStatus: "in-progress" };

const bodyOf = (fields: Record<string, string>) => new URLSearchParams(fields).toString();

describe("a request on a human's line", () => {
  const asks = (fields: Record<string, string>) =>
    parseHumanRequest(bodyOf({ ...CHILD, ...fields }), ACCOUNT_SID);

  test("names the call whose other end it is", () => {
    expect(asks({ ParentCallSid: CALL_SID, Direction: "outbound-dial", To: "+15005550090" })).toEqual({
      parentCallId: CALL_SID,
      pressedKey: false,
    });
  });

  test.each([
    ["does not", {}],
    ["does so with what is no sid", { ParentCallSid: "" }],
  ])("that %s is taken all the same", (_, fields) => {
    expect(asks(fields)).toEqual({ parentCallId: null, pressedKey: false });
  });

  test.each(["1", "0", "#", "*"])("tells that a key was pressed: %s", (key) => {
    expect(asks({ Digits: key, FinishedOnKey: "" })?.pressedKey).toBe(true);
  });

  test("with empty digits tells of none", () => {
    expect(asks({ Digits: "" })?.pressedKey).toBe(false);
  });

  test.each([
    ["of another account", { AccountSid: `AC${"9".repeat(32)}` }],
    ["of no call", { CallSid: "CA1" }],
  ])("%s is none", (_, fields) => expect(asks(fields)).toBeNull());
});

describe("the end of a human's line", () => {
  const ends = (fields: Record<string, string>) =>
    parseDialEnd(bodyOf({ ...PARENT, DialCallSid: OTHER_CALL_SID, ...fields }), ACCOUNT_SID);

  test.each([
    ["busy", "false"],
    ["no-answer", "false"],
    ["failed", "false"],
    ["canceled", "false"],
    ["completed", "false"],
  ])("that was %s and not bridged is no talk", (DialCallStatus, DialBridged) => {
    expect(ends({ DialCallStatus, DialBridged })).toEqual({
      carrierCallId: CALL_SID,
      talked: false,
      callOver: false,
    });
  });

  test("that was bridged is the end of a talk", () => {
    const end = ends({ DialCallStatus: "completed", DialBridged: "true", DialCallDuration: "98" });
    expect(end).toEqual({ carrierCallId: CALL_SID, talked: true, callOver: false });
  });

  test.each(["completed", "failed", "canceled"])("may be that of the call: %s", (CallStatus) => {
    expect(ends({ CallStatus, DialCallStatus: "no-answer" })?.callOver).toBe(true);
  });

  test.each([
    ["of another account", { AccountSid: `AC${"9".repeat(32)}` }],
    ["of no call", { CallSid: "" }],
    ["with a status that is none", { CallStatus: "gone" }],
  ])("%s is none", (_, fields) => expect(ends(fields)).toBeNull());
});

test("a new time limit is told as one field", async () => {
  const { provider, sent } = fakeTwilio(Response.json({ sid: CALL_SID, status: "in-progress" }));
  expect(await provider.setTimeLimit(CALL_SID, 15_180)).toEqual({ kind: "done" });
  expect(await formOf(sent())).toEqual({ TimeLimit: ["15180"] });
});
