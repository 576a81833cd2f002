// A person whose words are typed: alone, and over HTTP through the objects.

import { env, exports } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { readConfig } from "../../src/config.ts";
import { TestAccount } from "./account.ts";
import { app, PATIENT, place, RELAY as APP_RELAY, say, useApplication } from "./application.ts";
import { Drive, LISTENING_RELAY, RELAY } from "./drive.ts";

const NUMBER = "+15005550080";
const GREETING = "Hi, this is Aria calling. Is this a good time?";

describe("a person whose words are typed", () => {
  test("answers, and then says and does nothing by itself", () => {
    const call = new Drive(NUMBER, { timeLimitSeconds: 300 }).relayOpens(LISTENING_RELAY).says(GREETING);
    call.until((state) => state.relay?.agent.length === 0);
    expect(call.frames.map(({ type }) => type)).toEqual(["setup", "info"]);
    expect(Object.keys(call.state.timers)).toEqual(["time-limit"]);
  });

  test("says at once what it is told to, as often as it is", () => {
    const call = new Drive(NUMBER).relayOpens(LISTENING_RELAY).says(GREETING);
    call.until((state) => state.relay?.agent.length === 0);
    for (const text of ["Yes.", "And who are you?"])
      call.apply({ type: "person", act: { kind: "say", text } });
    expect(call.frames.slice(2)).toEqual([
      { type: "prompt", voicePrompt: "Yes.", lang: "en-US", last: true },
      { type: "prompt", voicePrompt: "And who are you?", lang: "en-US", last: true },
    ]);
  });

  test.each(["say", "talk-on"] as const)("%s cuts the agent off, if the relay lets it", (kind) => {
    const speak = (relay: string) => {
      const call = new Drive(NUMBER).relayOpens(relay).says(GREETING);
      call.nowMs += 1000;
      return call.apply({ type: "person", act: { kind, text: "Wait" } }).frames.slice(1);
    };
    const prompt = { type: "prompt", voicePrompt: "Wait", last: kind === "say" };
    const interrupt = { type: "interrupt", utteranceUntilInterrupt: GREETING.slice(0, 15) };
    expect(speak(LISTENING_RELAY)).toMatchObject([interrupt, prompt]);
    expect(speak(LISTENING_RELAY.replace("partial", 'interruptible="none" partial'))).toMatchObject([prompt]);
  });

  test("is not told to be talking on where the relay did not ask for it", () => {
    const call = new Drive(NUMBER).relayOpens(RELAY);
    call.apply({ type: "person", act: { kind: "talk-on", text: "Well" } });
    expect(call.frames.map(({ type }) => type)).toEqual(["setup"]);
  });

  test.each([
    ["a call that talks", (call: Drive) => call.relayOpens(), "completed"],
    ["one that rings here", (call: Drive) => call.until(({ status }) => status === "ringing"), "busy"],
  ])("hangs up: %s", (_, lead, status) => {
    const call = new Drive(NUMBER);
    lead(call);
    expect(call.apply({ type: "person", act: { kind: "hang-up" } }).state.status).toBe(status);
  });

  test("hangs up on somebody who does not answer", () => {
    const call = Drive.inbound("0080").until(({ request }) => request !== null);
    expect(call.apply({ type: "person", act: { kind: "hang-up" } }).state.status).toBe("no-answer");
  });

  test("others can't be told what to do", () => {
    const call = new Drive("+15005550036").relayOpens();
    const before = call.state;
    call.apply({ type: "person", act: { kind: "say", text: "Hello" } });
    call.apply({ type: "person", act: { kind: "hang-up" } });
    expect([call.state, call.frames.length]).toEqual([before, 1]);
  });
});

describe("POST /sandbox/calls/{CallSid}/…", () => {
  useApplication();

  async function ask(account: TestAccount, path: string, body?: unknown): Promise<Response> {
    return exports.default.fetch(`${readConfig(env).PUBLIC_BASE_URL}/sandbox/calls/${path}`, {
      method: "POST",
      headers: { Authorization: `Basic ${btoa(`${account.sid}:${await account.token()}`)}` },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  }

  async function answered(behaves = "0080"): Promise<string> {
    app.document = APP_RELAY.replace('events="', 'partialPrompts="true" dtmfDetection="true" events="');
    app.onFrame = (frame, socket) => {
      if (frame["type"] === "setup") say(socket, "Hi.");
    };
    const sid = await place(app.account, `+1500555${behaves}`);
    await vi.waitUntil(() => app.frames.some(({ type }) => type === "info"), PATIENT);
    return sid;
  }

  test("say, talk-on, press and hang-up are a whole talk", async () => {
    const { account } = app;
    const sid = await answered();
    const steps = [
      ["talk-on", { text: "I am" }],
      ["say", { text: "I am here. “Who’s there?” 👋" }],
      ["press", { digits: "0*" }],
    ] as const;
    for (const [path, body] of steps) {
      const answer = await ask(account, `${sid}/${path}`, body);
      expect([path, answer.status, await answer.json()]).toMatchObject([
        path,
        200,
        { sid, status: "in-progress" },
      ]);
    }
    const hungUp = await ask(account, `${sid}/hang-up`);
    expect([hungUp.status, await hungUp.json()]).toMatchObject([200, { sid, status: "completed" }]);
    await vi.waitUntil(() => app.heard.some(({ path }) => path === "/action"), PATIENT);
    expect(app.frames.slice(2)).toEqual([
      { type: "prompt", voicePrompt: "I am", lang: "en-US", last: false },
      { type: "prompt", voicePrompt: "I am here. “Who’s there?” 👋", lang: "en-US", last: true },
      { type: "dtmf", digit: "0" },
      { type: "dtmf", digit: "*" },
    ]);
  });

  test.each([
    ["say", "{"],
    ["say", {}],
    ["say", { text: "" }],
    ["say", { text: " \n" }],
    ["say", { text: "x".repeat(1001) }],
    ["say", { text: "Hello", last: true }],
    ["talk-on", { text: "" }],
    ["talk-on", { text: "x".repeat(1001) }],
    ["press", { digits: "" }],
    ["press", { digits: "12a" }],
    ["press", { digits: "1".repeat(33) }],
  ])("%s with %j: 400", async (path, body) => {
    const answer = await ask(app.account, `CA${"0".repeat(32)}/${path}`, body);
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: 20001, status: 400 }]);
  });

  test("another account's call, or none: 404", async () => {
    const sid = await answered();
    for (const [account, call] of [
      [new TestAccount(), sid],
      [app.account, `CA${"0".repeat(32)}`],
    ] as const) {
      const answer = await ask(account, `${call}/say`, { text: "Hello" });
      expect([answer.status, await answer.json()]).toMatchObject([404, { code: 20404 }]);
    }
    expect((await ask(app.account, `${sid}/sing`, { text: "Hello" })).status).toBe(404);
    expect((await ask(app.account, `${sid}/hang-up`)).status).toBe(200);
  });

  test("an ended call, a person who speaks for itself, or nobody to hear it: 409", async () => {
    const { account } = app;
    const refused = async (path: string, body?: unknown) => {
      const answer = await ask(account, path, body);
      const { message } = await answer.json<{ message: string }>();
      return [answer.status, message];
    };
    const early = await place(account, NUMBER);
    expect(await refused(`${early}/say`, { text: "Hello" })).toEqual([
      409,
      expect.stringMatching(/^Nobody listens/),
    ]);
    expect((await ask(account, `${early}/hang-up`)).status).toBe(200);
    for (const path of ["say", "talk-on"]) {
      expect(await refused(`${early}/${path}`, { text: "Hello" })).toEqual([409, "The call has ended"]);
    }
    expect(await refused(`${early}/hang-up`)).toEqual([409, "The call has ended"]);
    const other = await answered("0036");
    expect(await refused(`${other}/press`, { digits: "1" })).toEqual([
      409,
      expect.stringMatching(/speaks for itself/),
    ]);
    await account.json(`Calls/${other}.json`, { Status: "completed" });
  });

  test("needs the account's credentials", async () => {
    const url = `${readConfig(env).PUBLIC_BASE_URL}/sandbox/calls/CA${"0".repeat(32)}/say`;
    const answer = await exports.default.fetch(url, { method: "POST", body: '{"text":"Hello"}' });
    expect([answer.status, await answer.json()]).toMatchObject([401, { code: 20003 }]);
  });
});
