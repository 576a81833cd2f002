// A recording that is started in mid-call, and what REST updates change of where a call reports to.

import { describe, expect, test } from "vitest";
import type { RecordingOrder } from "../../src/sandbox/call-state.ts";
import {
  callRecordingResource,
  recordingMedia,
  recordingResource,
} from "../../src/sandbox/recording-resource.ts";
import { Drive, ended, RECORDED_RELAY } from "./drive.ts";

const ORDER: RecordingOrder = {
  channels: 2,
  callback: { url: "https://own.example/recording", method: "POST" },
  events: ["in-progress", "completed"],
};

/** Keeps the line, and does nothing. */
const WAITS = '<Response><Pause length="60"/></Response>';

const notices = (call: Drive) =>
  call.posts.filter(({ url }) => url === ORDER.callback?.url).map(({ params }) => params);

describe("a recording started in mid-call", () => {
  test("lasts from then to the end, and says who began it", () => {
    const call = new Drive("+15005550036").relayOpens();
    call.says("Is there anybody on the line?").until((state) => state.speech.length === 1);
    call.nowMs += 10_000;
    call.apply({ type: "record", order: ORDER }).says("Hello?");
    call.until((state) => state.speech.length === 2);
    call.nowMs += 3000;
    call.apply({ type: "change", change: { kind: "end" } });
    const lastMs = call.nowMs;
    while (call.tick());

    expect(notices(call)).toMatchObject([
      { RecordingStatus: "in-progress", RecordingSource: "StartCallRecordingAPI", RecordingChannels: "2" },
      { RecordingStatus: "completed" },
    ]);
    const seconds = Math.round((lastMs - (call.state.recording?.startedAtMs ?? 0)) / 1000);
    expect(notices(call)[1]?.["RecordingDuration"]).toBe(String(seconds));
    expect(
      Number(call.posts.find(({ params }) => params["CallDuration"])?.params["CallDuration"]),
    ).toBeGreaterThan(seconds + 9);
    const shown = {
      source: "StartCallRecordingAPI",
      status: "completed",
      duration: String(seconds),
      channels: 2,
    };
    expect(recordingResource(call.state, "https://own.example/sandbox")).toMatchObject(shown);
    expect(callRecordingResource(call.state)).toMatchObject({ ...shown, track: "both" });
    const spans = recordingMedia(call.state)?.speech ?? [];
    expect(spans[0]?.toMs).toBeLessThan(0);
    expect(spans[1]?.fromMs).toBe(0);
  });

  test("is one at most, and needs a call in progress", () => {
    const ringing = new Drive("+15005550030").until((state) => state.status === "ringing");
    expect(ringing.apply({ type: "record", order: ORDER }).state.recording).toBeNull();
    const call = new Drive("+15005550036").relayOpens().apply({ type: "record", order: ORDER });
    const { recording } = call.state;
    call.nowMs += 5000;
    expect(call.apply({ type: "record", order: { ...ORDER, channels: 1 } }).state.recording).toEqual(
      recording,
    );
    expect(notices(call)).toHaveLength(1);
  });

  test("is not mentioned by the end's status callback, as one that the create asked for is", () => {
    const fieldsOf = (call: Drive) => {
      call.apply({ type: "change", change: { kind: "end" } });
      return call.posts.find(({ params }) => params["CallDuration"] !== undefined)?.params;
    };
    const started = new Drive("+15005550036").document(WAITS).apply({ type: "record", order: ORDER });
    expect(fieldsOf(started)).not.toHaveProperty("RecordingSid");
    const created = new Drive("+15005550036", { recording: ORDER }).document(WAITS);
    expect(fieldsOf(created)).toHaveProperty("RecordingSid");
  });
});

describe("beside a relay", () => {
  test("a document's <Start> records, to the call's end", () => {
    const call = new Drive("+15005550036").relayOpens(RECORDED_RELAY);
    expect(call.state.recording).toMatchObject({ source: "StartCallRecordingTwiML", channels: 2 });
    call.apply({ type: "change", change: { kind: "end" } });
    while (call.tick());
    const told = call.posts.filter(({ url }) => url === "https://own.example/recording");
    expect(told.map(({ params }) => params["RecordingStatus"])).toEqual(["in-progress", "completed"]);
  });

  test("a second <Start> changes nothing", () => {
    const call = new Drive("+15005550036").relayOpens(RECORDED_RELAY);
    const { recording } = call.state;
    call.nowMs += 5_000;
    call.apply({ type: "change", change: { kind: "replace", twiml: RECORDED_RELAY } });
    expect(call.state.recording).toEqual(recording);
  });

  test("what the create ordered is passed over, and nobody is told", () => {
    const call = new Drive("+15005550036", { recording: ORDER }).relayOpens();
    call.apply({ type: "change", change: { kind: "end" } });
    while (call.tick());
    expect(call.state.recording).toBeNull();
    const told = call.posts.map(({ params }) => params["RecordingStatus"]);
    expect(told).not.toContain("completed");
    expect(told).not.toContain("absent");
  });
});

describe("a REST update", () => {
  const LATER = { url: "https://own.example/later", method: "GET" as const };

  test("says where the end is reported to", () => {
    const call = new Drive("+15005550036", {
      statusCallback: null,
      statusEvents: ["completed"],
    }).relayOpens();
    call.apply({ type: "change", change: { kind: "report", to: LATER } });
    call.apply({ type: "change", change: { kind: "end" } });
    expect(call.posts.filter(({ url }) => url === LATER.url)).toMatchObject([
      { method: "GET", params: { CallStatus: "completed" } },
    ]);
  });

  test("says what to fall back on", () => {
    const call = new Drive("+15005550030").until((state) => state.request !== null);
    call.apply({ type: "change", change: { kind: "fall-back", to: LATER } }).document("oops");
    expect(call.state.request).toMatchObject(LATER);
    expect(call.document("oops").until(ended).state.status).toBe("completed");
  });
});
