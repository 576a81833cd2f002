// A call that dials a second party, by a document of Twilio's official library: what the application is asked, judged
// by the same library, and what the official client reads of it.
// https://www.twilio.com/docs/voice/twiml/dial

import twilio from "twilio";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answerMisfits } from "./support/answer-misfits.ts";
import { CallbackServer, isAuthentic } from "./support/callback-server.ts";
import { startDevServer, stopDevServers, type DevServer } from "./support/dev-server.ts";
import { sandboxClient, type Exchange } from "./support/sandbox-client.ts";

const SPEED = 40;
const START_WITHIN_MS = 120_000;
const [FROM, CUSTOMER, HUMAN] = ["+14155550192", "+15005550036", "+15005550090"];

const application = new CallbackServer();
const exchanges: Exchange[] = [];
let server: DevServer;
let client: twilio.Twilio;

beforeAll(async () => {
  await application.start();
  server = await startDevServer(SPEED);
  client = sandboxClient(server, exchanges);
}, START_WITHIN_MS);
afterAll(async () => {
  await stopDevServers();
  await application.stop();
});

test("who is dialled has a call of its own, with a whisper and callbacks that say whose it is", async () => {
  const accept = application.address("<Response/>");
  const whisper = new twilio.twiml.VoiceResponse();
  whisper.gather({ numDigits: 1, action: accept }).say("A call for you.");
  whisper.hangup();
  const [url, statusCallback] = [application.address(whisper.toString()), application.address()];
  const dialEnd = application.address("<Response><Hangup/></Response>");
  const response = new twilio.twiml.VoiceResponse();
  const dial = response.dial({ action: dialEnd, timeout: 20, timeLimit: 14_400, answerOnBridge: true });
  dial.number({ url, statusCallback, statusCallbackEvent: ["completed"] }, HUMAN);
  const parent = await client.calls.create({ to: CUSTOMER, from: FROM, twiml: response });

  const heard = [];
  for (const each of [url, accept, statusCallback, dialEnd]) heard.push(await application.onlyHeardAt(each));
  const [leg] = await client.calls.list({ parentCallSid: parent.sid });
  const ofLeg = { CallSid: leg?.sid, ParentCallSid: parent.sid, Direction: "outbound-dial", From: FROM };
  expect(heard.map(({ params }) => params)).toMatchObject([
    { ...ofLeg, CallStatus: "in-progress" },
    { ...ofLeg, CallStatus: "in-progress", Digits: "1" },
    { ...ofLeg, CallStatus: "completed" },
    { CallSid: parent.sid, DialCallSid: leg?.sid, DialCallStatus: "completed", DialBridged: "true" },
  ]);
  expect(heard.every((each) => isAuthentic(each, server.authToken))).toBe(true);
  expect(await client.calls(leg?.sid ?? "").fetch()).toMatchObject({
    parentCallSid: parent.sid,
    direction: "outbound-dial",
    from: FROM,
    to: HUMAN,
    status: "completed",
    duration: heard[3]?.params["DialCallDuration"],
  });
  expect(await client.calls(leg?.sid ?? "").recordings.list()).toEqual([]);
  expect(exchanges.flatMap(answerMisfits)).toEqual([]);
});
