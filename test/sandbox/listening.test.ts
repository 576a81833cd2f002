// What a relay is told of a customer beyond its finished words: the words as they come, and keys.

import { describe, expect, test } from "vitest";
import { Drive, ended, LISTENING_RELAY, RELAY } from "./drive.ts";

const QUESTION = "Hi, this is Aria. Is this a good time to talk?";
const ANSWER = "Hello! Yes, this is a good time, go ahead.";

describe("partial prompts", () => {
  test.each([1, 40])(
    "come each second that the customer speaks, whole words, at %i times the speed",
    (speed) => {
      const call = new Drive("+15005550030", {}, speed).relayOpens(LISTENING_RELAY).says(QUESTION);
      call.until((state) => state.customer.saying !== null);
      const beganMs = call.nowMs;
      call.until((state) => state.customer.saying === null);
      expect(call.frames.slice(2)).toEqual([
        { type: "prompt", voicePrompt: "Hello! Yes,", lang: "en-US", last: false },
        { type: "prompt", voicePrompt: "Hello! Yes, this is a good", lang: "en-US", last: false },
        { type: "prompt", voicePrompt: ANSWER, lang: "en-US", last: true },
      ]);
      expect(call.nowMs - beganMs).toBeCloseTo((ANSWER.length * 1000) / 15 / speed, 0);
    },
  );

  test("come only if the relay asked for them, and the talk is the same without", () => {
    const converse = (relay: string) => {
      const call = new Drive("+15005550037").relayOpens(relay).says(QUESTION);
      for (const question of ["Which product are you looking at?", "What is your budget?", "Goodbye!"]) {
        const told = call.prompts.length;
        call.until(() => call.prompts.length > told).says(question);
      }
      return call;
    };
    const [quiet, listening] = [converse(RELAY), converse(LISTENING_RELAY)];
    expect(quiet.partials).toEqual([]);
    expect(listening.partials.length).toBeGreaterThan(3);
    expect(listening.prompts).toEqual(quiet.prompts);
    expect(listening.nowMs).toBe(quiet.nowMs);
  });

  test("stop with the words they belong to: when the relay is lost, and at the end", () => {
    const call = new Drive("+15005550030").relayOpens(LISTENING_RELAY).says(QUESTION);
    call.until(() => call.partials.length === 1);
    const end = { status: "failed" as const, errorCode: 64105, errorMessage: "WebSocket lost" };
    call.apply({ type: "relay-closed", sessionId: call.sessionId, end });
    expect(call.state.timers["customer-goes-on"]).toBeUndefined();
    call.relayOpens(LISTENING_RELAY).until(() => call.partials.length === 2);
    expect(call.apply({ type: "change", change: { kind: "end" } }).state.timers).toEqual({});
  });
});

describe("keys", () => {
  test("0039 answers the first question with two keys, and talks on", () => {
    const call = new Drive("+15005550039").relayOpens(LISTENING_RELAY).says(QUESTION);
    call.until((state) => state.customer.memory.said.length === 1);
    expect(call.frames.slice(2)).toEqual([
      { type: "dtmf", digit: "1" },
      { type: "dtmf", digit: "#" },
    ]);
    call.says("Great. What are you looking for?").until(() => call.prompts.length === 1);
    expect(call.prompts).toEqual(["I need a good one for my home office."]);
  });

  test("it waits for the agent's answer as after its words, and gives up in the end", () => {
    const call = new Drive("+15005550039").relayOpens(LISTENING_RELAY).says(QUESTION).until(ended);
    expect(call.frames.filter(({ type }) => type === "dtmf")).toHaveLength(2);
    expect(call.state.status).toBe("completed");
  });

  test("presses them anew where the relay was lost between the two", () => {
    const call = new Drive("+15005550039").relayOpens(LISTENING_RELAY).says(QUESTION);
    call.until((state) => state.customer.pressing !== null);
    const end = { status: "failed" as const, errorCode: 64105, errorMessage: "WebSocket lost" };
    call.apply({ type: "relay-closed", sessionId: call.sessionId, end });
    call.relayOpens(LISTENING_RELAY).until((state) => state.customer.memory.said.length === 1);
    const digits = call.frames.flatMap((frame) => (frame.type === "dtmf" ? [frame.digit] : []));
    expect(digits).toEqual(["1", "1", "#"]);
  });

  test("go unnoticed by a relay that does not listen for them", () => {
    const call = new Drive("+15005550039").relayOpens(RELAY).says(QUESTION);
    call.until((state) => state.customer.memory.said.length === 1);
    expect(call.frames.map(({ type }) => type)).toEqual(["setup", "info"]);
  });

  test.each([
    ["any", ["interrupt", "dtmf", "dtmf"]],
    ["dtmf", ["interrupt", "dtmf", "dtmf"]],
    ["true", ["interrupt", "dtmf", "dtmf"]],
    ["speech", ["dtmf", "dtmf"]],
    ["none", ["dtmf", "dtmf"]],
  ])("pressed into the agent's words cut them off as the relay allows: %s", (interruptible, expected) => {
    const relay = LISTENING_RELAY.replace(
      "partialPrompts",
      `interruptible="${interruptible}" partialPrompts`,
    );
    const call = new Drive("+15005550080").relayOpens(relay).says(QUESTION);
    call.nowMs += 1000;
    call.apply({ type: "person", act: { kind: "press", digits: "1#" } });
    expect(call.frames.slice(1).map(({ type }) => type)).toEqual(expected);
    if (expected[0] !== "interrupt") return;
    expect(call.frames[1]).toMatchObject({ utteranceUntilInterrupt: QUESTION.slice(0, 15) });
    expect(call.state.relay?.agent).toEqual([]);
  });
});
