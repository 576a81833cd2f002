import { describe, expect, test } from "vitest";
import { readCreateForm } from "../../src/sandbox/create-form.ts";

const REACH = { ownOrigin: "https://own.example", isLocal: false };
const MINIMUM = { To: "+15005550030", From: "+15005550006", Url: "https://own.example/answer" };

function read(fields: Record<string, string>) {
  return readCreateForm(new URLSearchParams(fields), REACH);
}

describe("POST Calls.json", () => {
  test.each([
    ["To missing", { To: "" }, 21201],
    ["From missing", { From: "" }, 21213],
    ["neither Url nor Twiml", { Url: "" }, 21205],
    ["To is no number", { To: "12" }, 21211],
    ["From is not E.164", { From: "5005550006" }, 21212],
    ["Url relative", { Url: "/answer" }, 21205],
    ["Url elsewhere", { Url: "https://elsewhere.example/" }, 21205],
    ["StatusCallback elsewhere", { StatusCallback: "https://elsewhere.example/" }, 21609],
    ["unknown event", { StatusCallbackEvent: "answered completed" }, 21626],
    ["Timeout no number", { Timeout: "soon" }, 21208],
    ["Timeout too long", { Timeout: "601" }, 21208],
    ["TimeLimit 0", { TimeLimit: "0" }, 13216],
    ["unknown method", { Method: "PUT" }, 21209],
    ["Twiml too long", { Twiml: "x".repeat(4001) }, 32018],
    ["unknown detection", { MachineDetection: "Maybe" }, 21234],
    ["unknown recording event", { RecordingStatusCallbackEvent: "completed started" }, 13621],
  ])("%s is refused with its own code", (_, fields, code) => {
    expect(read({ ...MINIMUM, ...fields })).toMatchObject({ ok: false, error: { code } });
  });

  test("fills in Twilio's defaults", () => {
    expect(read(MINIMUM)).toEqual({
      ok: true,
      value: {
        to: MINIMUM.To,
        from: MINIMUM.From,
        document: { url: MINIMUM.Url, method: "POST" },
        fallback: null,
        statusCallback: null,
        statusEvents: ["completed"],
        timeoutSeconds: 60,
        timeLimitSeconds: 14_400,
        recording: null,
        detection: null,
      },
    });
  });

  test("takes events as a repeated field, recording events as a list, and ignores what it does not know", () => {
    const form = new URLSearchParams({
      ...MINIMUM,
      StatusCallback: "https://own.example/status#rc=3",
      Record: "true",
      RecordingChannels: "dual",
      RecordingStatusCallback: "https://own.example/recording",
      RecordingStatusCallbackEvent: "completed absent",
      MachineDetection: "DetectMessageEnd",
      Unheard: "of",
    });
    form.append("StatusCallbackEvent", "initiated");
    form.append("StatusCallbackEvent", "answered");
    expect(readCreateForm(form, REACH)).toMatchObject({
      value: {
        statusCallback: { url: "https://own.example/status#rc=3", method: "POST" },
        statusEvents: ["initiated", "answered"],
        recording: { channels: 2, events: ["completed", "absent"] },
        detection: { messageEnd: true, async: false },
      },
    });
  });

  test.each(["+447700900123", "sip:ann@own.example", "client:ann"])("may call %s", (To) => {
    expect(read({ ...MINIMUM, To }).ok).toBe(true);
  });

  test("Url wins over Twiml", () => {
    expect(read({ ...MINIMUM, Twiml: "<Response/>" })).toMatchObject({
      value: { document: { url: MINIMUM.Url } },
    });
  });
});
