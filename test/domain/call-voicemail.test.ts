// A machine answers, and is left a message.

import { describe, expect, test } from "vitest";
import { mustEndMs } from "../../src/domain/call/state.ts";
import { estimateSpeechMs } from "../../src/domain/speech.ts";
import { messageMsOf, voicemailMessage } from "../../src/domain/voicemail.ts";
import { LIMITS, OURS, SITUATIONS, type CallDrive } from "../support/call-machine.ts";

const MESSAGE_MS = 20_000;

function asks(
  call: CallDrive,
  answeredBy: "person" | "machine" | "fax" | null,
  messageMs?: number,
): CallDrive {
  return call.accepts({ type: "answer_requested", carrierCallId: OURS, answeredBy, messageMs });
}

describe("a machine that is to hear a message", () => {
  test("hears it, and the carrier hangs up by itself", () => {
    const call = asks(SITUATIONS.pickedUp(), "machine", MESSAGE_MS);
    expect([call.told, call.effects]).toEqual(["leave_message", []]);
    expect(call.redirected).toBe("hang_up");
    call.wait(20).reports("completed", { durationSeconds: 21 });
    expect(call.state.ending).toEqual({ reason: "voicemail", outcome: "voicemail", fault: "none" });
  });

  test("is hung up on by us only when the message must have been spoken", () => {
    const call = asks(SITUATIONS.pickedUp(), "machine", MESSAGE_MS);
    expect(call.due("hang_up")).toBe(20);
    expect(call.due("must_end")).toBe(80);
    expect(call.fires("hang_up").effects).toContainEqual({ type: "hang_up", via: "carrier" });
  });

  test("that asks again hears the same from its beginning", () => {
    const call = asks(SITUATIONS.pickedUp(), "machine", MESSAGE_MS).wait(9);
    expect(asks(call, "machine", MESSAGE_MS).told).toBe("leave_message");
    expect(call.due("hang_up")).toBe(20);
  });

  test("is one that the carrier has told of before it asks", () => {
    const call = SITUATIONS.ringing().reports("answered", { answeredBy: "machine" });
    expect(asks(call, null, MESSAGE_MS).told).toBe("leave_message");
  });

  test("makes no call last longer than its bound", () => {
    const call = asks(SITUATIONS.pickedUp(), "machine", 3_600_000).runsOut();
    expect(call.nowMs).toBe(mustEndMs(LIMITS, call.state.requestedAtMs ?? 0));
    expect(call.state.ending?.reason).toBe("voicemail");
  });

  test("whose call is to end already is hung up on", () => {
    const call = SITUATIONS.pickedUp().accepts({ type: "end_requested", reason: "workflow_close" });
    expect(asks(call, "machine", MESSAGE_MS).told).toBe("hang_up");
  });
});

test.for([
  ["a machine, where none is left a message,", "machine", undefined, "hang_up", "voicemail"],
  ["a fax", "fax", MESSAGE_MS, "hang_up", "fax"],
] as const)("%s is hung up on", ([, answeredBy, messageMs, told, reason]) => {
  const call = asks(SITUATIONS.pickedUp(), answeredBy, messageMs);
  expect(call.told).toBe(told);
  expect(call.wait(1).reports("completed").state.ending?.reason).toBe(reason);
});

test("a person is talked with", () => {
  expect(asks(SITUATIONS.pickedUp(), "person", MESSAGE_MS).told).toBe("relay");
});

describe("the message", () => {
  const planOf = (config: object, language_code = "sv-SE") => ({
    organisationName: "Luminary Home",
    agent: { name: "Aria", voice: { language_code } },
    campaign: { config: { voicemail: "leave_message" as const, ...config } },
  });

  test("is the campaign's, in the agent's language", () => {
    const message = voicemailMessage(planOf({ voicemail_message: " Hej, det är Aria. " }));
    expect(message).toEqual({ text: "Hej, det är Aria.", language: "sv-SE" });
  });

  test.for([
    ["sv-SE", "en-US"],
    ["en-GB", "en-GB"],
  ] as const)("is else ours, in English: for %s in %s", ([voice, language]) => {
    const message = voicemailMessage(planOf({}, voice));
    expect(message?.language).toBe(language);
    expect(message?.text).toMatch(/Aria from Luminary Home/);
  });

  test("is none where the campaign hangs up on machines", () => {
    expect(voicemailMessage(planOf({ voicemail: "hang_up" as const }))).toBeNull();
    expect(messageMsOf(planOf({ voicemail: "hang_up" as const }))).toBeUndefined();
  });

  test("may be spoken half as fast as is thought, and begin a quarter of a minute late", () => {
    const message = "Hello, this is Aria. Please call us back.";
    expect(messageMsOf(planOf({ voicemail_message: message }))).toBe(2 * estimateSpeechMs(message) + 15_000);
  });

  test("takes as long as its script may", () => {
    const latin = messageMsOf(planOf({ voicemail_message: "aaaa" })) ?? 0;
    expect(messageMsOf(planOf({ voicemail_message: "こんにち" }))).toBeGreaterThan(latin);
  });
});
