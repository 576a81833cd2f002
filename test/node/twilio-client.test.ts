// Twilio's official client against the sandbox: its REST API. Callbacks of calls: twilio-callbacks.test.ts.

import twilio from "twilio";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerMisfits } from "./support/answer-misfits.ts";
import { until } from "./support/api-client.ts";
import { CallbackServer, isAuthentic } from "./support/callback-server.ts";
import { startDevServer, stopDevServers, type DevServer } from "./support/dev-server.ts";
import { sandboxClient, type Exchange } from "./support/sandbox-client.ts";

const SPEED = 40;
const START_WITHIN_MS = 120_000;
/** At this speed, well beyond the time that any test takes. */
const WAIT = `<Response><Pause length="3600"/></Response>`;
const NOBODY = `CA${"0".repeat(32)}`;
const NO_RECORDING = `RE${"0".repeat(32)}`;

const application = new CallbackServer();
const exchanges: Exchange[] = [];
let server: DevServer;
let client: twilio.Twilio;
let numbers = 0;

beforeAll(async () => {
  await application.start();
  server = await startDevServer(SPEED);
  client = sandboxClient(server, exchanges);
}, START_WITHIN_MS);
afterAll(async () => {
  await stopDevServers();
  await application.stop();
});

/** A number that nobody else calls from; what becomes of calls to one is told by its last four digits. */
function ownNumber(): string {
  numbers += 1;
  return `+1415555${String(numbers).padStart(4, "0")}`;
}

const place = (to = "+15005550036", from = ownNumber()) => client.calls.create({ to, from, twiml: WAIT });

const reached = (sid: string, status: string) =>
  until(
    () => client.calls(sid).fetch(),
    (call) => call.status === status,
  );

const placeAnswered = async () => reached((await place()).sid, "in-progress");

const basic = () => `Basic ${btoa(`${server.accountSid}:${server.authToken}`)}`;

/** What the client throws. */
async function refusalOf(asked: Promise<unknown>): Promise<object> {
  const error = await asked.then(
    () => new Error("It was not refused"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof twilio.RestException)) throw error;
  const { status, code, moreInfo, message } = error;
  return { status, code, moreInfo, message };
}

const refused = (status: number, code: number) => ({
  status,
  code,
  moreInfo: `https://www.twilio.com/docs/errors/${code}`,
  message: expect.stringMatching(/\w/),
});

describe("a call", () => {
  test("is created and read", async () => {
    const [to, from] = ["+15005550036", ownNumber()];
    const created = await client.calls.create({ to, from, twiml: WAIT, timeout: 30, timeLimit: 60 });
    expect(created).toMatchObject({
      sid: expect.stringMatching(/^CA[0-9a-f]{32}$/),
      accountSid: server.accountSid,
      to,
      from,
      status: "queued",
      direction: "outbound-api",
      dateCreated: expect.any(Date),
      startTime: null,
      endTime: null,
      duration: null,
    });
    const call = await reached(created.sid, "in-progress");
    expect(call).toMatchObject({ sid: created.sid, to, from, startTime: expect.any(Date), endTime: null });
    expect(call.dateCreated).toEqual(created.dateCreated);
  });

  test("is hung up", async () => {
    const { sid } = await placeAnswered();
    expect(await client.calls(sid).update({ status: "completed" })).toMatchObject({
      sid,
      status: "completed",
    });
    const call = await client.calls(sid).fetch();
    expect(call).toMatchObject({ status: "completed", endTime: expect.any(Date) });
    expect(Number(call.duration)).toBeGreaterThan(0);
  });

  test("is canceled before it is answered", async () => {
    const { sid } = await place("+15005550011");
    expect(await client.calls(sid).update({ status: "canceled" })).toMatchObject({ sid, status: "canceled" });
    expect(await client.calls(sid).fetch()).toMatchObject({ status: "canceled", duration: "0" });
  });

  test("goes on with another document", async () => {
    const { sid } = await placeAnswered();
    const response = new twilio.twiml.VoiceResponse();
    response.say("Goodbye.");
    response.hangup();
    expect(await client.calls(sid).update({ twiml: response })).toMatchObject({ status: "in-progress" });
    expect(await reached(sid, "completed")).toMatchObject({ sid });
  });

  test("is limited while it goes on", async () => {
    const { sid } = await placeAnswered();
    expect(await client.calls(sid).update({ timeLimit: 1 })).toMatchObject({ sid });
    expect(await reached(sid, "completed")).toMatchObject({ duration: "1" });
  });

  test("is not changed once it is over", async () => {
    const { sid } = await placeAnswered();
    await client.calls(sid).update({ status: "completed" });
    expect(await refusalOf(client.calls(sid).update({ status: "completed" }))).toEqual(refused(400, 21220));
    expect(await refusalOf(client.calls(sid).update({ twiml: WAIT }))).toEqual(refused(400, 21220));
  });

  test("is removed from the account", async () => {
    const { sid, from } = await placeAnswered();
    await client.calls(sid).update({ status: "completed" });
    expect(await client.calls(sid).remove()).toBe(true);
    expect(await refusalOf(client.calls(sid).fetch())).toEqual(refused(404, 20404));
    expect(await client.calls.list({ from })).toEqual([]);
  });
});

describe("a request is refused", () => {
  test.each([
    ["for a number that is none", { to: "12", from: "+15005550006" }, 400, 21211],
    ["for no number", { to: "", from: "+15005550006" }, 400, 21201],
    ["for a caller's number that is none", { to: "+15005550036", from: "12" }, 400, 21212],
    ["for no document", { to: "+15005550036", from: "+15005550006", twiml: "" }, 400, 21205],
    ["for a number that is not valid", { to: "+15005550001", from: "+15005550006" }, 400, 21217],
    ["for a number that can't be reached", { to: "+15005550002", from: "+15005550006" }, 400, 21214],
    ["for a number that is blocked", { to: "+15005550004", from: "+15005550006" }, 400, 21216],
    ["by a carrier in trouble", { to: "+15005550040", from: "+15005550006" }, 500, 20500],
  ])("%s", async (_, call, status, code) => {
    expect(await refusalOf(client.calls.create({ twiml: WAIT, ...call }))).toEqual(refused(status, code));
  });

  test("for wrong credentials", async () => {
    const stranger = sandboxClient({ ...server, authToken: "0".repeat(32) }, exchanges);
    expect(await refusalOf(stranger.calls.list())).toEqual(refused(401, 20003));
  });

  test.each<[string, () => Promise<unknown>]>([
    ["reading a call", () => client.calls(NOBODY).fetch()],
    ["changing a call", () => client.calls(NOBODY).update({ status: "completed" })],
    ["removing a call", () => client.calls(NOBODY).remove()],
    ["the recordings of a call", () => client.calls(NOBODY).recordings.list()],
    ["recording a call", () => client.calls(NOBODY).recordings.create()],
    ["reading a recording", () => client.recordings(NO_RECORDING).fetch()],
    ["removing a recording", () => client.recordings(NO_RECORDING).remove()],
  ])("for something that there is not: %s", async (_, ask) => {
    expect(await refusalOf(ask())).toEqual(refused(404, 20404));
  });

  test("twice for the pace; the third time it is granted", async () => {
    const from = ownNumber();
    const ask = () => place("+15002000042", from);
    expect(await refusalOf(ask())).toEqual(refused(429, 20429));
    expect(await refusalOf(ask())).toEqual(refused(429, 20429));
    expect(await ask()).toMatchObject({ status: "queued" });
  });

  test("for the pace, and the client itself asks again", async () => {
    const patient = sandboxClient(server, exchanges, { autoRetry: true });
    const from = ownNumber();
    await patient.calls.create({ to: "+15002010042", from, twiml: WAIT });
    expect(await patient.calls.list({ from })).toHaveLength(1);
  });
});

test("a call is placed though the answer to its create never comes", async () => {
  const hasty = sandboxClient(server, exchanges, { timeout: 200 });
  const from = ownNumber();
  await expect(hasty.calls.create({ to: "+15005550041", from, twiml: WAIT })).rejects.toThrow("timeout");
  const placed = await until(
    () => client.calls.list({ from }),
    (calls) => calls.length > 0,
  );
  expect(placed).toMatchObject([{ to: "+15005550041", from }]);
});

describe("the list of calls", () => {
  test("is read to its end, page after page", async () => {
    const from = ownNumber();
    const sids: string[] = [];
    for (let call = 0; call < 5; call++) sids.unshift((await place("+15005550036", from)).sid);
    const before = exchanges.length;
    expect((await client.calls.list({ from, pageSize: 2 })).map(({ sid }) => sid)).toEqual(sids);
    expect(exchanges.length - before).toBe(3);
    expect((await client.calls.list({ from, pageSize: 2, limit: 3 })).map(({ sid }) => sid)).toEqual(
      sids.slice(0, 3),
    );
    const each: string[] = [];
    await client.calls.each({ from, pageSize: 4 }, ({ sid }) => each.push(sid));
    expect(each).toEqual(sids);
  });

  test("is turned forth and back", async () => {
    const from = ownNumber();
    for (let call = 0; call < 3; call++) await place("+15005550036", from);
    const first = await client.calls.page({ from, pageSize: 2 });
    expect(first.instances).toHaveLength(2);
    const second = await first.nextPage();
    expect(second?.instances).toHaveLength(1);
    expect(second?.nextPage()).toBeUndefined();
    const again = await second?.previousPage();
    expect(again?.instances.map(({ sid }) => sid)).toEqual(first.instances.map(({ sid }) => sid));
    const direct = await client.calls.getPage(first.nextPageUrl ?? "");
    expect(direct.instances.map(({ sid }) => sid)).toEqual(second?.instances.map(({ sid }) => sid));
  });

  test("is filtered", async () => {
    const from = ownNumber();
    const over = await place("+15002000036", from);
    const live = await place("+15002010036", from);
    await client.calls(over.sid).update({ status: "completed" });
    await reached(live.sid, "in-progress");
    const hour = 3_600_000;
    const [earlier, later] = [new Date(Date.now() - hour), new Date(Date.now() + hour)];
    const found = async (filter: Parameters<typeof client.calls.list>[0]) =>
      (await client.calls.list({ from, ...filter })).map(({ sid }) => sid);
    expect(await found({})).toEqual([live.sid, over.sid]);
    expect(await found({ to: "+15002000036" })).toEqual([over.sid]);
    expect(await found({ status: "in-progress" })).toEqual([live.sid]);
    expect(await found({ parentCallSid: NOBODY })).toEqual([]);
    expect(await found({ startTimeAfter: earlier, startTimeBefore: later })).toEqual([live.sid, over.sid]);
    expect(await found({ startTimeAfter: later })).toEqual([]);
    expect(await found({ startTimeBefore: earlier })).toEqual([]);
    expect(await found({ startTime: live.dateCreated })).toEqual([live.sid, over.sid]);
    expect(await found({ startTime: new Date(Date.now() - 48 * hour) })).toEqual([]);
    expect(await found({ endTimeAfter: earlier })).toEqual([over.sid]);
    expect(await found({ endTimeBefore: earlier })).toEqual([]);
  });
});
describe("a recording", () => {
  const recorded = async () => {
    const { sid } = await client.calls.create({
      to: "+15005550036",
      from: ownNumber(),
      twiml: WAIT,
      record: true,
      recordingChannels: "dual",
    });
    await reached(sid, "in-progress");
    await client.calls(sid).update({ status: "completed" });
    return sid;
  };
  const ready = (callSid: string) =>
    until(
      async () => (await client.calls(callSid).recordings.list())[0],
      (recording) => recording?.status === "completed",
    );

  test("is listed with its call, read, heard, and removed", async () => {
    const callSid = await recorded();
    const listed = await ready(callSid);
    expect(listed).toMatchObject({
      sid: expect.stringMatching(/^RE[0-9a-f]{32}$/),
      callSid,
      channels: 2,
      source: "OutboundAPI",
      duration: (await client.calls(callSid).fetch()).duration,
      startTime: expect.any(Date),
    });
    const recording = await client.recordings(listed?.sid ?? "").fetch();
    expect(recording).toMatchObject({ sid: listed?.sid, callSid, status: "completed", channels: 2 });
    const headers = { authorization: basic() };
    const media = await fetch(`${recording.mediaUrl}.mp3`, { headers });
    expect([media.status, media.headers.get("content-type")]).toEqual([200, "audio/mpeg"]);
    expect((await media.arrayBuffer()).byteLength).toBeGreaterThan(1000);
    expect((await fetch(`${recording.mediaUrl}.mp3`)).status).toBe(401);
    expect(await client.recordings(recording.sid).remove()).toBe(true);
    expect(await refusalOf(client.recordings(recording.sid).fetch())).toEqual(refused(404, 20404));
    expect(await client.calls(callSid).recordings.list()).toEqual([]);
    expect(await client.recordings.list({ callSid })).toEqual([]);
  });

  test("is listed with the account's, page after page", async () => {
    const callSids = await Promise.all([recorded(), recorded(), recorded()]);
    const recordings = await Promise.all(callSids.map(ready));
    const wanted = recordings.map((recording) => recording?.sid);
    const listed = await client.recordings.list({ pageSize: 1 });
    expect(listed.map(({ sid }) => sid)).toEqual(expect.arrayContaining(wanted));
    expect(new Set(listed.map(({ sid }) => sid)).size).toBe(listed.length);
    expect(await client.recordings.list({ limit: 2 })).toHaveLength(2);
    const [callSid] = callSids;
    expect(await client.recordings.list({ callSid: callSid ?? "" })).toMatchObject([{ callSid }]);
    const later = new Date(Date.now() + 3_600_000);
    expect(await client.recordings.list({ dateCreatedAfter: later })).toEqual([]);
  });

  test("is begun while the call goes on, once", async () => {
    const { sid } = await placeAnswered();
    const begun = await client
      .calls(sid)
      .recordings.create({ recordingChannels: "dual", trim: "do-not-trim" });
    expect(begun).toMatchObject({
      callSid: sid,
      status: "in-progress",
      channels: 2,
      source: "StartCallRecordingAPI",
    });
    await client.calls(sid).update({ status: "completed" });
    expect(await ready(sid)).toMatchObject({ sid: begun.sid, source: "StartCallRecordingAPI" });
    expect(await refusalOf(client.calls(sid).recordings.create())).toEqual(refused(400, 21220));
  });
});

describe("a number of the account", () => {
  test("is listed", async () => {
    const [number] = await client.incomingPhoneNumbers.list();
    expect(number).toMatchObject({
      sid: expect.stringMatching(/^PN[0-9a-f]{32}$/),
      accountSid: server.accountSid,
      phoneNumber: expect.stringMatching(/^\+\d+$/),
      capabilities: { voice: true },
    });
    expect(await client.incomingPhoneNumbers.list({ phoneNumber: number?.phoneNumber ?? "" })).toHaveLength(
      1,
    );
    expect(await client.incomingPhoneNumbers.list({ phoneNumber: "+19995550000" })).toEqual([]);
  });

  test("is bought, and whoever calls it is led to its VoiceUrl", async () => {
    const [answer, status] = [application.address("<Response><Hangup/></Response>"), application.address()];
    const [phoneNumber, customer] = [ownNumber(), "+14155550192"];
    const bought = await client.incomingPhoneNumbers.create({
      phoneNumber,
      friendlyName: "Sales",
      voiceUrl: answer,
      statusCallback: status,
    });
    expect(bought).toMatchObject({
      phoneNumber,
      friendlyName: "Sales",
      voiceUrl: answer,
      voiceMethod: "POST",
    });
    expect(await client.incomingPhoneNumbers.list({ phoneNumber })).toMatchObject([{ sid: bought.sid }]);

    const placed = await fetch(`${server.apiBaseUrl}/inbound`, {
      method: "POST",
      headers: { authorization: basic() },
      body: JSON.stringify({ from: customer, to: phoneNumber }),
    });
    expect(placed.status).toBe(201);
    const heard = [await application.onlyHeardAt(answer), await application.onlyHeardAt(status)];
    const [call] = await client.calls.list({ to: phoneNumber });
    expect(call).toMatchObject({ direction: "inbound", from: customer });
    const common = {
      CallSid: call?.sid,
      AccountSid: server.accountSid,
      From: customer,
      To: phoneNumber,
      Caller: customer,
      Called: phoneNumber,
      Direction: "inbound",
      ApiVersion: "2010-04-01",
      FromCountry: "US",
      ToCountry: "US",
    };
    expect(heard.map(({ params }) => params)).toMatchObject([
      { ...common, CallStatus: "ringing" },
      { ...common, CallStatus: "completed", CallDuration: expect.stringMatching(/^\d+$/) },
    ]);
    expect(heard.every((each) => isAuthentic(each, server.authToken))).toBe(true);
  });
});

/** The client reads much into an answer; Twilio's document says exactly what is in it. */
test("every answer above is one that Twilio describes", () => {
  const operations = new Set(
    exchanges.map(({ method, path }) => `${method} ${path.replaceAll(/[A-Z]{2}[0-9a-f]{32}/g, "*")}`),
  );
  expect(operations.size).toBeGreaterThan(8);
  expect([...new Set(exchanges.flatMap(answerMisfits))]).toEqual([]);
});
