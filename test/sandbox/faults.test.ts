// What the carrier itself does wrong, without objects or network.

import { describe, expect, test } from "vitest";
import { canCallIn } from "../../src/sandbox/behaviours.ts";
import type { CallOrder } from "../../src/sandbox/call-state.ts";
import { Drive, ended, RECORDED_RELAY } from "./drive.ts";

const STATUS_URL = "https://own.example/status";
const RECORDING_URL = "https://own.example/recording";

/** A recorded call in which the agent greets, hears one answer, and then hangs up. */
function talk(number: string, changes: Partial<CallOrder> = {}, speed = 1): Drive {
  const call = new Drive(number, changes, speed);
  call.relayOpens(RECORDED_RELAY).says("Is this a good time?");
  call.until((state) => state.customer.memory.said.length === 1);
  const end = { status: "ended" as const, handoffData: null };
  call.apply({ type: "relay-closed", sessionId: call.sessionId, end });
  call.document("<Response><Hangup/></Response>");
  while (call.tick());
  return call;
}

function sentTo(call: Drive, url: string) {
  return call.posts.filter((post) => post.url === url).toSorted((a, b) => a.dueMs - b.dueMs);
}

const statusesOf = (call: Drive) =>
  sentTo(call, STATUS_URL).map(({ params }) => [params["SequenceNumber"], params["CallStatus"]]);

const IN_ORDER = [
  ["0", "initiated"],
  ["1", "ringing"],
  ["2", "in-progress"],
  ["3", "completed"],
];

describe("status callbacks", () => {
  test("0030: each once, when it happens", () => {
    expect(statusesOf(talk("+15005550030"))).toEqual(IN_ORDER);
  });

  test("0043: none is sent, everything else is", () => {
    const call = talk("+15005550043");
    expect(statusesOf(call)).toEqual([]);
    expect(sentTo(call, RECORDING_URL).map(({ params }) => params["RecordingStatus"])).toEqual([
      "in-progress",
      "completed",
    ]);
  });

  test("0044: each three times, word for word the same", () => {
    const call = talk("+15005550044");
    const bySequence = Map.groupBy(sentTo(call, STATUS_URL), ({ params }) => params["SequenceNumber"]);
    expect([...bySequence.keys()].toSorted()).toEqual(["0", "1", "2", "3"]);
    for (const [first, ...copies] of bySequence.values()) {
      expect(copies.map(({ params }) => params)).toEqual([first?.params, first?.params]);
    }
  });

  test("0045: nothing before the end, and then the newest first", () => {
    const call = new Drive("+15005550045").relayOpens();
    expect(call.posts).toEqual([]);
    call.apply({ type: "change", change: { kind: "end" } });
    expect(statusesOf(call)).toEqual(IN_ORDER.toReversed());
    const times = sentTo(call, STATUS_URL).map(({ dueMs }) => dueMs);
    expect(new Set(times).size).toBe(4);
    expect(times[0]).toBe(call.nowMs);
  });

  test("0045: also when the end itself is not subscribed to", () => {
    const call = talk("+15005550045", { statusEvents: ["initiated", "answered"] });
    expect(statusesOf(call)).toEqual([
      ["1", "in-progress"],
      ["0", "initiated"],
    ]);
  });

  test("0046: each half a minute late by the sandbox's time, with the time it happened", () => {
    const [speed, faultless, late] = [4, talk("+15005550030", {}, 4), talk("+15005550046", {}, 4)];
    expect(statusesOf(late)).toEqual(IN_ORDER);
    const [inTime, delayed] = [sentTo(faultless, STATUS_URL), sentTo(late, STATUS_URL)];
    expect(delayed.map(({ dueMs }) => dueMs)).toEqual(inTime.map(({ dueMs }) => dueMs + 30_000 / speed));
    expect(delayed.map(({ params }) => params["Timestamp"])).toEqual(
      inTime.map(({ params }) => params["Timestamp"]),
    );
  });
});

describe("0047, whose relay drops", () => {
  const QUESTIONS = [
    "Is this a good time?",
    "Which product are you looking at?",
    "What matters most to you?",
    "Do you have a budget in mind?",
  ];

  function untilDrop(): Drive {
    const call = new Drive("+15005550047").relayOpens();
    for (const [turn, question] of QUESTIONS.entries()) {
      call.says(question).until((state) => state.relay === null || state.customer.memory.said.length > turn);
    }
    return call;
  }

  test("loses the socket while the agent speaks, after three lines of the customer", () => {
    const call = untilDrop();
    expect(call.drops).toBe(1);
    expect(call.prompts).toHaveLength(3);
    expect(call.state).toMatchObject({ status: "in-progress", relay: null });
    expect(call.state.request).toMatchObject({
      url: "https://own.example/action",
      params: { SessionStatus: "failed", ErrorCode: "64105", CallStatus: "in-progress" },
    });
  });

  test("goes on over a relay of its own, remembers what was said, and drops no second time", () => {
    const call = untilDrop();
    const lost = call.state.request?.params["SessionId"];
    call.relayOpens();
    expect(call.sessionId).not.toBe(lost);
    for (const question of [...QUESTIONS.slice(3), "How soon?", "Which day suits you?", "By e-mail?"]) {
      const said = call.prompts.length;
      call.says(question).until(() => call.prompts.length > said);
    }
    expect(new Set(call.prompts).size).toBe(call.prompts.length);
    expect(call.prompts[3]).toMatch(/thousand/);
    expect(call.drops).toBe(1);
  });

  test("does not drop the relay that took the place of one lost before", () => {
    const call = new Drive("+15005550047").relayOpens();
    for (const question of QUESTIONS.slice(0, 3)) {
      const said = call.prompts.length;
      call.says(question).until(() => call.prompts.length > said);
    }
    call.says(QUESTIONS[3] ?? "");
    const end = { status: "failed" as const, errorCode: 64105, errorMessage: "WebSocket lost" };
    call.apply({ type: "relay-closed", sessionId: call.sessionId, end }).relayOpens();
    call.says("Sorry, what is your budget?").until(() => call.prompts.length === 4);
    expect(call.drops).toBe(0);
  });
});

describe("0048, all of whose callbacks are lost once it was answered", () => {
  test("ends in mid-sentence by the customer; only the record knows", () => {
    const call = new Drive("+15005550048").relayOpens(RECORDED_RELAY).says("A good time?");
    call.until((state) => state.customer.memory.said.length === 1).says("Then let me tell you of our sofas.");
    while (call.tick());
    expect(call.callbacks.map(([, status]) => status)).toEqual(["initiated", "ringing"]);
    expect(call.posts).toHaveLength(2);
    expect(call.state).toMatchObject({
      status: "completed",
      relay: null,
      recording: { status: "completed" },
    });
    const { answeredAtMs, endedAtMs } = call.state;
    expect(endedAtMs).toBeGreaterThan(answeredAtMs ?? Infinity);
  });

  test("if the agent ends the session, its action is not asked: an error for Twilio, the end for the call", () => {
    const call = new Drive("+15005550048").relayOpens().says("A good time?");
    const end = { status: "ended" as const, handoffData: null };
    call.apply({ type: "relay-closed", sessionId: call.sessionId, end });
    expect(call.state.request).toBeNull();
    expect(call.until(ended).state.status).toBe("completed");
    expect(call.callbacks).toHaveLength(2);
  });
});

test("who calls in is a person whom no create is needed for", () => {
  const endings = Array.from({ length: 100 }, (_, index) => String(index).padStart(4, "0"));
  const callers =
    "0030 0031 0032 0033 0034 0035 0036 0037 0038 0039 0043 0044 0045 0046 0047 0048 0080 0090 0091 0093";
  expect(endings.filter(canCallIn)).toEqual(callers.split(" "));
  expect(["", "30", "constructor"].filter(canCallIn)).toEqual([]);
});
