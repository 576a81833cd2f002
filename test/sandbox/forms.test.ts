// The forms besides the create's: what they refuse, and what they read.

import { describe, expect, test } from "vitest";
import { readNumberForm } from "../../src/sandbox/number-form.ts";
import { readRecordingForm } from "../../src/sandbox/recording-form.ts";
import { readUpdateForm } from "../../src/sandbox/update-form.ts";

const REACH = { ownOrigin: "https://own.example", isLocal: false };
const OWN = "https://own.example/a";
const ELSEWHERE = "https://elsewhere.example/";
const form = (fields: Record<string, string>) => new URLSearchParams(fields);

describe("POST Calls/{Sid}.json", () => {
  test.each([
    [{ Status: "busy" }, 20001],
    [{ Url: ELSEWHERE }, 21205],
    [{ FallbackUrl: ELSEWHERE }, 21205],
    [{ StatusCallback: ELSEWHERE }, 21609],
    [{ StatusCallback: OWN, StatusCallbackMethod: "PUT" }, 21209],
    [{ Twiml: "x".repeat(4001) }, 32018],
    [{ TimeLimit: "0" }, 13216],
  ])("%j is refused with %i", (fields, code) => {
    expect(readUpdateForm(form(fields), REACH)).toMatchObject({ ok: false, error: { code } });
  });

  test("says where to report before it ends the call", () => {
    const fields = {
      Status: "completed",
      StatusCallback: OWN,
      StatusCallbackMethod: "GET",
      FallbackUrl: OWN,
    };
    expect(readUpdateForm(form(fields), REACH)).toEqual({
      ok: true,
      value: [
        { kind: "report", to: { url: OWN, method: "GET" } },
        { kind: "fall-back", to: { url: OWN, method: "POST" } },
        { kind: "end" },
      ],
    });
  });
});

describe("POST Calls/{Sid}/Recordings.json", () => {
  test.each([
    [{ RecordingStatusCallback: ELSEWHERE }, 13256],
    [{ RecordingStatusCallbackEvent: "started" }, 13621],
    [{ RecordingStatusCallbackMethod: "PUT" }, 21209],
    [{ RecordingChannels: "three" }, 20001],
  ])("%j is refused with %i", (fields, code) => {
    expect(readRecordingForm(form(fields), REACH)).toMatchObject({ ok: false, error: { code } });
  });

  test("has Twilio's defaults", () => {
    const value = { channels: 1, callback: null, events: ["completed"] };
    expect(readRecordingForm(form({}), REACH)).toEqual({ ok: true, value });
  });

  test("takes events in one field or in several", () => {
    const joined = form({ RecordingStatusCallbackEvent: "in-progress completed" });
    const repeated = form({ RecordingStatusCallbackEvent: "in-progress" });
    repeated.append("RecordingStatusCallbackEvent", "completed");
    for (const fields of [joined, repeated]) {
      expect(readRecordingForm(fields, REACH)).toMatchObject({
        value: { events: ["in-progress", "completed"] },
      });
    }
  });
});

describe("POST IncomingPhoneNumbers.json", () => {
  const PhoneNumber = "+15550010000";

  test.each([
    [{}, 21421],
    [{ PhoneNumber: "5550010000" }, 21421],
    [{ PhoneNumber, FriendlyName: "x".repeat(65) }, 20002],
    [{ PhoneNumber, VoiceUrl: ELSEWHERE }, 21402],
    [{ PhoneNumber, VoiceUrl: OWN, VoiceMethod: "PUT" }, 21403],
    [{ PhoneNumber, VoiceFallbackUrl: OWN }, 21405],
    [{ PhoneNumber, StatusCallback: ELSEWHERE }, 21402],
  ])("%j is refused with %i", (fields: Record<string, string>, code) => {
    expect(readNumberForm(form(fields), REACH)).toMatchObject({ ok: false, error: { code } });
  });

  test("reads all that is done about a call", () => {
    const fields = {
      PhoneNumber,
      VoiceUrl: OWN,
      VoiceMethod: "GET",
      VoiceFallbackUrl: `${OWN}/fallback`,
      StatusCallback: `${OWN}/status`,
    };
    expect(readNumberForm(form(fields), REACH)).toEqual({
      ok: true,
      value: {
        phone: PhoneNumber,
        settings: {
          friendlyName: "(555) 001-0000",
          voice: { url: OWN, method: "GET" },
          fallback: { url: `${OWN}/fallback`, method: "POST" },
          statusCallback: { url: `${OWN}/status`, method: "POST" },
        },
      },
    });
  });
});
