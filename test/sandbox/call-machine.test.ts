// Whole lives of calls. test/sandbox/drive.ts moves the time.

import { array, assert, boolean, constantFrom, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { nextDue } from "../../src/sandbox/call-machine.ts";
import { Drive, ended, RELAY, START_MS } from "./drive.ts";

describe("a call nobody answers", () => {
  test.each([
    [
      "busy",
      "+15005550010",
      [
        ["0", "initiated"],
        ["1", "busy", "486"],
      ],
    ],
    [
      "rings out",
      "+15005550011",
      [
        ["0", "initiated"],
        ["1", "ringing"],
        ["2", "no-answer", "487"],
      ],
    ],
    [
      "declined",
      "+15005550012",
      [
        ["0", "initiated"],
        ["1", "ringing"],
        ["2", "busy", "603"],
      ],
    ],
    [
      "failed",
      "+15005550013",
      [
        ["0", "initiated"],
        ["1", "failed", "503"],
      ],
    ],
  ])("%s", (_, to, expected) => {
    const call = new Drive(to).until(ended);
    expect(call.callbacks.map((row) => row.filter((value) => value !== undefined))).toEqual(expected);
    expect(call.posts.at(-1)?.params).toMatchObject({ CallDuration: "0", Duration: "0" });
    expect(nextDue(call.state)).toBeUndefined();
  });

  test("the create's Timeout ends the ringing, divided by the speed", () => {
    const call = new Drive("+15005550011", { timeoutSeconds: 20 }, 10).until(ended);
    expect(call.nowMs - START_MS).toBeLessThan(2200);
    expect(call.nowMs - START_MS).toBeGreaterThanOrEqual(2000);
  });

  test("a Timeout shorter than the way to the phone wins over whoever would have answered", () => {
    expect(new Drive("+15005550030", { timeoutSeconds: 1 }).until(ended).state.status).toBe("no-answer");
  });

  test("is recorded as absent, if somebody wants to know", () => {
    const callback = { url: "https://own.example/recording", method: "POST" as const };
    const recording = { channels: 1 as const, callback, events: ["completed" as const, "absent" as const] };
    const call = new Drive("+15005550010", { recording }).until(ended);
    expect(call.posts.at(-1)?.params).toMatchObject({ RecordingStatus: "absent" });
  });
});

describe("an answered call", () => {
  test("only what is subscribed to is sent and numbered", () => {
    const call = new Drive("+15005550030", { statusEvents: ["completed"] });
    call.document("<Response><Hangup/></Response>");
    expect(call.callbacks).toEqual([["0", "completed", "200"]]);
  });

  test("an unread document brings Twilio's apology, not a failed call", () => {
    const call = new Drive("+15005550030").document("oops").until(ended);
    expect(call.state.status).toBe("completed");
    expect(call.state.speech).toHaveLength(1);
  });

  test("the fallback is asked once, and told why", () => {
    const fallback = { url: "https://own.example/fallback", method: "POST" as const };
    const call = new Drive("+15005550030", { fallback }).document("oops");
    expect(call.state.request).toMatchObject({ ...fallback, params: { ErrorCode: "12100" } });
    expect(call.document("oops again").until(ended).state.status).toBe("completed");
  });

  test("the time limit ends it, never divided by the speed", () => {
    const call = new Drive("+15005550036", { timeLimitSeconds: 30 }, 1000).relayOpens().until(ended);
    expect(call.nowMs - (call.state.answeredAtMs ?? 0)).toBe(30_000);
    expect(call.posts.at(-1)?.params).toMatchObject({ CallStatus: "completed", CallDuration: "30" });
  });

  test.each([
    ["+15005550030", false, "human"],
    ["+15005550020", false, "machine_start"],
    ["+15005550020", true, "machine_end_beep"],
    ["+15005550021", true, "fax"],
  ])("%s, waiting for the message's end: %s, is detected as %s", (to, messageEnd, answeredBy) => {
    const call = new Drive(to, { detection: { messageEnd, async: false, callback: null } });
    call.until((state) => state.request !== null);
    expect(call.state.request?.params).toMatchObject({ AnsweredBy: answeredBy, CallStatus: "in-progress" });
    expect(Number(call.state.request?.params["MachineDetectionDuration"])).toBeGreaterThanOrEqual(2000);
  });

  test("asynchronous detection holds nothing up and reports for itself", () => {
    const callback = { url: "https://own.example/amd", method: "POST" as const };
    const call = new Drive("+15005550020", { detection: { messageEnd: false, async: true, callback } });
    call.until((state) => state.request !== null);
    expect(call.state.request?.params).not.toHaveProperty("AnsweredBy");
    call.relayOpens().until((state) => state.detected !== null);
    expect(call.posts.at(-1)).toMatchObject({ url: callback.url, params: { AnsweredBy: "machine_start" } });
  });
});

describe("a conversation", () => {
  test("takes turns: the agent is heard through before the customer speaks", () => {
    const call = new Drive("+15005550030").relayOpens().says("Is this a good time?");
    call.until((state) => state.customer.memory.said.length === 1);
    expect(call.frames.map((frame) => frame.type)).toEqual(["setup", "info", "prompt"]);
    call.says("Which product are you looking at?").until((state) => state.customer.memory.said.length === 2);
    expect(call.prompts[1]).toMatch(/home office/);
  });

  test("the agent's end leads to the action, with its handoff data", () => {
    const call = new Drive("+15005550030").relayOpens().says("Goodbye.");
    const end = { status: "ended" as const, handoffData: '{"reason":"done"}' };
    call.apply({ type: "relay-closed", sessionId: call.sessionId, end });
    expect(call.state.request).toMatchObject({
      url: "https://own.example/action",
      params: { SessionStatus: "ended", CallStatus: "in-progress", HandoffData: '{"reason":"done"}' },
    });
  });

  test("a lost socket fails the session; on the next one the customer still owes its answer", () => {
    const call = new Drive("+15005550030").relayOpens().says("Is this a good time?");
    call.until((state) => state.customer.saying !== null);
    const end = { status: "failed" as const, errorCode: 64105, errorMessage: "WebSocket lost" };
    call.apply({ type: "relay-closed", sessionId: call.sessionId, end });
    expect(call.state.request?.params).toMatchObject({ SessionStatus: "failed", ErrorCode: "64105" });
    call.relayOpens().until((state) => state.customer.memory.said.length === 1);
    expect(call.prompts).toEqual(["Hello! Yes, this is a good time, go ahead."]);
  });

  test("frames of a socket given up change nothing", () => {
    const call = new Drive("+15005550030").relayOpens();
    const before = call.state;
    call.apply({ type: "utterance", sessionId: "VX-old", text: "Hello?", startedAtMs: call.nowMs });
    expect(call.state).toEqual(before);
  });

  test("0035 hangs up in the middle of the agent's second utterance, whatever follows it", () => {
    const call = new Drive("+15005550035").relayOpens().says("Is this a good time?");
    call.until((state) => state.customer.memory.said.length === 1);
    call.says("Wonderful, then let me tell you about our sofas.").says("And about our chairs.");
    expect(call.until(ended).frames.at(-1)?.type).toBe("prompt");
    const [action, status] = call.posts.slice(-2);
    expect(action?.params).toMatchObject({ SessionStatus: "completed", CallStatus: "completed" });
    expect(status?.params).toMatchObject({ CallStatus: "completed", SequenceNumber: "3" });
  });

  test.each([0, 60_000])(
    "0037 interrupts the agent half-way, by an alarm %i ms late, then talks on",
    (lateMs) => {
      const greeting = "Hello, this is Ava of Norden Furniture.";
      const call = new Drive("+15005550037").relayOpens().says(greeting);
      call.nowMs += lateMs;
      call.until((state) => state.customer.memory.said.length === 1);
      const interrupt = call.frames.find((frame) => frame.type === "interrupt");
      expect(greeting.slice(0, 20)).toBe(interrupt?.utteranceUntilInterrupt);
      expect(interrupt?.durationUntilInterruptMs).toBe(1300);
      expect(call.frames.map((frame) => frame.type)).toEqual(["setup", "interrupt", "prompt"]);
    },
  );

  test("0038 talks on without an answer until the limit", () => {
    const call = new Drive("+15005550038", { timeLimitSeconds: 60 }).relayOpens().says("Hello, this is Ava.");
    expect(call.until(ended).prompts.length).toBeGreaterThan(8);
    expect(call.nowMs - (call.state.answeredAtMs ?? 0)).toBe(60_000);
  });

  test.each(["0030", "0032", "0033", "0034"])("%s hangs up on an agent that falls silent", (ending) => {
    const call = new Drive(`+1500555${ending}`).relayOpens().says("Hello, this is Ava.").until(ended);
    expect(call.state.status).toBe("completed");
    expect(call.nowMs - START_MS).toBeLessThan(40_000);
  });
});

describe("a REST update", () => {
  test("ends a ringing call as canceled and a running one as completed", () => {
    const ringing = new Drive("+15005550030").until((state) => state.status === "ringing");
    expect(ringing.apply({ type: "change", change: { kind: "end" } }).state.status).toBe("canceled");
    const talking = new Drive("+15005550030").relayOpens();
    expect(talking.apply({ type: "change", change: { kind: "cancel" } }).state.status).toBe("in-progress");
    expect(talking.apply({ type: "change", change: { kind: "end" } }).state.status).toBe("completed");
  });

  test("replaces a running relay without asking its action", () => {
    const call = new Drive("+15005550030").relayOpens().says("One moment.");
    const twiml = "<Response><Pause length='5'/></Response>";
    call.apply({ type: "change", change: { kind: "replace", twiml } });
    expect(call.state).toMatchObject({ relay: null, request: null });
    expect(call.until(ended).state.status).toBe("completed");
  });

  test("raises or lowers the time limit, counted from the answer", () => {
    const call = new Drive("+15005550036", { timeLimitSeconds: 30 }).relayOpens();
    call.apply({ type: "change", change: { kind: "limit", seconds: 90 } }).until(ended);
    expect(call.nowMs - (call.state.answeredAtMs ?? 0)).toBe(90_000);
  });
});

test("every call ends once, within its limit, whatever the application does", () => {
  const numbers = [
    "0010",
    "0011",
    "0013",
    "0020",
    "0021",
    "0030",
    "0034",
    "0035",
    "0036",
    "0037",
    "0038",
    "0047",
  ];
  const moves = [
    "tick",
    "document",
    "junk",
    "open",
    "say",
    "drop",
    "end",
    "replace",
    "limit",
    "record",
    "hang-up",
  ] as const;
  const run = property(
    boolean(),
    constantFrom(...numbers),
    array(constantFrom(...moves), { maxLength: 60 }),
    (inbound, ending, steps) => {
      const limit = { timeLimitSeconds: 120 };
      const call = inbound ? Drive.inbound(ending, limit, 5) : new Drive(`+1500777${ending}`, limit, 5);
      for (const step of steps) move(call, step);
      call.until(ended);
      const { status } = call.state;
      while (call.tick());
      expect(call.state.status).toBe(status);
      expect(call.callbacks.findIndex((row) => row[2] !== undefined)).toBe(call.callbacks.length - 1);
      expect(call.nowMs - START_MS).toBeLessThan(200_000);
      for (const { fromMs, toMs } of call.state.speech) expect(toMs).toBeGreaterThanOrEqual(fromMs);
    },
  );
  assert(run, { numRuns: 300 });

  function move(call: Drive, step: (typeof moves)[number]): void {
    const { sessionId } = call;
    const requestId = call.state.request?.id ?? 0;
    switch (step) {
      case "tick":
        call.tick();
        return;
      case "document":
      case "junk":
        call.apply({
          type: "document",
          requestId,
          outcome: { kind: "document", body: step === "junk" ? "<" : RELAY },
        });
        return;
      case "open":
        if (call.state.relay?.phase === "connecting") call.apply({ type: "relay-opened", sessionId });
        return;
      case "say":
        call.says("Hello there, how are you today?");
        return;
      case "drop":
      case "end":
        call.apply({
          type: "relay-closed",
          sessionId,
          end:
            step === "end"
              ? { status: "ended", handoffData: null }
              : { status: "failed", errorCode: 64105, errorMessage: "lost" },
        });
        return;
      case "hang-up":
        call.apply({ type: "change", change: { kind: "end" } });
        return;
      case "record":
        call.apply({ type: "record", order: { channels: 1, callback: null, events: [] } });
        return;
      case "replace":
      case "limit":
        if (call.state.status !== "in-progress") return;
        call.apply({
          type: "change",
          change: step === "limit" ? { kind: "limit", seconds: 120 } : { kind: "replace", twiml: RELAY },
        });
    }
  }
});
