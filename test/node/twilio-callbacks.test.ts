// What the sandbox asks of an application, judged by Twilio's official library: the signature of each callback, and
// its fields as Twilio's pages give them. The calls are placed by the official client.
// https://www.twilio.com/docs/voice/api/call-resource#statuscallback https://www.twilio.com/docs/voice/twiml

import twilio from "twilio";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "./support/api-client.ts";
import { CallbackServer, isAuthentic, type Heard } from "./support/callback-server.ts";
import { startDevServer, stopDevServers, type DevServer } from "./support/dev-server.ts";
import { nextRelay } from "./support/relay-server.ts";
import { sandboxClient } from "./support/sandbox-client.ts";

const SPEED = 40;
const START_WITHIN_MS = 120_000;
const EVENTS = ["initiated", "ringing", "answered", "completed"];
const FROM = "+14155550192";
const PEOPLE = { answers: "+15005550036", busy: "+15005550010", declines: "+15005550012" };
const RFC_2822 = /^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} \+0000$/;

const application = new CallbackServer();
let server: DevServer;
let client: twilio.Twilio;

beforeAll(async () => {
  await application.start();
  server = await startDevServer(SPEED);
  client = sandboxClient(server);
}, START_WITHIN_MS);
afterAll(async () => {
  await stopDevServers();
  await application.stop();
});

function twiml(build: (response: twilio.twiml.VoiceResponse) => void): string {
  const response = new twilio.twiml.VoiceResponse();
  build(response);
  return response.toString();
}

const HANGUP = twiml((response) => void response.hangup());
const WAIT = twiml((response) => void response.pause({ length: 3600 }));

const ended = (sid: string) =>
  until(
    () => client.calls(sid).fetch(),
    (call) => call.endTime !== null,
  );

type Order = Partial<Parameters<typeof client.calls.create>[0]>;

const place = (order: Order) => client.calls.create({ to: PEOPLE.answers, from: FROM, ...order });

const isTheCarriers = (heard: Heard) => isAuthentic(heard, server.authToken);

function bySequence(heard: Heard[]): Record<string, string>[] {
  return heard
    .map(({ params }) => params)
    .toSorted((a, b) => Number(a["SequenceNumber"]) - Number(b["SequenceNumber"]));
}

describe("a call that is answered, recorded, and hung up", () => {
  let at: { answer: string; status: string; recording: string };
  let common: Record<string, unknown>;
  let statuses: Heard[];

  beforeAll(async () => {
    const document = twiml((response) => {
      response.say("Hello & goodbye.");
      response.pause({ length: 40 });
      response.hangup();
    });
    at = {
      answer: application.address(document),
      status: application.address(),
      recording: application.address(),
    };
    const call = await place({
      url: at.answer,
      statusCallback: `${at.status}?call=1&name=O'Neil#rc=2&rp=ct`,
      statusCallbackEvent: EVENTS,
      machineDetection: "Enable",
      record: true,
      recordingChannels: "dual",
      recordingStatusCallback: at.recording,
      recordingStatusCallbackEvent: ["in-progress", "completed"],
    });
    common = {
      CallSid: call.sid,
      AccountSid: server.accountSid,
      From: FROM,
      To: PEOPLE.answers,
      Caller: FROM,
      Called: PEOPLE.answers,
      Direction: "outbound-api",
      ApiVersion: "2010-04-01",
    };
    statuses = await application.heardAt(at.status, 4);
  });

  const telling = (status: string, sequence: number) => ({
    ...common,
    CallStatus: status,
    SequenceNumber: String(sequence),
    Timestamp: expect.stringMatching(RFC_2822),
    CallbackSource: "call-progress-events",
    // The query of the address that was given.
    call: "1",
    name: "O'Neil",
  });

  test("is told of four times", async () => {
    const told = bySequence(statuses.map(withQuery));
    expect(told.slice(0, 3)).toEqual([
      telling("initiated", 0),
      telling("ringing", 1),
      telling("in-progress", 2),
    ]);
    const seconds = expect.stringMatching(/^[1-9]\d*$/);
    expect(told[3]).toEqual({
      ...telling("completed", 3),
      CallDuration: seconds,
      Duration: "1",
      SipResponseCode: "200",
      AnsweredBy: "human",
      RecordingSid: expect.stringMatching(/^RE[0-9a-f]{32}$/),
      RecordingUrl: expect.stringMatching(/^http\S+\/Recordings\/RE[0-9a-f]{32}$/),
      RecordingDuration: seconds,
    });
    const times = told.map((params) => Date.parse(params["Timestamp"] ?? ""));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test("is asked for its document once it was found who answered", async () => {
    expect((await application.onlyHeardAt(at.answer)).params).toEqual({
      ...common,
      CallStatus: "in-progress",
      AnsweredBy: "human",
      MachineDetectionDuration: expect.stringMatching(/^\d+$/),
    });
  });

  test("has a recording, of which is told when it begins and when it is ready", async () => {
    const [begun, ready] = (await application.heardAt(at.recording, 2)).map(({ params }) => params);
    const recording = {
      AccountSid: server.accountSid,
      CallSid: common["CallSid"],
      RecordingSid: expect.stringMatching(/^RE[0-9a-f]{32}$/),
      RecordingUrl: expect.stringMatching(/^http\S+\/Recordings\/RE[0-9a-f]{32}$/),
      RecordingChannels: "2",
      RecordingStartTime: expect.stringMatching(RFC_2822),
      RecordingSource: "OutboundAPI",
      RecordingTrack: "both",
    };
    expect(begun).toEqual({ ...recording, RecordingStatus: "in-progress" });
    expect(ready).toEqual({
      ...recording,
      RecordingStatus: "completed",
      RecordingDuration: expect.stringMatching(/^[1-9]\d*$/),
    });
  });

  test("is told of by requests that are the carrier's, and nobody else's", async () => {
    await application.heardAt(at.recording, 2);
    const heard = application.heard.filter(({ params }) => params["CallSid"] === common["CallSid"]);
    expect(heard).toHaveLength(7);
    expect(heard.every(isTheCarriers)).toBe(true);
    expect(heard.some((each) => isAuthentic(each, "0".repeat(32)))).toBe(false);
  });
});

describe("a call that nobody answers", () => {
  test.each([
    ["busy", PEOPLE.busy, ["initiated", "busy"], "486"],
    ["declined", PEOPLE.declines, ["initiated", "ringing", "busy"], "603"],
  ])("%s: is told of, with the network's own code", async (_, to, expected, sipResponseCode) => {
    const status = application.address();
    await place({ to, twiml: WAIT, statusCallback: status, statusCallbackEvent: EVENTS });
    const told = bySequence(await application.heardAt(status, expected.length));
    expect(told.map((params) => params["CallStatus"])).toEqual(expected);
    expect(told.at(-1)).toMatchObject({ CallDuration: "0", SipResponseCode: sipResponseCode });
    expect(told.at(-1)).not.toHaveProperty("AnsweredBy");
  });

  test("is told of once where no events were named", async () => {
    const status = application.address();
    await place({ to: PEOPLE.busy, twiml: WAIT, statusCallback: status });
    expect((await application.onlyHeardAt(status)).params).toMatchObject({ CallStatus: "busy" });
  });
});

describe("a document", () => {
  test.each([
    ["an error", { status: 500, body: HANGUP }, "11200"],
    ["no XML", { body: "<Response>" }, "12100"],
    ["another media type", { type: "application/json", body: "{}" }, "12300"],
  ])("that is %s makes the carrier ask the fallback, and say why", async (_, document, errorCode) => {
    const [broken, fallback] = [application.address(document), application.address(HANGUP)];
    const { sid } = await place({ url: broken, fallbackUrl: fallback });
    const heard = await application.onlyHeardAt(fallback);
    expect(heard.params).toMatchObject({
      CallSid: sid,
      CallStatus: "in-progress",
      ErrorCode: errorCode,
      ErrorUrl: broken,
    });
    expect(isTheCarriers(heard)).toBe(true);
    expect(await ended(sid)).toMatchObject({ status: "completed" });
  });

  test("that can't be had ends the call where there is no fallback", async () => {
    const url = application.address({ status: 404, body: "" });
    const { sid } = await place({ url });
    expect(await ended(sid)).toMatchObject({ status: "completed" });
  });

  test("is asked for by GET, with all that is told in the query, where that was wished", async () => {
    const [answer, status] = [application.address(HANGUP), application.address()];
    const { sid } = await place({
      url: `${answer}?call=1`,
      method: "GET",
      statusCallback: status,
      statusCallbackMethod: "GET",
    });
    const heard = [await application.onlyHeardAt(answer), await application.onlyHeardAt(status)];
    expect(heard.map(({ method, params }) => [method, params["CallSid"]])).toEqual([
      ["GET", sid],
      ["GET", sid],
    ]);
    expect(heard[0]?.params).toMatchObject({ call: "1" });
    expect(heard.map(isTheCarriers)).toEqual([true, true]);
  });

  test("leads on to another one", async () => {
    const next = application.address(HANGUP);
    const first = application.address(twiml((response) => void response.redirect(new URL(next).pathname)));
    const { sid } = await place({ url: first });
    expect((await application.onlyHeardAt(next)).params).toMatchObject({
      CallSid: sid,
      CallStatus: "in-progress",
    });
    expect(await ended(sid)).toMatchObject({ status: "completed" });
  });
});

describe("a change of a call", () => {
  const placeAnswered = async () => {
    const url = application.address(WAIT);
    const { sid } = await place({ url });
    await until(
      () => client.calls(sid).fetch(),
      (call) => call.status === "in-progress",
    );
    return sid;
  };

  test("leads it on to another document", async () => {
    const sid = await placeAnswered();
    const next = application.address(HANGUP);
    await client.calls(sid).update({ url: next, method: "POST" });
    const heard = await application.onlyHeardAt(next);
    expect(heard.params).toMatchObject({ CallSid: sid, CallStatus: "in-progress" });
    expect(isTheCarriers(heard)).toBe(true);
    expect(await ended(sid)).toMatchObject({ status: "completed" });
  });

  test("names another address to be told at", async () => {
    const sid = await placeAnswered();
    const status = application.address();
    await client.calls(sid).update({ timeLimit: 60, statusCallback: status });
    await client.calls(sid).update({ status: "completed" });
    const heard = await application.onlyHeardAt(status);
    expect(heard.params).toMatchObject({ CallSid: sid, CallStatus: "completed" });
    expect(isTheCarriers(heard)).toBe(true);
  });

  test("begins a recording, of which is told", async () => {
    const sid = await placeAnswered();
    const told = application.address();
    const { sid: recordingSid } = await client.calls(sid).recordings.create({
      recordingStatusCallback: told,
      recordingStatusCallbackEvent: ["in-progress completed"],
    });
    await client.calls(sid).update({ status: "completed" });
    const heard = await application.heardAt(told, 2);
    expect(heard.map(({ params }) => params)).toMatchObject(
      ["in-progress", "completed"].map((status) => ({
        CallSid: sid,
        RecordingSid: recordingSid,
        RecordingStatus: status,
        RecordingSource: "StartCallRecordingAPI",
      })),
    );
    expect(heard.map(isTheCarriers)).toEqual([true, true]);
  });
});

test("who answers is told on the side, where the call need not wait for it", async () => {
  const detection = application.address();
  const { sid } = await place({
    to: "+15005550020",
    twiml: WAIT,
    machineDetection: "DetectMessageEnd",
    asyncAmd: "true",
    asyncAmdStatusCallback: detection,
  });
  const heard = await application.onlyHeardAt(detection);
  expect(heard.params).toEqual({
    CallSid: sid,
    AccountSid: server.accountSid,
    AnsweredBy: "machine_end_beep",
    MachineDetectionDuration: expect.stringMatching(/^\d+$/),
  });
  expect(isTheCarriers(heard)).toBe(true);
  expect(await client.calls(sid).fetch()).toMatchObject({ answeredBy: "machine_end_beep" });
});

// The numbers whose callbacks take odd ways.
test.each<[string, string, string, (sequence: string[]) => string[]]>([
  ["thrice each", "+15005550044", "000111222333", (sequence) => sequence.toSorted()],
  ["the last first", "+15005550045", "3210", (sequence) => sequence],
])("callbacks that come %s", async (_, to, expected, inOrder) => {
  const status = application.address();
  await place({ to, twiml: HANGUP, statusCallback: status, statusCallbackEvent: EVENTS });
  const heard = await application.heardAt(status, expected.length);
  expect(inOrder(heard.map(({ params }) => params["SequenceNumber"] ?? "")).join("")).toBe(expected);
  expect(heard.every(isTheCarriers)).toBe(true);
});

test("callbacks that are lost, but not those of its recording, which come later", async () => {
  const [status, recording] = [application.address(), application.address()];
  await place({
    to: "+15005550043",
    twiml: HANGUP,
    statusCallback: status,
    statusCallbackEvent: EVENTS,
    record: true,
    recordingStatusCallback: recording,
  });
  expect((await application.onlyHeardAt(recording)).params).toMatchObject({ RecordingStatus: "completed" });
  expect(await application.heardAt(status, 0)).toEqual([]);
});

test("a relay is opened, spoken through, and handed over", async () => {
  const action = application.address(HANGUP);
  const relayUrl = application.address().replace("http:", "ws:");
  const opened = nextRelay(application.server);
  const document = twiml((response) => {
    const relay = response.connect({ action }).conversationRelay({ url: relayUrl });
    relay.parameter({ name: "order", value: "Ä & 1" });
  });
  const call = await place({ to: "+15005550030", twiml: document });
  const { signature, send, next } = await opened;
  expect(twilio.validateRequest(server.authToken, signature, relayUrl, {})).toBe(true);
  expect(await next()).toMatchObject({
    type: "setup",
    sessionId: expect.stringMatching(/^VX[0-9a-f]{32}$/),
    accountSid: server.accountSid,
    callSid: call.sid,
    from: FROM,
    to: "+15005550030",
    direction: "outbound-api",
    callType: "PSTN",
    customParameters: { order: "Ä & 1" },
  });
  send({ type: "text", token: "Good morning, ", last: false });
  send({ type: "text", token: "is this a good time?", last: true });
  expect(await next()).toEqual({
    type: "prompt",
    voicePrompt: expect.stringMatching(/\w/),
    lang: "en-US",
    last: true,
  });
  send({ type: "end", handoffData: `{"to":"a person"}` });
  const heard = await application.onlyHeardAt(action);
  expect(heard.params).toMatchObject({
    CallSid: call.sid,
    CallStatus: "in-progress",
    SessionId: expect.stringMatching(/^VX[0-9a-f]{32}$/),
    SessionStatus: "ended",
    SessionDuration: expect.stringMatching(/^\d+$/),
    HandoffData: `{"to":"a person"}`,
  });
  expect(isTheCarriers(heard)).toBe(true);
  expect(await ended(call.sid)).toMatchObject({ status: "completed" });
});

function withQuery({ url, params, ...rest }: Heard): Heard {
  return { ...rest, url, params: { ...Object.fromEntries(new URL(url).searchParams), ...params } };
}
