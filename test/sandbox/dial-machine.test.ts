// A call is handed over to a human, without objects or network. test/sandbox/drive.ts moves the time.

import { describe, expect, test } from "vitest";
import { liveLeg } from "../../src/sandbox/call-state.ts";
import { Drive, ended } from "./drive.ts";
import { ACCEPTED, AUTO, BY_KEY, dial, handedOver, isBridged } from "./handover.ts";

const HANGUP = "<Response><Hangup/></Response>";

const reportsEnd = (call: Drive) => call.until((state) => state.request !== null).state.request;
const statusesOfLeg = (call: Drive) =>
  call.posts.filter(({ url }) => url.endsWith("/leg")).map(({ params }) => params["CallStatus"]);

describe("a second party is dialled", () => {
  test("on a line of its own, which says whose it is", () => {
    const call = handedOver(dial("0090"));
    expect(call.state).toMatchObject({ status: "in-progress", request: null, relay: null });
    expect(call.leg).toMatchObject({
      sid: expect.stringMatching(/^CA[0-9a-f]{32}$/),
      parentSid: call.state.sid,
      direction: "outbound-dial",
      order: { to: "+15005550090", from: "+15550010000" },
    });
    call.until(() => call.leg.request !== null);
    expect(call.leg.request).toMatchObject({
      url: "https://own.example/whisper?transfer=1",
      method: "POST",
      params: {
        CallSid: call.leg.sid,
        ParentCallSid: call.state.sid,
        Direction: "outbound-dial",
        From: "+15550010000",
        To: "+15005550090",
        CallStatus: "in-progress",
      },
    });
    expect(call.state.request).toBeNull();
  });

  test("from the number that the call is from, unless it says another", () => {
    const call = handedOver(dial("0090").replace(/callerId="\S+"/, ""));
    expect(call.leg.order.from).toBe("+15005550006");
  });

  test("and the noun's callback hears what it asked for, numbered for itself", () => {
    const noun = 'statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed"';
    const call = handedOver(dial("0090", { noun })).whisper(ACCEPTED);
    reportsEnd(call);
    expect(statusesOfLeg(call)).toEqual(["initiated", "ringing", "in-progress", "completed"]);
    const last = call.posts.findLast(({ url }) => url.endsWith("/leg"))?.params;
    expect(last).toMatchObject({ SequenceNumber: "3", ParentCallSid: call.state.sid, CallDuration: "12" });
    const only = handedOver(dial("0090", { noun: 'statusCallback="/leg"' })).whisper(ACCEPTED);
    reportsEnd(only);
    expect(statusesOfLeg(only)).toEqual(["completed"]);
  });

  test("an inbound call rings on until the bridge, if its document says so", () => {
    for (const answerOnBridge of [true, false]) {
      const call = Drive.inbound("0036").document(
        dial("0090", { attributes: `answerOnBridge="${answerOnBridge}"` }),
      );
      expect(call.state.status).toBe(answerOnBridge ? "ringing" : "in-progress");
      call.whisper(ACCEPTED);
      expect(isBridged(call)).toBe(true);
      expect(call.state.status).toBe("in-progress");
    }
  });
});

describe("whoever is dialled", () => {
  test.each([
    ["0090 takes the call by a key", "0090", BY_KEY, "completed", "true"],
    ["0091 presses none", "0091", BY_KEY, "no-answer", "false"],
    ["0091 has a call that asks for no key", "0091", AUTO, "completed", "true"],
    ["0092 is busy", "0092", BY_KEY, "busy", "false"],
    ["0093 hangs up during the brief", "0093", BY_KEY, "no-answer", "false"],
    ["0093 does so whoever would have to press what", "0093", AUTO, "no-answer", "false"],
    ["nobody is there", "0011", BY_KEY, "no-answer", "false"],
    ["it is declined", "0012", BY_KEY, "busy", "false"],
    ["the network fails", "0013", BY_KEY, "failed", "false"],
    ["a number that is not valid", "0001", BY_KEY, "failed", "false"],
    ["a voicemail presses no key", "0020", BY_KEY, "no-answer", "false"],
    ["nor does a customer", "0030", BY_KEY, "no-answer", "false"],
  ])("%s", (_, human, whisper, status, bridged) => {
    const call = handedOver(dial(human));
    call.until((state) => state.request !== null || liveLeg(state)?.request !== null);
    if (call.leg.request !== null) call.whisper(whisper);
    call.until((state) => state.request !== null || liveLeg(state)?.request !== null);
    if (call.leg.request !== null) {
      expect(call.leg.request).toMatchObject({
        url: "https://own.example/accept?transfer=1",
        params: { CallSid: call.leg.sid, ...(whisper === BY_KEY ? { Digits: "1" } : {}) },
      });
      call.whisper(ACCEPTED);
      expect(isBridged(call)).toBe(true);
    }
    expect(reportsEnd(call)).toMatchObject({
      url: "https://own.example/dial-end?transfer=1",
      method: "POST",
      params: {
        CallSid: call.state.sid,
        CallStatus: "in-progress",
        DialCallSid: call.leg.sid,
        DialCallStatus: status,
        DialBridged: bridged,
        DialCallDuration: expect.stringMatching(/^\d+$/),
      },
    });
    expect(ended(call.leg)).toBe(true);
    expect(call.document(HANGUP).until(ended).state.status).toBe("completed");
  });

  test("is let ring as long as the document says, divided by the speed", () => {
    const call = handedOver(dial("0011"), 10);
    const placedMs = call.nowMs;
    reportsEnd(call);
    expect(call.nowMs - placedMs).toBeGreaterThanOrEqual(2000);
    expect(call.nowMs - placedMs).toBeLessThan(2200);
  });

  test.each([
    ["hangs up", HANGUP],
    ["is no TwiML", "oops"],
  ])("a whisper that %s ends the line unbridged", (_, whisper) => {
    const call = handedOver(dial("0090")).whisper(whisper);
    expect(call.state.request?.params).toMatchObject({ DialCallStatus: "no-answer", DialBridged: "false" });
    expect(call.leg.status).toBe("completed");
  });

  test("so does one that cannot be had", () => {
    const call = handedOver(dial("0090")).until((state) => liveLeg(state)?.request !== null);
    const outcome = { kind: "failed" as const, errorCode: 11200 };
    call.applyToLeg({ type: "document", requestId: call.leg.request?.id ?? 0, outcome });
    expect(call.state.request?.params).toMatchObject({ DialCallStatus: "no-answer" });
  });

  test("what a whisper cannot do is skipped; without a whisper the bridge comes with the answer", () => {
    const call = handedOver(dial("0090")).whisper(
      dial("0091").replace("<Response>", "<Response><Reject/><Start><Recording/></Start>"),
    );
    expect(isBridged(call)).toBe(true);
    expect(call.state.legs).toHaveLength(1);
    const bare = handedOver(dial("0091", { whisper: "" }));
    expect(isBridged(bare.until(() => bare.leg.answeredAtMs !== null))).toBe(true);
  });

  test("can be nobody at all, and is reported as failed", () => {
    const call = handedOver('<Response><Dial action="/dial-end"><Queue>sales</Queue></Dial></Response>');
    expect(reportsEnd(call)?.params).toMatchObject({ DialCallStatus: "failed", DialBridged: "false" });
  });

  test("without an action the document goes on behind the verb, to another number for one", () => {
    const again = dial("0091", { next: "<Say>Nobody is there.</Say>" }).replace("<Response>", "");
    const first = dial("0092", { next: again.replace("</Response>", "") });
    const call = handedOver(first.replaceAll('action="/dial-end?transfer=1"', ""));
    call.until((state) => state.legs.length === 2).whisper(HANGUP);
    expect(call.state).toMatchObject({ dial: null, status: "in-progress" });
    expect(call.until(ended).state.speech.at(-1)).toMatchObject({ who: "agent" });
    expect(new Set(call.state.legs.map(({ sid }) => sid)).size).toBe(2);
  });
});

describe("the bridge", () => {
  const bridged = (document = dial("0090"), speed = 1) => handedOver(document, speed).whisper(ACCEPTED);

  test("is a talk in turns of both, until the human hangs up", () => {
    const call = bridged(dial("0090"), 4);
    const [sinceMs, before] = [call.nowMs, call.state.speech.length];
    expect(reportsEnd(call)?.params).toMatchObject({ DialCallStatus: "completed", DialBridged: "true" });
    expect(call.nowMs - sinceMs).toBe(3000);
    expect(call.state.speech.slice(before).map(({ who }) => who)).toEqual([
      "agent",
      "customer",
      "agent",
      "customer",
    ]);
  });

  test("is cut by the verb's time limit, never divided by the speed", () => {
    const call = handedOver(dial("0090", { attributes: 'timeLimit="2"' }), 2);
    call.whisper("<Response><Pause length='10'/></Response>").until(() => isBridged(call));
    const sinceMs = call.nowMs;
    expect(reportsEnd(call)?.params).toMatchObject({ DialCallStatus: "completed", DialCallDuration: "7" });
    expect(call.nowMs - sinceMs).toBe(2000);
    expect(call.state.speech.at(-1)).toMatchObject({ who: "customer", toMs: call.nowMs });
  });

  test("is recorded by what was begun before it, to the call's end", () => {
    const call = bridged();
    expect(call.state.recording?.status).toBe("in-progress");
    reportsEnd(call);
    expect(call.state.recording?.status).toBe("in-progress");
    call.document(HANGUP);
    while (call.tick());
    const told = call.posts.filter(({ url }) => url.endsWith("/recording"));
    expect(told.map(({ params }) => params["RecordingStatus"])).toEqual(["in-progress", "completed"]);
    expect(Number(told[1]?.params["RecordingDuration"])).toBeGreaterThanOrEqual(12);
  });

  test("may lead back to the agent, and the customer talks on", () => {
    const call = new Drive("+15005550031").relayOpens().says("Hello, this is Ava.");
    call.until(() => call.prompts.length === 1).says("What is your budget?");
    call.until(() => call.prompts.length === 2);
    const end = { status: "ended" as const, handoffData: "{}" };
    call.apply({ type: "relay-closed", sessionId: call.sessionId, end }).document(dial("0092"));
    reportsEnd(call);
    call.relayOpens().says("Nobody is free, I'm afraid. What is your budget?");
    call.until(() => call.prompts.length === 3);
    expect(call.prompts.slice(1)).toEqual([
      "I'd like to speak to a real person, please.",
      "Yes, I'd like to stay under a thousand.",
    ]);
  });
});
